import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type AbstractElem, parseSrcModule } from "wesl";
import { reflect } from "../../src/compiler/module.ts";

// What is read of a module's heads without a parser is what wesl's parser reads of them.

const folder = new URL("../../shaders/", import.meta.url).pathname;
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".wgsl"));

test("every file of shaders/ is read as wesl reads it", () => {
  expect(files.length).toBeGreaterThan(80);
  for (const file of files) {
    const src = readFileSync(join(folder, file), "utf8");
    const { moduleElem } = parseSrcModule({ modulePath: "package::test", debugFilePath: file, src });
    const decls = moduleElem.decls as AbstractElem[];
    const found = reflect(src);
    expect(found, file).not.toBeNull();
    const names = (kind: string) =>
      decls.flatMap((each) =>
        each.kind === kind && (each.kind === "fn" || each.kind === "struct") ? [each.name.ident.originalName] : [],
      );
    expect(Object.keys(found!.functions), file).toEqual([...new Set(names("fn"))]);
    expect(Object.keys(found!.structs), file).toEqual([...new Set(names("struct"))]);
    // What conditions choose among is there more than once, and the last one counts.
    const lastFn = new Map(decls.flatMap((each) => (each.kind === "fn" ? [[each.name.ident.originalName, each]] : [])));
    for (const [name, { params }] of lastFn)
      expect(found!.functions[name].params.length, `${file} ${name}`).toBe(params.length);
    const lastStruct = new Map(
      decls.flatMap((each) => (each.kind === "struct" ? [[each.name.ident.originalName, each]] : [])),
    );
    for (const [name, { members }] of lastStruct)
      expect(Object.keys(found!.structs[name]), `${file} ${name}`).toEqual(members.map((member) => member.name.name));
  }
});

describe("reflect()", () => {
  test("passes over comments, attributes and templates", () => {
    const found = reflect(`/* struct A { x: f32 } /* nested */ fn no() {} */
// struct B { y: f32 }
struct Params { @align(16) @size(32) a: vec3<f32>, b: array<vec4f, 3u>, /* c: f32, */ d: mat3x3<f32>, }
fn forward(@builtin(x) x: vec3f, p: Params, at: ptr<function, array<f32, 2>>) -> vec3<f32> { if (a < b) { return x; } return x; }
fn nothing() { let s = 1; }`);
    expect(found).toEqual({
      structs: { Params: { a: "vec3f", b: "array<vec4f,3>", d: "mat3x3f" } },
      functions: {
        forward: { params: ["vec3f", "Params", "ptr<function,array<f32,2>>"], result: "vec3f" },
        nothing: { params: [], result: "" },
      },
    });
  });

  test.each([
    ["a bracket that is open", "fn f(x: f32 { return x; }"],
    ["a body that is open", "fn f(x: f32) -> f32 { return x;"],
    ["a bracket too many", "fn f(x: f32) -> f32 { return x; } }"],
    ["a struct that is open", "struct Params { x: f32"],
    ["brackets that cross", "fn f(x: f32) -> f32 { return (x; } )"],
  ])("gives up at %s", (_, wgsl) => expect(reflect(wgsl)).toBeNull());
});
