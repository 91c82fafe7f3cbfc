import { expect, test, vi } from "vitest";
import * as ag from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

// What fields look through without being given it: noise that is drawn, places that are made of points.

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });
const values = Float32Array.from({ length: 3 * 3 * 48 }, (_, i) => 0.1 + 0.8 * Math.abs(Math.sin(i * 7.3)));
const image = () => ag.tensor(device.gpu, values, [3, 3, 6, 8], { requiresGrad: true });
const sampleOf = (list: Float32Array, n: number) => Array.from(list.slice(n * 144, (n + 1) * 144));
const settings = { sigma: 1, alpha: 0.8, kernelSize: 3 };

test("elastic draws the same noise for the same seed, and other noise for others", async () => {
  const run = (seed: number | number[]) => ag.apply(image(), ag.elastic({ ...settings, seed })).read();
  const [first, again, other, each] = await Promise.all([run(7), run(7), run(8), run([5, 9, 5])]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  // One seed gives every sample noise of its own.
  const moved = ag.apply(
    ag.tensor(
      device.gpu,
      [0, 1, 2].flatMap(() => sampleOf(values, 0)),
      [3, 3, 6, 8],
    ),
    [ag.elastic({ ...settings, seed: [5, 9, 5] })],
  );
  const all = await moved.read();
  expect(sampleOf(all, 2)).toEqual(sampleOf(all, 0));
  expect(sampleOf(all, 1)).not.toEqual(sampleOf(all, 0));
  expect(each).not.toEqual(first);
});

test("sequential draws the seed of each sample, whatever batch it is in, and not where noise is given", async () => {
  const augment = ag.sequential([ag.elastic(settings)]);
  const batch = await augment(image(), { step: 3 }).read();
  const one = ag.tensor(device.gpu, sampleOf(values, 1), [1, 3, 6, 8]);
  expect(Array.from(await augment(one, { step: 3, samples: [1] }).read())).toEqual(sampleOf(batch, 1));
  expect(await augment(image(), { step: 4 }).read()).not.toEqual(batch);
  const drawn = augment.sample(3, { step: 3 });
  expect(await augment.replay(image(), drawn).read()).toEqual(batch);
  const noise = ag.tensor(device.gpu, new Float32Array(96), [1, 2, 6, 8]);
  const still = await ag
    .sequential([ag.elastic({ ...settings, noise })])(image(), { step: 3 })
    .read();
  expect(still).toEqual(values);
});

test("elastic takes noise or a seed", () => {
  const noise = ag.tensor(device.gpu, new Float32Array(96), [1, 2, 6, 8]);
  expect(() => ag.apply(image(), ag.elastic(settings))).toThrow(
    /elastic\.seed: got nothing; allowed is a whole number/,
  );
  expect(() => ag.apply(image(), ag.elastic({ ...settings, noise, seed: 3 }))).toThrow(
    /elastic\.seed: got a seed beside noise; allowed is one of the two/,
  );
});

const CORNERS = [[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0]]; // biome-ignore format: points

test("a spline whose points stay where they are keeps the image, bit for bit", async () => {
  expect(await ag.apply(image(), ag.thinPlateSpline({ destination: CORNERS })).read()).toEqual(values);
});

test("points come as pairs, one list per sample, or tensors, and may be drawn", async () => {
  const moved = CORNERS.map(([x, y]) => [x * 0.9 + 0.05, y * 1.1]);
  const flat = Float32Array.from(moved.flat());
  const forms = [
    moved,
    [moved, moved, moved],
    ag.tensor(device.gpu, flat, [5, 2]),
    ag.tensor(device.gpu, flat, [1, 5, 2]),
  ];
  const results = await Promise.all(forms.map((d) => ag.apply(image(), ag.thinPlateSpline({ destination: d })).read()));
  for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  const lo = CORNERS.flat().map((v) => v - 0.1);
  const hi = CORNERS.flat().map((v) => v + 0.1);
  const drawn = ag.sequential([ag.thinPlateSpline({ destination: ag.uniform(lo, hi) })]).sample(2, { step: 1 });
  expect((drawn.transforms[0].params.destination as number[][]).map((row) => row.length)).toEqual([10, 10]);
});

test("points that leave open how to bend: numbers are refused, tensors give what is finite", async () => {
  const line = [[-1, -1], [0, 0], [1, 1], [0.5, 0.5]]; // biome-ignore format: points
  const twice = [[-1, -1], [1, -1], [0, 1], [0, 1]]; // biome-ignore format: points
  const source = [[-1, -1], [1, -1], [0, 1], [0.3, 0.9]]; // biome-ignore format: points
  const x = image();
  for (const destination of [line, twice]) {
    expect(() => ag.apply(x, ag.thinPlateSpline({ source, destination }))).toThrow(
      /thinPlateSpline\.destination: got points on a line, or two in one place/,
    );
    const learned = ag.parameter(device.gpu, destination.flat(), [4, 2]);
    const y = ag.apply(x, ag.thinPlateSpline({ source, destination: learned }));
    const [gx, gd] = ag.grad(ag.sum(ag.square(y)), [x, learned]);
    for (const list of await Promise.all([y.read(), gx.read(), gd.read()]))
      expect((list as Float32Array).every(Number.isFinite)).toBe(true);
  }
  expect(() => ag.thinPlateSpline({ source: CORNERS, destination: source })).toThrow(
    /thinPlateSpline\.destination: got 4 points; allowed is 5 points/,
  );
});
