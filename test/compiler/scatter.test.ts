import { describe, expect, test } from "vitest";
import { apply, grad, remap, type Tensor, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomNumbers } from "../reference/image.ts";

// The gradient of the image of a field, in fixed point: against sums in float64, where adding goes wrong first.

const device = testGpu();

interface Scatter {
  /** Size of the image, [height, width], and of the grid. */
  image: [number, number];
  grid: [number, number];
  /** Places of output pixels, x and y, and their gradients, sample by sample; one channel. */
  places: (n: number, i: number) => [number, number];
  gradients: (n: number, i: number) => number;
  samples?: number;
}

function inputs({ image: [h, w], grid: [gh, gw], places, gradients, samples = 1 }: Scatter) {
  const pixels = gh * gw;
  const grid = new Float32Array(samples * 2 * pixels);
  const g = new Float32Array(samples * pixels);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < pixels; i++) {
      const [x, y] = places(n, i);
      grid[2 * n * pixels + i] = x;
      grid[(2 * n + 1) * pixels + i] = y;
      g[n * pixels + i] = gradients(n, i);
    }
  }
  return { grid, g, shape: [samples, 1, h, w], gridShape: [samples, 2, gh, gw], seedShape: [samples, 1, gh, gw] };
}

async function scattered(of: Scatter): Promise<Float32Array> {
  const { gpu } = device;
  const { grid, g, shape, gridShape, seedShape } = inputs(of);
  const x = tensor(gpu, new Float32Array(shape[0] * shape[2] * shape[3]), shape, { requiresGrad: true });
  const y = apply(x, remap({ grid: tensor(gpu, grid, gridShape) }));
  const [image] = grad(y, [x], { gradient: tensor(gpu, g, seedShape) as Tensor });
  return image.read();
}

/** The same in float64, from the places and gradients as f32 has them. */
function expected(of: Scatter): Float64Array {
  const { grid, g, shape } = inputs(of);
  const [samples, , h, w] = shape;
  const pixels = g.length / samples;
  const sums = new Float64Array(samples * h * w);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < pixels; i++) {
      const [x, y] = [grid[2 * n * pixels + i], grid[(2 * n + 1) * pixels + i]];
      for (const [row, wy] of [0, 1].map((k) => [Math.floor(y) + k, 1 - Math.abs(y - Math.floor(y) - k)])) {
        for (const [column, wx] of [0, 1].map((k) => [Math.floor(x) + k, 1 - Math.abs(x - Math.floor(x) - k)])) {
          if (row < 0 || column < 0 || row >= h || column >= w) continue;
          sums[(n * h + row) * w + column] += wx * wy * g[n * pixels + i];
        }
      }
    }
  }
  return sums;
}

/** The largest error, as a part of the largest value. */
function errorOf(found: Float32Array, right: Float64Array): number {
  let [worst, largest] = [0, 0];
  right.forEach((v, i) => {
    largest = Math.max(largest, Math.abs(v));
    worst = Math.max(worst, Number.isNaN(found[i]) ? Number.POSITIVE_INFINITY : Math.abs(found[i] - v));
  });
  return worst / largest;
}

const draws = Array.from({ length: 4096 }, randomNumbers(1));
const drawn = (i: number, seed: number) => draws[(i * 7 + seed * 131) % 4096];
const noise = (seed: number) => (n: number, i: number) => drawn(i + 97 * n, seed) - 0.5;
const between =
  (seed: number, h: number, w: number) =>
  (n: number, i: number): [number, number] => [
    drawn(i + 61 * n, seed) * (w + 1) - 1,
    drawn(3 * i + 29 * n + 1, seed) * (h + 1) - 1,
  ];

describe("sums of scattered gradients", () => {
  const cases: [string, Scatter][] = [
    ["every pixel looks at one", { image: [3, 3], grid: [200, 200], places: () => [1, 2], gradients: noise(1) }],
    [
      "a million at one place between pixels, all with one sign",
      { image: [2, 2], grid: [1000, 1000], places: () => [0.3, 0.6], gradients: (_, i) => 1 + (i % 7) },
    ],
    [
      "many small ones, beside a large one elsewhere",
      { image: [1, 2], grid: [300, 300], places: (_, i) => [i ? 0 : 1, 0], gradients: (_, i) => (i ? 3e-10 : 1) },
    ],
    [
      "many that are smaller than a quantum",
      { image: [1, 2], grid: [500, 500], places: (_, i) => [i ? 0 : 1, 0], gradients: (_, i) => (i ? 1.3e-9 : 1) },
    ],
    // A device may take for 0 what is below 1.2e-38: a hundred thousandth of this.
    ["tiny", { image: [8, 9], grid: [8, 9], places: between(2, 8, 9), gradients: () => 2e-33 }],
    ["huge", { image: [8, 9], grid: [8, 9], places: between(3, 8, 9), gradients: (_, i) => (i % 2 ? 3e37 : -2e37) }],
    ["a single pixel", { image: [1, 1], grid: [1, 1], places: () => [0.25, -0.125], gradients: () => -0.7 }],
    ["anywhere", { image: [13, 17], grid: [64, 48], places: between(4, 13, 17), gradients: noise(5) }],
    ["zeros", { image: [1, 2], grid: [5, 5], places: () => [0, 0], gradients: (_, i) => (i === 7 ? 1e-3 : 0) }],
  ];
  test.each(cases)("%s", async (_, of) => {
    expect(errorOf(await scattered(of), expected(of))).toBeLessThan(1e-5);
  });

  test("nothing but zeros is zeros", async () => {
    const of: Scatter = { image: [4, 5], grid: [4, 5], places: between(6, 4, 5), gradients: () => 0 };
    expect(await scattered(of)).toEqual(new Float32Array(20));
  });

  test("samples have scales of their own", async () => {
    const scales = [1e30, 1e-30, 1, 1e-10];
    const of: Scatter = {
      image: [6, 5],
      grid: [30, 30],
      samples: 4,
      places: between(8, 6, 5),
      gradients: (n, i) => scales[n] * noise(7)(n, i),
    };
    const [found, right] = [await scattered(of), expected(of)];
    for (let n = 0; n < 4; n++)
      expect(errorOf(found.slice(n * 30, n * 30 + 30), right.slice(n * 30, n * 30 + 30)), `sample ${n}`).toBeLessThan(
        1e-5,
      );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%f in one sample leaves the others alone", async (bad) => {
    const of = (wrong: number): Scatter => ({
      image: [4, 4],
      grid: [6, 6],
      samples: 3,
      places: (n, i) => [(i * 0.37 + n) % 4, (i * 0.73) % 4],
      gradients: (n, i) => (n === 1 && i === 9 ? wrong : Math.sin(i + n)),
    });
    const [found, right] = [await scattered(of(bad)), await scattered(of(0.5))];
    expect(found.slice(0, 16)).toEqual(right.slice(0, 16));
    expect(found.slice(32)).toEqual(right.slice(32));
    expect(found.slice(16, 32).every(Number.isNaN)).toBe(true);
  });

  test("two runs have equal bits", async () => {
    const of: Scatter = {
      image: [5, 5],
      grid: [100, 100],
      places: (_, i) => [(i * 0.618) % 4, (i * 0.414) % 4],
      gradients: (_, i) => Math.sin(i * i),
    };
    expect(await scattered(of)).toEqual(await scattered(of));
  });
});
