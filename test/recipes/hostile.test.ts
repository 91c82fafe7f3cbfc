import fc from "fast-check";
import { expect, test } from "vitest";
import { oneOf, sequential, uniform } from "../../src/augment/index.ts";
import { AugradError } from "../../src/gpu/index.ts";
import { fromRecipe, toRecipe } from "../../src/recipes.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import { brightness, choose, declare, invert, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const of = (...transforms: unknown[]) => ({ format: "augrad/pipeline", version: 1, transforms });
const rotated = (settings: unknown) => of({ transform: "rotate", settings });
const nested = (
  depth: number,
  make: (inner: unknown) => unknown,
  inner: unknown = { transform: "invert" },
): unknown => {
  let value = inner;
  for (let i = 0; i < depth; i++) value = make(value);
  return value;
};
const million = <T>(value: T): T[] => new Array<T>(1e6).fill(value);

/** Documents that are refused, and how the message begins. */
const REFUSED: Record<string, [document: unknown, message: RegExp]> = {
  nothing: [undefined, /^recipe: got undefined/],
  text: ["{}", /^recipe: got string/],
  "no document": [[], /^recipe: got array/],
  "another format": [{ ...of(), format: "x" }, /^format: got string "x"; allowed is "augrad\/pipeline"/],
  "another version": [{ ...of(), version: 2 }, /^version: got 2; allowed is 1/],
  "an unknown field": [
    { ...of(), transfroms: [] },
    /^recipe\.transfroms: got an unknown field \(did you mean "transforms"\?\)/,
  ],
  "no transforms": [{ format: "augrad/pipeline", version: 1 }, /^transforms: got undefined; allowed is a list/],
  "an unknown option": [{ ...of(), options: { sead: 1 } }, /^options\.sead: got an unknown option/],
  "a wrong option": [{ ...of(), options: { dtype: "f64" } }, /^options\.dtype: got string "f64"/],
  "a wrong seed": [{ ...of(), options: { seed: -1 } }, /^options\.seed: got -1/],
  "a number": [of(3), /^transforms\[0\]: got 3; allowed is a transform/],
  null: [of(null), /^transforms\[0\]: got null/],
  "an object of nothing": [of({}), /^transforms\[0\]: got object .*; allowed is an object with transform, /],
  "an unknown transform": [
    of({ transform: "invert" }, { transform: "rotat" }),
    /^transforms\[1\]\.transform: got string "rotat", an unknown transform \(did you mean "rotate"\?\)/,
  ],
  "a transform of Object": [of({ transform: "constructor" }), /^transforms\[0\]\.transform: got string "constructor"/],
  "a transform that is no name": [of({ transform: { toString: 1 } }), /^transforms\[0\]\.transform: got object/],
  "an unknown setting": [
    rotated({ angles: 1 }),
    /^transforms\[0\]\.settings\.angles: got an unknown field \(did you mean "angle"\?\)/,
  ],
  "a field beside": [of({ transform: "invert", evil: 1 }), /^transforms\[0\]\.evil: got an unknown field/],
  "a setting too few": [of({ transform: "mixup" }), /^transforms\[0\]\.settings\.partner: got nothing/],
  "a text for a number": [rotated({ angle: "1" }), /^transforms\[0\]\.settings\.angle: got string/],
  NaN: [rotated({ angle: Number.NaN }), /^transforms\[0\]\.settings\.angle: got NaN; allowed is a finite number/],
  infinity: [rotated({ angle: [1, Infinity] }), /^transforms\[0\]\.settings\.angle\[1\]: got Infinity/],
  "what JSON makes of NaN": [
    rotated(JSON.parse(JSON.stringify({ angle: Number.NaN }))),
    /^transforms\[0\]\.settings\.angle: got null/,
  ],
  "a wrong option of a transform": [
    rotated({ angle: 1, padding: "mirror" }),
    /^transforms\[0\]\.settings\.padding: got string "mirror"/,
  ],
  "a probability of 2": [rotated({ angle: 1, p: 2 }), /^transforms\[0\]\.settings\.p: got 2/],
  "a coin of 2": [rotated({ angle: 1, on: [0, 2] }), /^transforms\[0\]\.settings\.on: got array/],
  "an unknown distribution": [
    rotated({ angle: { distribution: "unifrom", lo: 0, hi: 1 } }),
    /^transforms\[0\]\.settings\.angle\.distribution: got string "unifrom", an unknown distribution \(did you mean "uniform"\?\)/,
  ],
  "a distribution of Object": [
    rotated({ angle: { distribution: "hasOwnProperty" } }),
    /^transforms\[0\]\.settings\.angle\.distribution: got string "hasOwnProperty"/,
  ],
  "a bound too few": [
    rotated({ angle: { distribution: "uniform", lo: 0 } }),
    /^transforms\[0\]\.settings\.angle\.hi: got nothing/,
  ],
  "bounds upside down": [
    rotated({ angle: { distribution: "uniform", lo: 2, hi: 1 } }),
    /^transforms\[0\]\.settings\.angle\.lo: got 2, above hi = 1/,
  ],
  "a bound of an array": [
    rotated({ angle: { distribution: "uniform", lo: [0, "x"], hi: 1 } }),
    /^transforms\[0\]\.settings\.angle\.lo\[1\]: got string "x"/,
  ],
  "a wrong option of a distribution": [
    rotated({ angle: { distribution: "uniform", lo: 0, hi: 1, scale: "cubic" } }),
    /^transforms\[0\]\.settings\.angle\.scale: got string "cubic"/,
  ],
  "what a distribution would not do": [
    rotated({ angle: { distribution: "constant", value: 1, shared: false } }),
    /^transforms\[0\]\.settings\.angle\.shared: got boolean false; allowed is boolean true/,
  ],
  "a distribution that does not fit": [
    of({ transform: "gamma", settings: { gamma: { distribution: "uniform", lo: -1, hi: 1 } } }),
    /^transforms\[0\]\.settings\.gamma: got a range from -1 to 1/,
  ],
  "a transform as a value": [
    rotated({ angle: { transform: "invert" } }),
    /^transforms\[0\]\.settings\.angle: got object/,
  ],
  "a pipeline as a value": [rotated({ angle: { pipeline: [] } }), /^transforms\[0\]\.settings\.angle: got a function/],
  "a distribution as a link": [of({ distribution: "uniform", lo: 0, hi: 1 }), /^transforms\[0\]: got object/],
  "an unknown combinator": [of({ selection: "noneOf", links: [] }), /^transforms\[0\]\.selection: got string "noneOf"/],
  "a combinator of nothing": [of({ selection: "oneOf", links: [] }), /^transforms\[0\]\.links: got no link/],
  "weights of another length": [
    of([{ selection: "oneOf", links: [{ transform: "invert" }], weights: [1, 2] }]),
    /^transforms\[0\]\[0\]\.weights: got 2 numbers/,
  ],
  "a wrong link": [
    of({ selection: "oneOf", links: [{ transform: "invert" }, 7] }),
    /^transforms\[0\]\.links\[1\]: got 7/,
  ],
  "a count of too many": [
    of({ selection: "someOf", count: 2, links: [{ transform: "invert" }] }),
    /^transforms\[0\]\.count: got 2/,
  ],
  "links in no part": [
    of({ part: "within", links: [{ transform: "invert" }] }),
    /^transforms\[0\]\.where: got nothing/,
  ],
  "links in two parts": [
    of({ part: "within", box: [0, 0, 2, 2], channels: [0], links: [{ transform: "invert" }] }),
    /^transforms\[0\]\.where: got box and channels/,
  ],
  "a share of another kind": [
    of({ part: "blend", by: "half", links: [{ transform: "invert" }] }),
    /^transforms\[0\]\.by: got string "half"/,
  ],
  "an unknown part": [of({ part: "around", links: [] }), /^transforms\[0\]\.part: got string "around"/],
  "an index that no choice has": [
    of({ choices: [[{ transform: "invert" }]], index: 1 }),
    /^transforms\[0\]\.index: got 1/,
  ],
  "a wrong choice": [
    of({ choices: [[{ transform: "invert" }, 1]], index: 0 }),
    /^transforms\[0\]\.choices\[0\]\[1\]: got 1/,
  ],
  "two of one key": [
    of(
      { transform: "invert", settings: { key: "a", p: 0.5 } },
      { transform: "invert", settings: { key: "a", p: 0.5 } },
    ),
    /^transforms\[1\]\.key: got string "a"/,
  ],
  "a tensor without a device": [
    rotated({ angle: { tensor: [1], shape: [1] } }),
    /^transforms\[0\]\.settings\.angle: got a tensor/,
  ],
  "the same of nothing": [rotated({ angle: { same: 0 } }), /^transforms\[0\]\.settings\.angle\.same: got 0/],
  "the same of itself": [
    { ...of(), same: [{ distribution: "uniform", lo: { same: 0 }, hi: 1 }] },
    /^same\[0\]\.lo\.same: got 0; allowed is no number/,
  ],
  "the same of a pipeline": [{ ...of(), same: [{ pipeline: [] }] }, /^same\[0\]: got object/],
  __proto__: [
    JSON.parse('{"__proto__": {}, "format": "augrad/pipeline", "version": 1, "transforms": []}'),
    /^recipe\.__proto__: got an unknown field/,
  ],
  "__proto__ of settings": [
    rotated(JSON.parse('{"angle": 1, "__proto__": {"p": 0}}')),
    /^transforms\[0\]\.settings\.__proto__: got an unknown field/,
  ],
  "__proto__ of an option": [
    { ...of(), options: JSON.parse('{"__proto__": {"seed": 1}}') },
    /^options\.__proto__: got an unknown option/,
  ],
  "a function": [rotated({ angle: () => 1 }), /^transforms\[0\]\.settings\.angle: got a function/],
  "a class": [of(new Map()), /^transforms\[0\]: got an object of class Map/],
  "a hole": [of(new Array(2)), /^transforms\[0\]\[0\]: got undefined/],
  "a million transforms": [
    { ...of(), transforms: million({ transform: "invert" }) },
    /^transforms\[20000\]: got one more object; allowed is at most 20000/,
  ],
  "a million settings": [
    rotated(Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [`a${i}`, 1]))),
    /^transforms\[0\]\.settings\.a0: got an unknown field/,
  ],
  "numbers without end": [
    { ...of(), transforms: [rotated({ angle: [] }), ...Array.from({ length: 6 }, () => million(1))] },
    /got 1000000 more values; allowed is at most 4194304|^transforms\[0\]/,
  ],
  "lists in lists": [
    of(nested(1e5, (inner) => [inner])),
    /: got a value in more lists and objects; allowed is at most 100 in each other/,
  ],
  "pipelines in pipelines": [of(nested(1e5, (inner) => ({ pipeline: [inner] }))), /at most 100 in each other/],
  "distributions in distributions": [
    rotated({ angle: nested(1e5, (lo) => ({ distribution: "uniform", lo, hi: 1 }), 0) }),
    /at most 100 in each other/,
  ],
};

test.each(Object.keys(REFUSED))("%s is refused, with its place in the document, in no time", (name) => {
  const [document, message] = REFUSED[name];
  const before = performance.now();
  expect(() => fromRecipe(document)).toThrow(message);
  expect(() => fromRecipe(document)).toThrow(AugradError);
  expect(performance.now() - before).toBeLessThan(4000);
  expect(({} as { p?: number }).p).toBeUndefined();
});

test("tensors are refused by their place, and nothing stays allocated", () => {
  const { gpu } = device;
  const bytes = gpu.stats.bytesInUse;
  const bad: [unknown, RegExp][] = [
    [
      { tensor: [1, 2], shape: [3] },
      /^transforms\[1\]\.settings\.angle\.tensor: got 2 values; allowed is as many as array \[3\] says/,
    ],
    [{ tensor: [1], shape: [-1] }, /^transforms\[1\]\.settings\.angle\.shape/],
    [{ tensor: [1], shape: [2 ** 40] }, /^transforms\[1\]\.settings\.angle/],
    [{ tensor: "1", shape: [1] }, /^transforms\[1\]\.settings\.angle\.tensor: got string/],
    [{ tensor: [[1]], shape: [1] }, /^transforms\[1\]\.settings\.angle\.tensor: got array/],
    [{ tensor: [1], shape: [1], dtype: "f64" }, /^transforms\[1\]\.settings\.angle\.dtype: got string "f64"/],
    [{ tensor: [1], shape: [1], learns: 1 }, /^transforms\[1\]\.settings\.angle\.learns: got 1/],
    [{ tensor: [1], shape: [1], grad: [] }, /^transforms\[1\]\.settings\.angle\.grad: got an unknown field/],
  ];
  const fine = { transform: "brightness", settings: { factor: { tensor: [1], shape: [1], learns: true } } };
  for (const [angle, message] of bad) {
    expect(() => fromRecipe(of(fine, { transform: "rotate", settings: { angle } }), { gpu })).toThrow(message);
    expect(gpu.stats.bytesInUse).toBe(bytes);
  }
  expect(() => fromRecipe(of(), { gpu: {} as never })).toThrow(/^gpu: got/);
  expect(() => fromRecipe(of(), { device: gpu } as never)).toThrow(/^options\.device: got an unknown option/);
});

test("what cannot be written is refused by its place in the pipeline", async () => {
  const { gpu } = device;
  const refuses = async (pipeline: unknown, message: RegExp) =>
    expect(toRecipe(pipeline as never)).rejects.toThrow(message);
  await refuses([invert()], /^pipeline: got array/);
  await refuses(sequential([rotate({ angle: Infinity })]), /^transforms\[0\]\.settings\.angle: got Infinity/);
  await refuses(
    sequential([[invert(), rotate({ angle: uniform(0, parameter(gpu, [Number.NaN])) })]]),
    /^transforms\[0\]\[1\]\.settings\.angle\.hi\[0\]: got NaN/,
  );
  const wgsl =
    "struct Params {} fn forward(x: vec3f, p: Params) -> vec3f { return x; } fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { return gy; }";
  const mine = { name: "mineAlone", kind: "point", params: {}, doc: "y = x", source: "a test", wgsl } as const;
  const [before, after] = [declare(mine)(), declare(mine)()];
  await refuses(sequential([before]), /^transforms\[0\]: got a transform that is not the registry's "mineAlone"/);
  expect(String(fromRecipe(await toRecipe(sequential([after]))))).toBe("sequential([mineAlone()])");
});

test("any mangled document is read, or refused by its place, and leaves memory as it was", async () => {
  const { gpu } = device;
  const same = uniform(0.5, parameter(gpu, [1.5]));
  const document = await toRecipe(
    sequential(
      [
        brightness({ factor: same, p: 0.5 }),
        oneOf(
          [rotate({ angle: uniform(-3, 3) }), [invert(), choose([invert(), brightness({ factor: same })], [0, 1])]],
          {
            weights: [1, 2],
            key: "k",
          },
        ),
        sequential([rotate({ angle: tensor(gpu, [1]) })]),
      ],
      { seed: 3 },
    ),
  );
  const whole = JSON.stringify(document);
  const bytes = gpu.stats.bytesInUse;
  const change = fc.record({
    path: fc.constantFrom(...pathsOf(document)),
    value: fc.oneof(fc.jsonValue(), fc.anything()),
  });
  let made = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const mangled = JSON.parse(whole);
      for (const { path, value } of changes) put(mangled, path, value);
      const scope = gpu.scope();
      try {
        fromRecipe(mangled, { gpu });
        made++;
      } catch (error) {
        if (!(error instanceof AugradError)) throw error;
        expect(error.message).toMatch(
          /^(recipe|format|version|transforms|same|options)\b.*: got .*; allowed is .*\.$/s,
        );
      } finally {
        scope.dispose();
      }
      expect(gpu.stats.bytesInUse).toBe(bytes);
    }),
    { numRuns: 2000 },
  );
  expect(made).toBeGreaterThan(10);
});

/** The ways to every value inside a document. */
const pathsOf = (value: unknown, path: string[] = []): string[][] => [
  ...(path.length ? [path] : []),
  ...Object.entries(value !== null && typeof value === "object" ? value : {}).flatMap(([key, each]) =>
    pathsOf(each, [...path, key]),
  ),
];

/** Changes what lies at a path, if it is still there. */
function put(document: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: unknown = document;
  for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | null | undefined)?.[key];
  if (typeof at === "object" && at !== null) (at as Record<string, unknown>)[path[path.length - 1]] = value;
}
