import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import type { Declaration, OptionSpec, ParamSpec } from "../../src/index.ts";
import { registry } from "../../src/registry.ts";
import { root } from "../package/project.ts";

// The settings of a transform stand in its declaration, and once more as a type, where each has the docstring that an editor shows:
// TypeScript takes no docstring along when it infers a type. Here the two are compared, so that neither says what the other does not.

const entry = join(root, "src/transforms/index.ts");
const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
const program = ts.createProgram([entry, join(root, "src/wgsl.d.ts")], { ...options, skipLibCheck: true });
const checker = program.getTypeChecker();
const exported = new Map(
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .map((each) => [each.name, each]),
);

const resolved = (name: string): ts.Symbol => {
  const symbol = exported.get(name)!;
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
};

const COMMON = ["p", "on", "key", "sameOnBatch"];
const PARAM_VALUE = texts(checker.getDeclaredTypeOfSymbol(resolved("ParamValue")));

/** The members of a union, in words, without undefined. */
function texts(type: ts.Type): string[] {
  const members = type.isUnion() ? type.types : [type];
  const defined = members.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
  return defined.map((each) => checker.typeToString(each, undefined, ts.TypeFormatFlags.NoTruncation)).sort();
}

/** One setting as its type says it. */
interface Setting {
  optional: boolean;
  type: string[];
  doc: string;
}

/** The settings that a transform's function takes, once for each member of a union. */
function settingsOf(name: string): Map<string, Setting>[] {
  const made = checker.getTypeOfSymbol(resolved(name));
  const [signature] = made.getCallSignatures();
  const rest = checker.getTypeOfSymbol(signature.parameters[0]);
  // The function takes one argument, as a tuple that may be empty.
  const [given] = checker.getTypeArguments(rest as ts.TypeReference);
  const all = given.isUnion() ? given.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)) : [given];
  return all.map(
    (type) =>
      new Map(
        checker.getPropertiesOfType(type).map((property) => [
          property.name,
          {
            optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
            type: texts(checker.getTypeOfSymbol(property)),
            doc: ts.displayPartsToString(property.getDocumentationComment(checker)),
          },
        ]),
      ),
  );
}

/** What an option's type has to be. */
function typeOfOption({ allowed }: OptionSpec): string[] {
  if (allowed === "kernelSize" || allowed === "anyKernelSize") return ["number", "readonly [number, number]"];
  if (allowed === "kernelOrigin") return ["readonly [number, number]"];
  if (allowed === "kernelCells") return ["readonly (readonly (0 | 1)[])[]"];
  if (!Array.isArray(allowed)) return ["number"];
  return allowed.map((value) => JSON.stringify(value)).sort();
}

/** A seed is drawn where none is given. */
const isOptional = (spec: ParamSpec): boolean => spec.default !== undefined || spec.role === "key";

/** What of a declaration is not in a type of its settings, or otherwise there. */
function differences(
  { params, options: choices = {}, field }: Declaration,
  settings: Map<string, Setting>,
  alone: boolean,
) {
  const found: string[] = [];
  const compare = (name: string, type: string[] | null, optional: boolean) => {
    const setting = settings.get(name);
    if (!setting) return found.push(`${name} is missing`);
    if (alone && setting.optional !== optional) found.push(`${name} is ${setting.optional ? "optional" : "required"}`);
    // A transform may take less: one size for both sides alone.
    const fits = !type || (setting.type.length > 0 && setting.type.every((each) => type.includes(each)));
    if (!fits || (type && name in params && type.length !== setting.type.length))
      found.push(`${name} is ${setting.type.join(" | ")}`);
    if (!setting.doc) found.push(`${name} has no docstring`);
  };
  for (const [name, spec] of Object.entries(params)) {
    const isOther = spec.list || spec.size === "kernel" || spec.size === "points";
    const isNamed = spec.role === "key" || spec.role === "image";
    compare(name, isOther || isNamed ? null : PARAM_VALUE, isOptional(spec));
    // "1 unless given" is what the declaration has as its default.
    const [, said] = /(?:^|[\s;])(-?[\d.]+) unless given/.exec(settings.get(name)?.doc ?? "") ?? [];
    if (said !== undefined && [spec.default].flat().some((each) => each !== Number(said)))
      found.push(`${name} is ${said} unless given`);
  }
  for (const [name, spec] of Object.entries(choices)) {
    // Where there is nothing to choose, there is no setting.
    if (Array.isArray(spec.allowed) && spec.allowed.length === 1) continue;
    compare(name, typeOfOption(spec), !spec.required);
  }
  const known = [...Object.keys(params), ...Object.keys(choices), ...COMMON];
  // What the declaration does not have is another way to give what it has, of which there are two or more.
  const both = (name: string) => [`${name}X`, `${name}Y`].every((each) => each in params);
  const isNew = (name: string) => !known.includes(name) && name !== field?.name && !both(name);
  if (alone) found.push(...[...settings.keys()].filter(isNew).map((name) => `${name} is new`));
  return found;
}

describe("the type of the settings is what the declaration says", () => {
  test.each([...registry])("%s", (name, declaration) => {
    const types = settingsOf(name);
    expect(types.length).toBeGreaterThan(0);
    for (const settings of types) expect(differences(declaration, settings, types.length === 1)).toEqual([]);
  });
});

test("a difference would be found", () => {
  const declaration = registry.get("gamma")!;
  const [settings] = settingsOf("gamma");
  const { gain, gamma } = declaration.params;
  const changed = (parts: Partial<Declaration>) => differences({ ...declaration, ...parts }, settings, true);
  expect(changed({})).toEqual([]);
  expect(changed({ params: { gain, gamma, more: gain } })).toEqual(["more is missing"]);
  expect(changed({ params: { gamma } })).toEqual(["gain is new"]);
  expect(changed({ params: { gamma, gain: { ...gain, default: 2 } } })).toEqual(["gain is 1 unless given"]);
  const required = { unit: "", doc: "" };
  expect(changed({ params: { gamma, gain: required } })).toEqual(["gain is optional", "gain is 1 unless given"]);
  expect(changed({ options: { clip: { allowed: ["a", "b"], doc: "" } } })).toEqual(["clip is false | true"]);
});
