import { describe, expect, it } from "vitest";
import { describeSamples, type OneOf, type Sampled, sequential, type Tree } from "../../src/augment/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { AugMix, AutoAugment, RandAugment, TrivialAugment } from "../../src/policies/index.ts";
import { OPERATION_NAMES } from "../../src/policies/operations.ts";
import { POLICIES } from "../../src/policies/tables.ts";
import { type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  autocontrast,
  brightness,
  contrastAboutMean,
  equalize,
  invert,
  posterize,
  rotate,
  saturation,
  sharpness,
  shear,
  solarize,
  type Transform,
  translate,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const values = async (x: Tensor) => (await x.read()) as Float32Array;

const SIDE = 9;
const EACH = 3 * SIDE * SIDE;
const pixels = (n: number) =>
  Float32Array.from(
    { length: n * EACH },
    (_, i) => 0.1 + 0.8 * (Math.abs(Math.sin((i + 1) * 12.9898) * 43758.5453) % 1),
  );
const images = (data: Float32Array) => tensor(device.gpu, data, [data.length / EACH, 3, SIDE, SIDE]);

/** What the names of a log make, each alone; shifts in parts of the image, or in pixels. */
const makers = (relative: boolean): Record<string, (params: never) => Transform> => ({
  shear,
  rotate,
  brightness,
  saturation,
  contrastAboutMean,
  sharpness,
  posterize,
  solarize,
  autocontrast,
  equalize,
  invert,
  translate: (params: object) => translate({ ...params, relative }),
});

describe.each([
  ["AutoAugment", AutoAugment(), true],
  ["AutoAugment, CIFAR-10", AutoAugment({ policy: "cifar10" }), true],
  ["AutoAugment, SVHN", AutoAugment({ policy: "svhn" }), true],
  ["RandAugment", RandAugment({ n: 2, m: 17 }), true],
  ["TrivialAugment", TrivialAugment(), false],
] as [string, Tree, boolean][])("%s", (_, policy, relative) => {
  it("gives each image what it would get alone, whatever its neighbours get", async () => {
    const N = 10;
    const pipeline = sequential([policy], { seed: 3 });
    const data = pixels(N);
    const y = await values(pipeline(images(data), { step: 1 }));
    const drawn: Sampled = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 1 })));
    expect(await values(pipeline.replay(images(data), drawn))).toEqual(y);
    const log = describeSamples(pipeline, drawn);
    const make = makers(relative);
    // A sample of each set of operations; one by one, so that nothing shares a pass.
    const kinds = new Map(log.map((each, i) => [each.map(({ name }) => name).join(), i]));
    for (const i of [...kinds.values()].slice(0, 4)) {
      let one: Tensor = images(data.slice(i * EACH, (i + 1) * EACH));
      for (const { name, params } of log[i]) {
        const given = Object.fromEntries(Object.entries(params).map(([param, { value }]) => [param, value]));
        one = apply(one, make[name](given as never));
      }
      const own = y.subarray(i * EACH, (i + 1) * EACH);
      const difference = Math.max(...(await values(one)).map((v, k) => Math.abs(v - own[k])));
      // Levels jump where values lie on their edge; maps that follow each other look once where these look twice.
      const looksOnce = log[i].filter(({ name }) => ["shear", "translate", "rotate"].includes(name)).length > 1;
      if (!looksOnce) expect(difference, `sample ${i}: ${JSON.stringify(log[i])}`).toBeLessThan(2e-5);
    }
  });
});

/** Values that a parameter of the first transform of a name gets. */
function drawnOf(policy: Tree, name: string, param: string, n = 4000): number[] {
  const pipeline = sequential([policy]);
  return describeSamples(pipeline, pipeline.sample(n, { step: 0 })).flatMap((log) =>
    log.filter((each) => each.name === name).map(({ params }) => params[param].value as number),
  );
}
const different = (list: readonly number[]) =>
  [...new Set(list.map((v) => Math.round(v * 1e4) / 1e4))].sort((a, b) => a - b);
const one = (operation: string, m: number) => RandAugment({ n: 1, m, operations: [operation as never] });
const degrees = (slope: number) => Math.round(Math.atan(slope) * (180 / Math.PI) * 1e4) / 1e4;

describe("magnitudes are those of the papers", () => {
  it.each([
    ["rotate", "rotate", "angle", 30, [-30, 30]],
    ["rotate", "rotate", "angle", 9, [-9, 9]],
    ["shearX", "shear", "x", 30, [-degrees(0.3), degrees(0.3)]],
    ["shearY", "shear", "y", 15, [-degrees(0.15), degrees(0.15)]],
    ["translateX", "translate", "x", 30, [-0.4532, 0.4532]],
    ["translateY", "translate", "y", 10, [-0.1511, 0.1511]],
    ["brightness", "brightness", "factor", 30, [0.1, 1.9]],
    ["color", "saturation", "factor", 10, [0.7, 1.3]],
    ["contrast", "contrastAboutMean", "factor", 0, [1]],
    ["sharpness", "sharpness", "factor", 20, [0.4, 1.6]],
    ["posterize", "posterize", "bits", 30, [4]],
    ["posterize", "posterize", "bits", 9, [7]],
    ["posterize", "posterize", "bits", 0, [8]],
    ["solarize", "solarize", "threshold", 30, [0]],
    ["solarize", "solarize", "threshold", 9, [0.7]],
  ])("%s: %s.%s at level %d of 30 is %j", (operation, name, param, m, expected) => {
    const found = drawnOf(one(operation, m), name, param, 200);
    expect(found).toHaveLength(200);
    expect(different(found)).toEqual(expected);
  });

  it("TrivialAugment draws all levels, and both signs, as often", () => {
    const found = drawnOf(TrivialAugment({ operations: ["rotate"] }), "rotate", "angle", 6200);
    expect(different(found)).toHaveLength(61);
    expect(Math.max(...found)).toBe(135);
    const near = (share: number, p: number) =>
      expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / found.length));
    near(found.filter((v) => v === 0).length / found.length, 1 / 31);
    near(found.filter((v) => v > 0).length / found.length, 15 / 31);
    near(found.filter((v) => Math.abs(v) > 130).length / found.length, 2 / 31);
    const bits = drawnOf(TrivialAugment({ operations: ["posterize"] }), "posterize", "bits", 2000);
    expect(different(bits)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(Math.max(...drawnOf(TrivialAugment({ operations: ["translateX"] }), "translate", "x", 900))).toBe(32);
  });

  it("AutoAugment's sub-policies are as likely, and their steps apply with their probability", () => {
    const pipeline = sequential([
      AutoAugment({
        policy: [
          [
            ["invert", 0.3],
            ["rotate", 0.8, 9],
          ],
          [["invert", 1]],
        ],
      }),
    ]);
    const n = 6000;
    const log = describeSamples(pipeline, pipeline.sample(n, { step: 2 }));
    const share = (fits: (names: string) => boolean) =>
      log.filter((each) => fits(each.map(({ name }) => name).join())).length / n;
    const near = (found: number, p: number) =>
      expect(Math.abs(found - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
    near(
      share((names) => names === "invert"),
      0.5 + 0.5 * 0.3 * 0.2,
    );
    near(
      share((names) => names === "invert,rotate"),
      0.5 * 0.3 * 0.8,
    );
    near(
      share((names) => names === "rotate"),
      0.5 * 0.7 * 0.8,
    );
    near(
      share((names) => names === ""),
      0.5 * 0.7 * 0.2,
    );
  });

  it("RandAugment may draw an operation twice", () => {
    const pipeline = sequential([RandAugment({ n: 2, m: 5, operations: ["invert", "rotate", "equalize"] })]);
    const logs = describeSamples(pipeline, pipeline.sample(900, { step: 0 }));
    const pairs = new Map<string, number>();
    for (const names of logs.map((log) => log.map(({ name }) => name).join()))
      pairs.set(names, (pairs.get(names) ?? 0) + 1);
    expect(pairs.size).toBe(9);
    for (const [, times] of pairs) expect(Math.abs(times - 100)).toBeLessThan(5 * Math.sqrt(100 * (8 / 9)));
  });
});

it("tables have 25 sub-policies of two steps, with levels of 0 to 9 where there are some", () => {
  for (const policy of Object.values(POLICIES)) {
    expect(policy).toHaveLength(25);
    expect(() => AutoAugment({ policy })).not.toThrow();
  }
});

it("takes a pass for each kind, and not for each operation", () => {
  const SHAPE = [32, 3, 224, 224];
  const passes = (policy: Tree) =>
    sequential([policy])
      .explain(SHAPE)
      .passes.map(({ kind, dispatches: { forward } }) => `${kind} ${forward}`);
  const trivial = passes(TrivialAugment());
  expect(trivial).toEqual(["map 4", "stencil 1"]);
  // Twice what the dearest operation takes alone.
  const alone = Math.max(...OPERATION_NAMES.map((name) => passes(TrivialAugment({ operations: [name] })).length));
  expect(trivial.length).toBeLessThanOrEqual(2 * alone);
  expect(passes(RandAugment({ n: 2 }))).toEqual([...trivial, ...trivial]);
  expect(passes(AutoAugment())).toEqual(["map 1", "point 1", "map 5", "map 1", "stencil 1"]);
  expect(passes(AutoAugment({ policy: "svhn" }))).toEqual(["map 1", "map 4", "map 1"]);
  expect(passes(AutoAugment({ policy: "cifar10" }))).toHaveLength(8);
  expect(passes(AugMix())).toHaveLength(9);
});

it("colours beyond the image are one value, which costs the maps their common pass", () => {
  const filled = TrivialAugment({ fill: 0.5, operations: ["rotate", "shearX"] }) as OneOf;
  expect(String(filled)).toContain("fill: 0.5");
  expect(sequential([filled]).explain([2, 3, 8, 8]).passes).toHaveLength(2);
});

it("refuses what it cannot do", () => {
  expect(() => AutoAugment({ policy: "imagenet21k" as never })).toThrow(/policy.*imagenet, cifar10, svhn/);
  expect(() => AutoAugment({ policy: [] })).toThrow(/policy.*a list of sub-policies/);
  expect(() => AutoAugment({ policy: [[["rotat" as never, 0.5, 3]]] })).toThrow(/policy\[0\]\[0\]\[0\].*rotat/);
  expect(() => AutoAugment({ policy: [[["rotate", 1.5, 3]]] })).toThrow(/policy\[0\]\[0\]\[1\].*1\.5/);
  expect(() => AutoAugment({ policy: [[["rotate", 0.5, 10]]] })).toThrow(/policy\[0\]\[0\]\[2\].*10/);
  expect(() => AutoAugment({ policy: [[["rotate", 0.5]]] })).toThrow(/policy\[0\]\[0\]\[2\].*a level/);
  expect(() => RandAugment({ m: 31 })).toThrow(/m.*31.*from 0 to 30/);
  expect(() => RandAugment({ n: -1 })).toThrow(/n.*-1/);
  expect(() => RandAugment({ operations: [] })).toThrow(/operations.*at least one/);
  expect(() => TrivialAugment({ operations: ["__proto__" as never] })).toThrow(/operations\[0\]/);
  expect(() => TrivialAugment({ levels: 1 })).toThrow(/levels/);
});
