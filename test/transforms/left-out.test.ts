import { describe, expect, test } from "vitest";
import {
  apply,
  bernoulli,
  type Declaration,
  erasing,
  gamma,
  grad,
  normalize,
  parameter,
  registry,
  sequential,
  type Tensor,
  type Transform,
  tensor,
  translate,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { exampleField, exampleImages, exampleOf, exampleTransform, isReshaping, learned } from "./examples.ts";

// Where a transform is not applied, the pixel is what it was, bit for bit, and its gradient what came in: whatever the
// transform would have made of it. 0 times infinity is NaN; so nothing is multiplied by 0, but chosen.

const device = testGpu();
const SHAPE = [3, 3, 4, 5];
const EACH = 60;
/** The first and the last sample hold what no transform makes sense of. */
const odd = Float32Array.from({ length: 3 * EACH }, (_, i) => {
  const plain = 0.5 + 0.4 * Math.sin(1.3 * i);
  return Math.floor(i / EACH) === 1 ? plain : ([Number.NaN, Infinity, -Infinity, 1e30, -1e30][i % 7] ?? plain);
});
const weights = Float32Array.from({ length: 3 * EACH }, (_, i) => Math.cos(i));
// Those whose samples see each other have tests of their own: mix.test.ts.
const all = [...registry.values()].filter(({ reads }) => reads !== "batch");
const names = (list: Declaration[]) => list.map((declaration) => [declaration.name, declaration] as const);
const sample = (list: ArrayLike<number>, n: number) =>
  Array.from(list).slice((n * list.length) / 3, ((n + 1) * list.length) / 3);

/** Parameters as tensors with a row per sample; those of the first and the last sample may be NaN. */
function leavesOf(declaration: Declaration, isNan: boolean): Record<string, Tensor> {
  const { gpu } = device;
  return Object.fromEntries(
    learned(declaration).map((name) => {
      const row = exampleOf(declaration, name)!;
      const none = isNan ? row.map(() => Number.NaN) : row;
      return [name, parameter(gpu, [none, row, none].flat(), row.length > 1 ? [3, row.length] : [3])];
    }),
  );
}

const example = (declaration: Declaration, changed: Record<string, unknown>): Transform =>
  exampleTransform(declaration, {
    ...exampleImages(device.gpu, declaration, [4, 5]),
    ...changed,
    field: exampleField(device.gpu, declaration, [4, 5]),
  });

async function run(transform: Transform, leaves: Tensor[], make = apply as (x: Tensor, t: Transform) => Tensor) {
  const { gpu } = device;
  const x = tensor(gpu, odd, SHAPE, { requiresGrad: true });
  const y = make(x, transform);
  const gradients = grad(y, [x, ...leaves], { gradient: tensor(gpu, weights, y.shape) });
  return Promise.all([y, ...gradients].map(async (t) => Array.from(await t.read())));
}

/** The first and the last sample are as they were, with no gradient for anything but themselves. */
function expectUntouched([y, image, ...params]: number[][], kinds: string[]) {
  for (const n of [0, 2]) {
    expect(sample(y, n), "result").toEqual(sample(odd, n));
    expect(sample(image, n), "gradient of the image").toEqual(sample(weights, n));
    params.forEach((list, k) => {
      if (kinds[k] === "gate") expect(sample(list, n).every(Number.isFinite), "gradient of the gate").toBe(true);
      else
        expect(
          sample(list, n).every((v) => v === 0),
          `gradient of ${kinds[k]}: ${list}`,
        ).toBe(true);
    });
  }
}

const points = all.filter((declaration) => declaration.kind === "point" && !isReshaping(declaration));

/**
 * A coin is a branch around a transform that its own code does not know of, and a learned coin blends images around its pass: both
 * are the same for all transforms that work alike, and two of them are enough. A gate is not: it computes what it leaves out.
 */
const alike = ({ kind, statistic, stencil, position }: Declaration) =>
  JSON.stringify([kind, statistic, stencil, position]);
const own = new Set(
  all.filter(
    (declaration, i) =>
      ["field", "block", "mix", "program", "composite"].includes(declaration.kind) ||
      all.slice(0, i).filter((before) => alike(before) === alike(declaration)).length < 2,
  ),
);

// Gates of points, which compute what they leave out, are in the contract of every transform.
describe("a gate of 0, and a coin of 0", () => {
  test.each(names(points.filter((declaration) => own.has(declaration) && !isReshaping(declaration))))(
    "%s, a coin",
    async (_, declaration) => {
      for (const isNan of [false, true]) {
        const leaves = leavesOf(declaration, isNan);
        const kinds = Object.keys(leaves);
        const whole = await run(example(declaration, leaves), Object.values(leaves));
        const tossed = await run(example(declaration, { ...leaves, on: [0, 1, 0] }), Object.values(leaves));
        expectUntouched(tossed, kinds);
        expect(sample(tossed[1], 1)).toEqual(sample(whole[1], 1));
      }
    },
  );

  // What has another size, or other channels, cannot be left out of a sample alone.
  const others = [...own].filter((declaration) => declaration.kind !== "point" && !isReshaping(declaration));
  test.each(names(others))("%s, by sequential", async (_, declaration) => {
    const { gpu } = device;
    for (const isNan of [false, true]) {
      const leaves = leavesOf(declaration, isNan);
      const gate = parameter(gpu, [0, 1, -0.5]);
      const transform = example(declaration, { ...leaves, on: gate });
      const blended = await run(transform, [...Object.values(leaves), gate], (x, t) => sequential([t])(x));
      expectUntouched(blended, [...Object.keys(leaves), "gate"]);
    }
  });
  test.each(names(others))("%s, a coin of numbers", async (_, declaration) => {
    for (const isNan of [false, true]) {
      const leaves = leavesOf(declaration, isNan);
      const transform = example(declaration, { ...leaves, on: [0, 1, 0] });
      expectUntouched(await run(transform, Object.values(leaves)), Object.keys(leaves));
    }
  });

  test("of a learned probability of 0", async () => {
    const p = parameter(device.gpu, [0]);
    const transform = { ...gamma({ gamma: 30, clip: false }), p: bernoulli(p) };
    const [y, image, slope] = await run(transform, [p], (x, t) => sequential([t])(x, { step: 0 }));
    expect(y).toEqual(Array.from(odd));
    expect(image).toEqual(Array.from(weights));
    expect(slope.every(Number.isFinite)).toBe(true);
  });

  test("over a deviation of 0", async () => {
    const { gpu } = device;
    const leaves = [parameter(gpu, [0, 0, 0]), parameter(gpu, [0, 1, 0])];
    const transform = { ...normalize({ mean: [0.5, 0.5, 0.5], std: leaves[0] }), on: leaves[1] };
    const [y, image, std, gate] = await run(transform, leaves);
    expect(sample(y, 0)).toEqual(sample(odd, 0));
    expect(sample(image, 2)).toEqual(sample(weights, 2));
    expect([...std, ...gate, ...y.slice(EACH, 2 * EACH)].every(Number.isFinite)).toBe(true);
  });
});

test("a gate between 0 and 1 blends; where the transform changes nothing, not even infinity", async () => {
  const { gpu } = device;
  const gate = parameter(gpu, [0.25, 0.5, 0.75]);
  const box = erasing({ x: 1, y: 1, width: 2, height: 2, value: 0.5 });
  const [y] = await run({ ...box, on: gate }, [gate]);
  y.forEach((v, i) => {
    const [at, share] = [i % 20, [0.25, 0.5, 0.75][Math.floor(i / EACH)]];
    const inside = at % 5 >= 1 && at % 5 < 3 && Math.floor(at / 5) >= 1 && Math.floor(at / 5) < 3;
    const right = inside ? Math.fround((1 - share) * odd[i] + share * 0.5) : odd[i];
    if (Number.isFinite(right)) expect(Math.abs(v - right)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(right)));
    else expect(v).toBe(right);
  });
});

describe("a rectangle", () => {
  test("covers NaN and infinity, and leaves them where it does not cover", async () => {
    const { gpu } = device;
    const leaves = [1, 1, 2, 2, 0.5].map((v) => parameter(gpu, [v]));
    const [x, y, width, height, value] = leaves;
    const [found, image, ...own] = await run(erasing({ x, y, width, height, value }), leaves);
    found.forEach((v, i) => {
      const at = i % 20;
      const inside = at % 5 >= 1 && at % 5 < 3 && Math.floor(at / 5) >= 1 && Math.floor(at / 5) < 3;
      expect(v).toBe(inside ? 0.5 : odd[i]);
      expect(image[i] + 0).toBe(inside ? 0 : weights[i]);
    });
    expect(own.flat().every(Number.isFinite)).toBe(true);
  });
  test("whose edges lie between pixels has the gradient of moving on, and one of no size that of growing", async () => {
    const { gpu } = device;
    const image = tensor(gpu, new Float32Array(20).fill(1), [1, 1, 4, 5]);
    const slopes = async (settings: number[]) => {
      const leaves = settings.map((v) => parameter(gpu, [v]));
      const [x, y, width, height] = leaves;
      const made = apply(image, erasing({ x, y, width, height }));
      const list = grad(made, leaves, { gradient: tensor(gpu, new Float32Array(20).fill(1), made.shape) });
      return Promise.all(list.map(async (t) => (await t.read())[0]));
    };
    // The sum of the image is 20 - width · height.
    expect(await slopes([1, 1, 2, 2])).toEqual([0, 0, -2, -2]);
    expect(await slopes([1, 1, 0, 3])).toEqual([0, 0, -3, 0]);
    expect(await slopes([1.5, 1, 0, 2.5])).toEqual([0, 0, -2.5, 0]);
  });
});

test.each(["nearest", "bilinear", "bicubic"] as const)(
  "a fill that is NaN shows beyond the image alone, %s",
  async (interpolation) => {
    const { gpu } = device;
    const fill = parameter(gpu, [Number.NaN, 0.2, Infinity], [3, 1]);
    const values = Float32Array.from({ length: 3 * EACH }, (_, i) => 0.5 + 0.4 * Math.sin(1.3 * i));
    const x = tensor(gpu, values, SHAPE, { requiresGrad: true });
    const y = apply(x, translate({ x: 1, y: 0, interpolation, padding: "fill", fill }));
    const [image] = grad(y, [x], { gradient: tensor(gpu, weights, SHAPE) });
    const [found, slopes] = await Promise.all([y.read(), image.read()]);
    found.forEach((v, i) => {
      const shown = [Number.NaN, Math.fround(0.2), Infinity][Math.floor(i / EACH)];
      expect(v).toBe(i % 5 === 0 ? shown : values[i - 1]);
      if (i % 5 > 0) expect(slopes[i - 1]).toBe(weights[i]);
    });
  },
);
