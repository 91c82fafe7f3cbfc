import { describe, expect, test } from "vitest";
import {
  apply,
  brightness,
  choose,
  crop,
  cutmix,
  cutmixArea,
  grad,
  labelWeights,
  mixLabels,
  mixup,
  mosaic,
  parameter,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 4;
const SHAPE = [N, 1, 6, 8];

/** One image per sample that is 1 everywhere, in a channel of its own: the mean of channel k is the share of sample k. */
async function sharesByImages(transform: Transform): Promise<number[][]> {
  const data = new Float32Array(N * N * 48);
  for (let n = 0; n < N; n++) data.fill(1, (n * N + n) * 48, (n * N + n + 1) * 48);
  const y = apply(tensor(device.gpu, data, [N, N, 6, 8]), transform);
  const values = await y.read();
  const each = y.shape[2] * y.shape[3];
  return Array.from({ length: N }, (_, n) =>
    Array.from({ length: N }, (_, k) => {
      const from = (n * N + k) * each;
      return values.subarray(from, from + each).reduce((sum, v) => sum + v, 0) / each;
    }),
  );
}

/** The same from what labelWeights says. */
async function sharesByWeights(transform: Transform): Promise<number[][]> {
  const shares = Array.from({ length: N }, () => new Array<number>(N).fill(0));
  for (const { samples, weights } of labelWeights(transform, SHAPE)) {
    const from = Array.isArray(samples) ? samples : Array.from(await (samples as Tensor).read());
    const own = Array.isArray(weights) ? weights : Array.from(await (weights as Tensor).read());
    for (let n = 0; n < N; n++) shares[n][from.length === 1 ? from[0] : from[n]] += own[n];
  }
  return shares;
}

const numbers: [string, Transform][] = [
  ["mixup", mixup({ partner: [1, 2, 3, 0], lambda: [0.2, 0.5, 0, 1] })],
  ["mixup of one share, by coins", mixup({ partner: 2, lambda: 0.3, on: [1, 0, 1, 1] })],
  [
    "cutmix",
    cutmix({ partner: [3, 3, 0, 1], x: [1.5, -2, 6.25, 0], y: 1.75, width: [3, 4, 9, 8], height: [2.5, 1, 9, 6] }),
  ],
  ["mosaic", mosaic({ partners: [[1, 2, 3], [0, 0, 0], [3, 3, 1], [2, 1, 0]], x: [3.25, 0, 8, 5], y: [1.5, 6, 0, 2.25] })], // biome-ignore format: rows of samples
  ["cutmix, relative", cutmix({ partner: [3, 3, 0, 1], x: [0, 1, 0.5, 0.25], y: 0.75, width: [3, 4, 9, 8], height: 2, relative: true })], // biome-ignore format: one line
  ["cutmixArea", cutmixArea({ partner: [3, 3, 0, 1], area: [0.25, 0, 1, 0.5], x: [0.5, 0, 1, 0.25], y: 0.75 })],
  ["mosaic, relative", mosaic({ partners: [1, 2, 3], x: [0.25, 0, 1, 0.75], y: 0.5, relative: true })],
  ["mosaic of another size", mosaic({ partners: [1, 2, 3], x: [3.5, 0, 6, 5], y: 2.5, width: 10, height: 5 })],
];

const learned = (): [string, Transform][] => {
  const p = (...values: number[]) => parameter(device.gpu, values.length === 1 ? values[0] : values);
  return [
    ["mixup", mixup({ partner: tensor(device.gpu, [1, 2, 3, 0]), lambda: p(0.2, 1.4, -3, 0.75) })],
    ["mixup, by coins", mixup({ partner: 2, lambda: p(0.3), on: [1, 0, 1, 1] })],
    ["cutmix", cutmix({ partner: [3, 3, 0, 1], x: p(1.5, -2, 6.25, 0), y: 1.75, width: [3, 4, 9, 8], height: p(2.5) })],
    [
      "cutmix, relative",
      cutmix({ partner: 1, x: p(0, 1, 0.5, 0.25), y: 0.75, width: p(3), height: 2, relative: true }),
    ],
    ["cutmixArea", cutmixArea({ partner: [3, 3, 0, 1], area: p(0.25, 0, 1, 0.5), x: 0.5 })],
    ["mosaic", mosaic({ partners: [1, 2, 3], x: p(3.25, 0, 8, 5), y: 1.5 })],
    ["mosaic, relative", mosaic({ partners: [1, 2, 3], x: p(0.25, 0, 1, 0.75), y: 0.5, relative: true })],
  ];
};

describe("label weights are the shares that the samples have in the image", () => {
  test.each(numbers)("%s, in numbers", async (_, transform) => {
    for (const { weights } of labelWeights(transform, SHAPE)) expect(weights).toBeInstanceOf(Array);
    const [expected, found] = await Promise.all([sharesByImages(transform), sharesByWeights(transform)]);
    found.flat().forEach((share, i) => {
      expect(share).toBeCloseTo(expected.flat()[i], 5);
    });
  });
  test("in tensors", async () => {
    for (const [name, transform] of learned()) {
      const [expected, found] = await Promise.all([sharesByImages(transform), sharesByWeights(transform)]);
      found.flat().forEach((share, i) => {
        expect(share, name).toBeCloseTo(expected.flat()[i], 5);
      });
    }
  });
});

test("gradients reach what was learned", async () => {
  const lambda = parameter(device.gpu, [0.2, 0.5, 1.5, 0.75]);
  const [own, other] = labelWeights(mixup({ partner: [1, 2, 3, 0], lambda }), SHAPE);
  const seed = tensor(device.gpu, [1, 2, 3, 4]);
  expect(await grad(own.weights as Tensor, [lambda], { gradient: seed, retain: true })[0].read()).toEqual(
    Float32Array.of(1, 2, 3, 4),
  );
  expect(await grad(other.weights as Tensor, [lambda], { gradient: seed })[0].read()).toEqual(
    Float32Array.of(-1, -2, -3, -4),
  );
  const width = parameter(device.gpu, 3);
  const [kept] = labelWeights(cutmix({ partner: 0, x: 1, y: 2, width, height: 2 }), SHAPE);
  expect(await grad(kept.weights as Tensor, [width], { gradient: seed })[0].item()).toBeCloseTo((-10 * 2) / 48, 6);
});

test("labels go through a chain, mix by mix, and their gradients back to labels and shares", async () => {
  const { gpu } = device;
  const labels = parameter(gpu, [1, 0, 0, 1, 0.5, 0.5, 0.25, 0.75], [4, 2]);
  const lambda = parameter(gpu, [0.2, 0.5, 1, 0.75]);
  const chain = [brightness({ factor: 1.2 }), mixup({ partner: [1, 2, 3, 0], lambda }), crop({ width: 4, height: 4 })];
  const before = gpu.stats.bytesInUse;
  const mixed = mixLabels(labels, [...chain, cutmix({ partner: 0, x: 0, y: 0, width: 2, height: 2 })], SHAPE);
  const rows = [[1, 0], [0, 1], [0.5, 0.5], [0.25, 0.75]]; // biome-ignore format: rows of samples
  const shares = [0.2, 0.5, 1, 0.75];
  const once = rows.map((row, n) => row.map((v, k) => shares[n] * v + (1 - shares[n]) * rows[(n + 1) % 4][k]));
  const twice = once.map((row) => row.map((v, k) => 0.75 * v + 0.25 * once[0][k]));
  (await mixed.read()).forEach((v, i) => {
    expect(v).toBeCloseTo(twice.flat()[i], 6);
  });
  const [gl, gs] = grad(mixed, [labels, lambda], { gradient: tensor(gpu, [1, 0, 0, 0, 0, 0, 0, 0], [4, 2]) });
  // The first row of the result is the first row of the first mix, as its partner is itself.
  const expected = [0.2, 0, 0.8, 0, 0, 0, 0, 0];
  (await gl.read()).forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i], 6);
  });
  expect((await gs.read())[0]).toBeCloseTo(1, 6);
  for (const made of [mixed, gl, gs]) made.dispose();
  expect(gpu.stats.bytesInUse - before).toBeLessThanOrEqual(512);
});

test("what was made in a scope goes with it", async () => {
  const { gpu } = device;
  const labels = tensor(gpu, [1, 2, 3, 4], [4, 1]);
  const lambda = parameter(gpu, [0.2, 0.5, 1, 0.75]);
  const step = () => {
    const scope = gpu.scope();
    const mixed = mixLabels(labels, mixup({ partner: [1, 2, 3, 0], lambda }), SHAPE);
    labelWeights(mixup({ partner: [1, 2, 3, 0], lambda }), SHAPE);
    grad(mixed, [lambda], { gradient: labels })[0].dispose();
    scope.dispose();
    return gpu.stats.bytesInUse;
  };
  const before = step();
  expect([step(), step(), step()]).toEqual([before, before, before]);
});

test("a mix that samples chose mixes the labels of those alone", async () => {
  const { gpu } = device;
  const labels = tensor(gpu, [1, 2, 3, 4], [4, 1]);
  for (const index of [[0, 1, 1, 0], tensor(gpu, [0, 1, 1, 0])]) {
    const choice = choose([mixup({ partner: [3, 3, 3, 2], lambda: 0.5 }), brightness({ factor: 2 })], index);
    expect(await mixLabels(labels, choice, SHAPE).read()).toEqual(Float32Array.of(2.5, 2, 3, 3.5));
  }
});

test("what is wrong is said at the call", () => {
  const { gpu } = device;
  expect(() => labelWeights(brightness({ factor: 1 }), SHAPE)).toThrow(/labelWeights\(\).*a mix/s);
  expect(() => labelWeights(mixup({ partner: [0, 0, 4, 0], lambda: 1 }), SHAPE)).toThrow(/mixup\.partner\[2\]/);
  expect(() => labelWeights(mixup({ partner: 0, lambda: 1 }), [4, 3, 8])).toThrow(/shape/);
  expect(() => mixLabels(tensor(gpu, [1, 2, 3]), mixup({ partner: 0, lambda: 1 }), SHAPE)).toThrow(/labels.*\[4, K\]/s);
});

test("a mosaic's partners may be a tensor, of one row or of one for each sample", async () => {
  const { gpu } = device;
  const labels = tensor(gpu, [1, 2, 4, 8], [4, 1]);
  for (const partners of [
    [[1, 2, 3]],
    [
      [1, 2, 3],
      [0, 0, 0],
      [3, 3, 1],
      [2, 1, 0],
    ],
  ]) {
    // biome-ignore format: rows of samples
    const settings = { x: [3.25, 0, 8, 5], y: 2.5 };
    const rows = tensor(gpu, partners.flat(), partners.length === 1 ? [3] : [4, 3]);
    const [found, expected] = [rows, partners].map((given) => {
      const mix = mosaic({ ...settings, partners: given });
      return mixLabels(labels, mix, SHAPE).read();
    });
    expect(await found).toEqual(await expected);
  }
});
