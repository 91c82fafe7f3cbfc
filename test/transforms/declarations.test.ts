import { describe, expect, test } from "vitest";
import { ArgumentError, apply, declare, grad, parameter, sequential, sum, tensor, uniform } from "../../src/index.ts";
import { registry } from "../../src/registry.ts";
import { checkDeclaration } from "../../src/transforms/language/checks.ts";
import { gapOf } from "../../src/transforms/language/declare.ts";
import { testGpu } from "../gpu.ts";

// What a declaration may say, and that those of augrad say it.

const device = testGpu();
const all = [...registry.values()].map((declaration) => [declaration.name, declaration] as const);
describe.each(all)("%s", (_, declaration) => {
  const params = Object.entries(declaration.params);

  test("says nothing that declare() would refuse", () => {
    const { estimator: __, ...options } = declaration.estimator ? declaration.options! : { ...declaration.options };
    expect(() => checkDeclaration({ ...declaration, wgsl: undefined, options })).not.toThrow();
  });

  test("has a range that people use for every number, within what is allowed", () => {
    for (const [name, { size = 1, list, role, usual, intensity, neutral, nonzero }] of params) {
      if (size === 1 && !list && !role) expect(usual, name).toHaveLength(2);
      if (usual) expect(usual[0], name).toBeLessThan(usual[1]);
      if (intensity && neutral !== undefined) expect(intensity[0], name).toBe(neutral);
      if (nonzero && usual) expect(usual[0] > gapOf({ nonzero } as never) || usual[1] < 0, name).toBe(true);
    }
  });
});

const PARTS = { kind: "point", doc: "y = x", source: "these tests" } as const;
const WGSL = (fields: string, value: string, gradient = "") => `struct Params { ${fields} }
fn forward(x: vec3f, p: Params) -> vec3f { return ${value}; }
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { ${gradient} return gy; }
`;

describe("names that other things have", () => {
  const tint = declare({
    ...PARTS,
    name: "tintOfNames",
    wgsl: WGSL(
      "p: f32, on: f32, key: f32, fill: f32, some_more: f32",
      "x + (p.p + 2.0 * p.on + 3.0 * p.key + 4.0 * p.fill + 5.0 * p.some_more)",
      "let g = gy.x + gy.y + gy.z; (*gp).p += g; (*gp).on += 2.0 * g; (*gp).key += 3.0 * g; (*gp).fill += 4.0 * g; (*gp).some_more += 5.0 * g;",
    ),
    params: {
      p: { default: 0, unit: "intensity", doc: "one of it" },
      on: { default: 0, unit: "intensity", doc: "two of it" },
      key: { default: 0, unit: "intensity", doc: "three of it" },
      fill: { default: 0, unit: "intensity", doc: "four of it" },
      some_more: { default: 0, unit: "intensity", doc: "five of it" },
    },
  });

  test("are parameters where they are declared, with values, gradients and draws", async () => {
    const { gpu } = device;
    const x = tensor(gpu, new Float32Array(6), [2, 3, 1, 1]);
    const on = parameter(gpu, [0.1, 0.2]);
    const settings = { p: 0.01, key: [0.001, 0.002], fill: 0.5, some_more: 0.25 };
    const y = apply(x, tint({ ...settings, on }));
    const [gradient] = grad(sum(y), [on]);
    const wanted = [0.01 + 0.2 + 0.003 + 2 + 1.25, 0.01 + 0.4 + 0.006 + 2 + 1.25];
    const values = await y.read();
    for (let i = 0; i < 6; i++) expect(values[i]).toBeCloseTo(wanted[Math.floor(i / 3)], 5);
    expect(Array.from(await gradient.read())).toEqual([6, 6]);
    const drawn = sequential([tint({ ...settings, p: uniform(1, 2), on: 0 })]).sample(3, { step: 1 });
    expect(drawn.transforms[0].on).toBeUndefined();
    expect((drawn.transforms[0].params.p as number[]).every((p) => p >= 1 && p < 2)).toBe(true);
    expect(String(tint({ on: 0.5 }))).toBe("tintOfNames({ on: 0.5 })");
  });

  test("are the common settings of all others", () => {
    const plain = declare({ ...PARTS, name: "plainOfNames", wgsl: WGSL("none: f32", "x"), params: {} });
    expect(plain({ p: 0.5, key: "mine" })).toMatchObject({ p: 0.5, key: "mine", params: {} });
  });
});

test("an estimator is an option, and the first that a user may choose from is the default", () => {
  const hard = declare({
    ...PARTS,
    name: "hardOfDeclarations",
    wgsl: WGSL("none: f32", "x"),
    params: {},
    estimator: { default: "straightThrough", surrogates: { straightThrough: "y = x", soft: "y = tanh x" } },
  });
  expect(hard().options).toEqual({ estimator: "straightThrough" });
  expect(hard({ estimator: "soft" }).options).toEqual({ estimator: "soft" });
  // @ts-expect-error: no such estimator
  expect(() => hard({ estimator: "none" })).toThrow(
    /^hardOfDeclarations\.estimator: got string "none"; allowed is "straightThrough", "soft"/,
  );
});

test("an option may be a number within bounds", () => {
  const levels = declare({
    ...PARTS,
    name: "levelsOfDeclarations",
    wgsl: WGSL("none: f32", "x"),
    params: {},
    options: { levels: { default: 4, allowed: { min: 2, max: 8, integer: true }, doc: "how many" } },
  });
  expect(levels().options.levels).toBe(4);
  expect(levels({ levels: 8 }).options.levels).toBe(8);
  for (const wrong of [1, 9, 2.5, Number.NaN, "4"]) {
    expect(() => levels({ levels: wrong } as never)).toThrow(/levels: got .*; allowed is a whole number from 2 to 8/);
  }
});

describe("a declaration is refused", () => {
  const param = (spec: object) => ({ params: { amount: { unit: "", doc: "", ...spec } } });
  const option = (spec: object) => ({ options: { mode: { allowed: ["a", "b"], doc: "", ...spec } } });
  const { name, ...parts } = { ...PARTS, name: "refusedOfDeclarations", wgsl: WGSL("none: f32", "x"), params: {} };
  test.each([
    ["a list with a size", param({ list: true, size: 3 }), /^size of .*amount: got 3; allowed is nothing/],
    ["cells that are not its values", param({ size: 9, cells: [2, 3] }), /^cells of .*amount: got .*9 cells in all/],
    ["cells of one number", param({ cells: 3 }), /^cells of .*amount: got 3; allowed is \[rows, columns\]/],
    ["a list of no length", param({ list: { min: 0 } }), /^list of .*amount: got 0/],
    ["a list that ends before it begins", param({ list: { min: 4, max: 2 } }), /^list of .*amount: got 2/],
    [
      "a list as long as none",
      param({ list: { like: "x" } }),
      /^like of .*amount: got string "x"; allowed is the name/,
    ],
    ["a list with another bound", param({ list: { most: 2 } }), /^list of .*amount\.most: got an unknown bound/],
    ["integer: false", param({ integer: false }), /^integer of .*amount: got boolean false; allowed is true/],
    ["a whole number of a half", param({ integer: true, default: 0.5 }), /^default of .*amount: got 0.5/],
    ["gradient: true", param({ gradient: true }), /^gradient of .*amount: got boolean true; allowed is false/],
    ["min above max", param({ min: 2, max: 1 }), /^min of .*amount: got 2 above a max of 1/],
    ["a bound of NaN", param({ min: Number.NaN }), /^min of .*amount: got NaN/],
    ["a default that it does not allow", param({ min: 1, default: 0 }), /^default of .*amount: got 0/],
    ["a default of another size", param({ size: 3, default: [1, 2] }), /^default of .*amount: got /],
    ["a neutral value that it does not allow", param({ max: 0.5, neutral: 1 }), /^neutral of .*amount: got 1/],
    ["a range of one number", param({ usual: [1] }), /^usual of .*amount: got /],
    ["an intensity beyond its bounds", param({ min: 0, intensity: [-1, 1] }), /^intensity of .*amount: got /],
    ["no unit", param({ unit: undefined }), /^unit of .*amount: got undefined/],
    ["a field that is none", param({ field: "a-b" }), /^field of .*amount: got string "a-b"/],
    ["an option without values", option({ allowed: [] }), /^allowed of .*mode: got /],
    [
      "an option with another bound",
      option({ allowed: { least: 1 } }),
      /^allowed of .*mode\.least: got an unknown bound/,
    ],
    ["an option whose default is none", option({ default: "c" }), /^default of .*mode: got string "c"/],
    ["a numeric default out of range", option({ default: 3, allowed: { max: 2 } }), /^default of .*mode: got 3/],
    [
      "an option named as a parameter",
      { ...param({}), options: { amount: { allowed: [1], doc: "" } } },
      /^options of .*: got amount/,
    ],
    ["reads that are none", { reads: "pixels" }, /^reads of .*: got string "pixels"; allowed is pixel, place/],
    ["draws: false", { draws: false }, /^draws of .*: got boolean false/],
    ["an estimator without surrogates", { estimator: { default: "a", surrogates: {} } }, /^estimator of .*: got /],
    [
      "a default that is no estimator",
      { estimator: { default: "a", surrogates: { b: "y = x" } } },
      /^default of estimator of .*: got string "a"/,
    ],
    [
      "an option beside an estimator",
      { estimator: { default: "a", surrogates: { a: "" } }, options: { estimator: { allowed: [1], doc: "" } } },
      /^estimator of .*: got a setting of that name/,
    ],
    [
      "an example of what it has not",
      { example: { params: { much: 1 } } },
      /^example of .*much: got an unknown parameter/,
    ],
    [
      "an example that it does not allow",
      { ...param({ max: 1 }), example: { params: { amount: 2 } } },
      /^example of .*amount: got 2/,
    ],
    [
      "an example without what is required",
      { ...param({}), example: {} },
      /^example of .*: got nothing; allowed is a value of amount/,
    ],
  ] as [string, object, RegExp][])("with %s", (_, changed, message) => {
    const attempt = () => declare({ name, ...parts, ...changed } as never);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(message);
    expect(registry.has(name)).toBe(false);
  });
});
