import { describe, expect, it } from "vitest";
import { frames, oneOf, sequential, type Tree, uniform } from "../../src/augment/index.ts";
import { backward, sum, transpose } from "../../src/autograd/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, centerCrop, gaussianNoise, invert, mixup } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, T] = [3, 4];
const FRAME = [3, 4, 4];
const EACH = 48;
/** All frames of a clip show the same. */
const pixels = Float32Array.from({ length: N * T * EACH }, (_, i) => {
  const at = Math.floor(i / (T * EACH)) * EACH + (i % EACH);
  return (Math.abs(Math.sin((at + 1) * 12.9898)) * 43.7) % 1;
});
const clips = (n = N) => tensor(device.gpu, pixels.slice(0, n * T * EACH), [n, T, ...FRAME]);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const links = (): Tree => [
  oneOf([brightness({ factor: uniform(0.4, 0.9) }), invert({ p: 0.5 })]),
  gaussianNoise({ std: 0.1 }),
];
/** How many different frames a clip has. */
const different = (y: Float32Array, n: number) =>
  new Set(Array.from({ length: T }, (_, t) => String(y.slice((n * T + t) * EACH, (n * T + t + 1) * EACH)))).size;

describe.each(["clip", "frame"] as const)("same: %s", (same) => {
  it("one draw for each, whatever the batch; in either layout, and replayed", async () => {
    const pipeline = frames(links(), { same, seed: 3 });
    const y = await values(pipeline(clips(), { step: 1 }));
    for (let n = 0; n < N; n++) {
      expect(different(y, n)).toBe(same === "clip" ? 1 : T);
      const alone = tensor(device.gpu, pixels.slice(n * T * EACH, (n + 1) * T * EACH), [1, T, ...FRAME]);
      expect(await values(pipeline(alone, { step: 1, samples: [n] }))).toEqual(
        y.slice(n * T * EACH, (n + 1) * T * EACH),
      );
    }
    expect(
      different(
        y.slice(0, 2 * T * EACH).filter((_, i) => i % (T * EACH) < 2 * EACH),
        0,
      ),
    ).toBeGreaterThan(1);
    const turned = frames(links(), { same, seed: 3, layout: "NCTHW" });
    const back = transpose(turned(transpose(clips(), [0, 2, 1, 3, 4]), { step: 1 }), [0, 2, 1, 3, 4]);
    expect(await values(back)).toEqual(y);
    const params = JSON.parse(JSON.stringify(pipeline.sample([N, T, ...FRAME], { step: 1 })));
    expect(params.n).toBe(N * T);
    expect(await values(pipeline.replay(clips(), await pipeline.read(params)))).toEqual(y);
    expect(pipeline.explain([N, T, ...FRAME]).passes).toHaveLength(
      sequential([links()]).explain([N * T, ...FRAME]).passes.length,
    );
  });
});

it("sizes and gradients go through", async () => {
  const x = parameter(device.gpu, pixels, [N, T, ...FRAME]);
  const lo = parameter(device.gpu, [0.5]);
  const pipeline = frames([brightness({ factor: uniform(lo, 1), clip: false }), centerCrop({ height: 2, width: 2 })]);
  const y = pipeline(x, { step: 2 });
  expect(y.shape).toEqual([N, T, 3, 2, 2]);
  backward(sum(y));
  const units = pipeline.sample(x.shape, { step: 2 }).transforms[0].units.factor as number[];
  expect(new Set(units).size).toBe(N);
  const inside = (i: number) => [5, 6, 9, 10].includes(i % 16);
  const expected = pixels.reduce((all, v, i) => all + (inside(i) ? v * (1 - units[Math.floor(i / EACH)]) : 0), 0);
  expect(await lo.grad!.item()).toBeCloseTo(expected, 4);
  expect((await values(x.grad!))[0]).toBe(0);
});

it("prints as it was written; steps leave memory as it was; bad input is refused", () => {
  const pipeline = frames([invert({ p: 0.5 })], { same: "frame" });
  expect(String(pipeline)).toBe('frames([invert({ p: 0.5 })], { same: "frame" })');
  const x = clips(1);
  const bytesAfter = (step: number) => {
    pipeline(x, { step }).dispose();
    return device.gpu.stats.bytesInUse;
  };
  const bytes = bytesAfter(0);
  expect(Array.from({ length: 10 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(10).fill(bytes));
  expect(() => frames([1 as never])).toThrow(/^links\[0\] of frames\(\): got 1/);
  expect(() => frames([mixup({ lambda: 0.5, partner: 0 })])).toThrow(/^links\[0\] of frames\(\): got mixup/);
  expect(() => frames([], { same: "batch" as never })).toThrow(/^same: got .*frames\(\)/);
  expect(() => frames([], { layout: "NTHWC" as never })).toThrow(/^layout: got .*frames\(\)/);
  expect(() => pipeline(tensor(device.gpu, [1], [1, 1, 1, 1]), { step: 1 })).toThrow(
    /^clips of frames\(\): got \[1, 1, 1, 1\]/,
  );
  expect(() => pipeline(1 as never, { step: 1 })).toThrow(/^x: got 1/);
  expect(() => pipeline(x)).toThrow(/^step: got nothing/);
  expect(() => pipeline(x, { step: 1, samples: [1, 2] })).toThrow(/^samples: got 2 samples/);
  expect(() => pipeline(x, { step: 1, shape: [1] } as never)).toThrow(/"?shape"?/);
});
