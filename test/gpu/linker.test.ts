import { expect, test, vi } from "vitest";
import { type AbstractElem, parseSrcModule } from "wesl";
import { linkerOf } from "../../src/gpu/linker.ts";
import { Pipeline, type PipelineRequest } from "../../src/gpu/pipelines.ts";
import { linkWithWesl, type Shader } from "../../src/gpu/wesl.ts";
import { linkerOf as weslLinkerOf } from "../../src/gpu/wesl-linker.ts";
import { testGpu } from "../gpu.ts";
import { cases } from "../reference/index.ts";
import { imageOf, shapeOf } from "../transforms/contract/against.ts";
import { runCase } from "../transforms/contract/run.ts";
import "../../src/registry.ts";

// What augrad links by itself is what wesl links, but for the names of items and their order.

const device = testGpu();

/** The items of a program, where wesl finds them: by name, in words. */
function itemsOf(src: string): Map<string, string[]> {
  const { moduleElem } = parseSrcModule({ modulePath: "package::linked", debugFilePath: "linked", src });
  const items = new Map<string, string[]>();
  for (const each of moduleElem.decls as AbstractElem[]) {
    if (!("name" in each && typeof each.name === "object" && "start" in each)) continue;
    const { ident } = (each.name.kind === "typeDecl" ? each.name.decl : each.name) as {
      ident: { originalName: string };
    };
    const text = src
      .slice(each.start, each.end)
      .replaceAll(/\/\/.*/g, "")
      .replaceAll(/,(?=\s*[})])/g, "");
    items.set(ident.originalName, text.match(/[.@]?[A-Za-z_]\w*|\d[\w.]*|[^\s\w]/g) ?? []);
  }
  return items;
}

/** What an item calls parameters, variables and members of its own. */
const ownNames = (words: readonly string[]): Set<string> =>
  new Set(words.filter((_, i) => words[i + 1] === ":" || ["let", "var", "const"].includes(words[i - 1])));

/** Remembers what a name stands for; whether that is what it stood for before, and for no other name. */
function isPair(pairs: Map<string, string>, name: string, other: string): boolean {
  if (pairs.has(name)) return pairs.get(name) === other;
  if ([...pairs.values()].includes(other)) return false;
  pairs.set(name, other);
  return true;
}

/** Where two programs differ, from their entry on: where one names an item, the other has to name an item that is equal. */
function difference(own: string, other: string): string | null {
  const [a, b] = [itemsOf(own), itemsOf(other)];
  const pairs = new Map([["main", "main"]]);
  for (const [name, otherName] of pairs) {
    const [mine, wesls] = [a.get(name)!, b.get(otherName)!];
    if (mine.length !== wesls.length) return `${name} and ${otherName}`;
    const [locals, otherLocals] = [ownNames(mine), ownNames(wesls)];
    const paired = new Map<string, string>();
    for (const [i, word] of mine.entries()) {
      const [isLocal, otherIsLocal] = [locals.has(word), otherLocals.has(wesls[i])];
      const isEqual =
        isLocal || otherIsLocal
          ? isLocal && otherIsLocal && isPair(paired, word, wesls[i])
          : a.has(word) || b.has(wesls[i])
            ? a.has(word) && b.has(wesls[i]) && isPair(pairs, word, wesls[i])
            : word === wesls[i];
      if (!isEqual) return `${word} of ${name}, ${wesls[i]} of ${otherName}`;
    }
  }
  return a.size === b.size ? null : `${[...a.keys()]} and ${[...b.keys()]}`;
}

test("every transform's kernels, forward and backward, are the programs that wesl links", async () => {
  const { gpu } = device;
  const requests = new Map<string, PipelineRequest>();
  // Nothing is compiled, and nothing runs.
  vi.spyOn(gpu, "pipeline").mockImplementation((request) => {
    requests.set(request.key, request);
    return new Pipeline(request.label, request.access);
  });
  vi.spyOn(gpu, "dispatch").mockImplementation(() => {});
  for (const made of cases) {
    const shape = shapeOf(made);
    await runCase(gpu, { made, image: imageOf(made, shape), shape });
  }
  vi.restoreAllMocks();
  const sources = () => Promise.all([...requests.values()].map(({ source }) => source()));
  const own = await sources();
  linkWithWesl();
  const wesls = await sources();
  const labels = [...requests.values()].map(({ label }) => label);
  expect(labels.length).toBeGreaterThan(500);
  expect(labels.flatMap((label, i) => difference(own[i], wesls[i])?.replace(/^/, `${label}: `) ?? [])).toEqual([]);
}, 60_000);

const files = Object.values(import.meta.glob<Shader>("/shaders/**/*.wgsl", { import: "default", eager: true })).map(
  (shader) => ({ ...shader, conditions: new Set(shader.source.match(/(?<=@if\(.*)\b[a-z]\w*(?=.*\))/g)) }),
);

/** All kernels that import nothing that is written for them, with no condition, and with each. */
const KERNELS = files
  .filter(({ source, path }) => source.includes("fn main(") && !path.startsWith("pass::"))
  .flatMap(({ path, conditions }) => [
    [path, {}] as const,
    ...[...conditions].map((condition) => [path, { [condition]: true }] as const),
  ]);

test("so are all other kernels", async () => {
  const provided = Object.fromEntries(files.map(({ path, source }) => [`package::${path}`, source]));
  const [own, wesl] = [linkerOf(provided), weslLinkerOf(provided)];
  const differences: string[] = [];
  let compared = 0;
  for (const [path, conditions] of KERNELS) {
    // Some need a condition more.
    const wesls = await wesl(path, { conditions }).catch(() => null);
    if (wesls === null) continue;
    compared++;
    const found = difference(await own(path, { conditions }), wesls);
    if (found) differences.push(`${path} ${JSON.stringify(conditions)}: ${found}`);
  }
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(100);
});

const link = (modules: Record<string, string>, conditions = {}) =>
  linkerOf(Object.fromEntries(Object.entries(modules).map(([path, text]) => [`package::${path}`, text])))("root", {
    conditions,
  });

test("items of one name get names of their own, and what hides an item still hides it", async () => {
  const linked = await link({
    root: "import package::a::twice as other;\nimport package::b;\nfn twice(x: f32) -> f32 { return other(b::twice(x)); }",
    a: "fn twice(x: f32) -> f32 { let twice = 2.0; return twice * x; }",
    b: "import package::a::twice as of_a;\nfn twice(twice0: f32) -> f32 { return of_a(twice0); }",
  });
  expect(linked.split("\n")).toEqual([
    "fn twice(x: f32) -> f32 { return twice1(twice2(x)); }",
    "fn twice1(x: f32) -> f32 { let twice1 = 2.0; return twice1 * x; }",
    "fn twice2(twice0: f32) -> f32 { return twice1(twice0); }",
  ]);
});

test("conditions choose imports, items and statements, with all that is in them", async () => {
  const root = `@if(a && !b) import package::x::f;
@if(!a || b) fn f() -> f32 { return 0.0; } // of its own
fn main() {
  var s = f();
  @if(a) if (s > 0.0) { s = 1.0; } else { s = 2.0; }
  @if(b) for (var i = 0; i < 2; i++) { @if(a) { s = 3.0; } s = 4.0; }
  @if(!b) { s = 5.0; }
}`;
  const x = "fn f() -> f32 { return 9.0; }";
  const words = async (conditions: object) => (await link({ root, x }, conditions)).match(/\d\.0/g)!.map(Number);
  expect(await words({})).toEqual([0, 5]);
  expect(await words({ a: true })).toEqual([0, 1, 2, 5, 9]);
  expect(await words({ b: true })).toEqual([0, 4]);
  expect(await words({ a: true, b: true })).toEqual([0, 0, 1, 2, 3, 4]);
});

test.each([
  ["a module", { root: "import package::a::f;\nfn main() { f(); }" }, "There is no package::a::f"],
  ["an item", { root: "import package::a;\nfn main() { a::f(); }", a: "fn g() {}" }, "There is no package::a::f"],
  ["the root", {}, "There is no module package::root"],
  [
    "an item that has no name",
    { root: "const_assert true;" },
    "Neither an import nor an item of WGSL: const_assert true;",
  ],
])("says that %s is missing", async (_, modules, message) => {
  await expect(link(modules)).rejects.toThrow(message);
});
