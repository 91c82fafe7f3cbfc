import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describeSamples,
  frames,
  sequential,
  someOf,
  type Tree,
  takeSamples,
  uniform,
} from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import {
  asBoxes,
  asHeatmap,
  asInstances,
  asIs,
  asKeypoints,
  asLabels,
  asMask,
  type Boxes,
  type Keypoints,
} from "../../src/targets/index.ts";
import { type DType, parameter, Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, horizontalFlip, resize, rotate, translate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

// What belongs to clips goes with their frames: compared with the same pipeline on the frames as a batch, bit for bit.

const device = testGpu();
const links = (): Tree => [
  rotate({ angle: uniform(-40, 40), p: 0.8 }),
  horizontalFlip({ p: 0.5 }),
  brightness({ factor: uniform(0.5, 0.9) }),
];
const numbers = (shape: readonly number[], most = 1) =>
  Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => (most * ((Math.abs(Math.sin(i + 1)) * 43758.5) % 1)) as number,
  );
const whole = (shape: readonly number[]) => numbers(shape, 3).map(Math.floor);
const make = <D extends DType = "f32">(data: Float32Array, shape: readonly number[], dtype = "f32" as D): Tensor<D> =>
  tensor(device.gpu, dtype === "u8" ? data.map((v) => Math.round(v * 255)) : data, shape, { dtype });

/** Values of [N, T, C, H, W] with channels before time. */
function channelsFirst(data: Float32Array, [, t, c, h, w]: readonly number[]): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [at, frame, channel, clip] = [
      i % (h * w),
      Math.floor(i / (h * w)) % t,
      Math.floor(i / (h * w * t)) % c,
      Math.floor(i / (h * w * t * c)),
    ];
    return data[((clip * t + frame) * c + channel) * h * w + at];
  });
}

/** All tensors in a value, in order, as numbers; with their shapes without the dimensions of clips and frames. */
async function contents(value: unknown, leading: number): Promise<unknown[]> {
  if (value instanceof Tensor)
    return [value.dtype, value.shape.slice(leading), Array.from((await value.read()) as never)];
  if (Array.isArray(value)) return (await Promise.all(value.map((each) => contents(each, 0)))).flat();
  if (typeof value !== "object" || value === null) return [value];
  return (await Promise.all(Object.values(value).map((each) => contents(each, leading)))).flat();
}

describe.each(["NTCHW", "NCTHW"] as const)("%s", (layout) => {
  it("everything gets what its frame gets, of any storage type", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("clip" as const, "frame" as const),
        fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
        fc.constantFrom([5, 7] as const, [4, 6] as const),
        fc.constantFrom("f32" as const, "f16" as const, "u8" as const),
        fc.nat(1000),
        async (same, [n, t], [h, w], dtype, step) => {
          const pipeline = frames(links(), { same, layout, seed: 3 });
          const size = [n, t, 3, h, w];
          const shape = layout === "NTCHW" ? size : [n, 3, t, h, w];
          const lay = (data: Float32Array) => (layout === "NTCHW" ? data : channelsFirst(data, size));
          const labels = (clips: readonly number[]) => ({
            mask: make(whole([n * t, h, w]), [...clips, h, w]),
            bboxes: make(numbers([n * t, 4], 4), [...clips, 1, 4]),
            points: asKeypoints(make(numbers([n * t, 6], 4), [...clips, 3, 2]), {
              swap: [[0, 1]],
              angle: make(numbers([n * t, 3], 90), [...clips, 3]),
            }),
            lines: make(numbers([n * t, 8], 4), [...clips, 2, 2, 2]),
            things: asInstances({
              boxes: asBoxes(make(numbers([n * t, 8], 4), [...clips, 2, 4]), { minArea: 1 }),
              masks: make(whole([n * t, 2, h, w]), [...clips, 2, h, w]),
              labels: make(whole([n * t, 2]), [...clips, 2]),
            }),
            // A list has one for each frame.
            keypoints: Array.from({ length: n * t }, (_, i) => (i === 1 ? null : make(numbers([2, 2], 3), [2, 2]))),
            nested: [{ name: asIs("a") }],
          });
          const values = numbers(size);
          const flow = numbers([n, t, 2, h, w]);
          const laid = (data: Float32Array, c: number) =>
            layout === "NTCHW" ? data : channelsFirst(data, [n, t, c, h, w]);
          const axes = (c: number) => (layout === "NTCHW" ? [n, t, c, h, w] : [n, c, t, h, w]);
          const clips = {
            video: asHeatmap(make(lay(values), shape, dtype)),
            image: make(lay(values), shape, dtype),
            flow: make(laid(flow, 2), axes(2)),
            ...labels([n, t]),
          };
          const batch = {
            video: asHeatmap(make(values, [n * t, 3, h, w], dtype)),
            image: make(values, [n * t, 3, h, w], dtype),
            flow: make(flow, [n * t, 2, h, w]),
            ...labels([n * t]),
          };
          const params = JSON.parse(JSON.stringify(pipeline.sample(shape, { step })));
          const expected = sequential([links()]).replay(batch, params);
          for (const found of [pipeline(clips, { step }), pipeline.replay(clips, params)]) {
            const { image, video, flow: field, ...rest } = found;
            const { image: x, video: y, flow: z, ...others } = expected;
            expect(await contents(rest, 2)).toEqual(await contents(others, 1));
            for (const [a, b, c] of [
              [image, x, 3],
              [video.data, y.data, 3],
              [field, z, 2],
            ] as const) {
              expect(a.shape).toEqual(axes(c));
              expect(a.dtype).toBe(b.dtype);
              expect(Array.from(await a.read())).toEqual(Array.from(laid(Float32Array.from(await b.read()), c)));
            }
          }
        },
      ),
      { numRuns: 6 },
    );
  });
});

it("dots land where their points go; frames of a clip alike, or each by its own", async () => {
  const [N, T, S] = [2, 3, 9];
  const spots = Array.from({ length: N * T }, (_, i) => [2 + (i % 5), 3 + (i % 3)]);
  const pixels = new Float32Array(N * T * S * S);
  spots.forEach(([x, y], i) => {
    pixels[(i * S + y) * S + x] = 1;
  });
  const clips = make(pixels, [N, T, 1, S, S]);
  const points = make(Float32Array.from(spots.flat()), [N, T, 1, 2]);
  for (const same of ["clip", "frame"] as const) {
    const pipeline = frames([horizontalFlip({ p: 0.5 }), translate({ x: uniform(-2.4, 2.4) })], { same });
    const params = pipeline.sample(clips.shape, { step: 4 });
    expect(new Set(params.transforms[1].params.x as number[]).size).toBe(same === "clip" ? N : N * T);
    const rounded = structuredClone(params);
    rounded.transforms[1].params.x = (params.transforms[1].params.x as number[]).map((x) => Math.round(x));
    const out = pipeline.replay({ clip: asHeatmap(clips), points: asKeypoints(points) }, rounded);
    const [image, moved] = [await out.clip.data.read(), await (out.points.data as Tensor).read()] as Float32Array[];
    const motion = pipeline.motion(clips, rounded);
    expect(motion.samples).toBe(N * T);
    expect(await motion.points(make(Float32Array.from(spots.flat()), [N * T, 1, 2])).read()).toEqual(moved);
    const kept = (await ((out.points as Keypoints).kept as Tensor).read()) as Float32Array;
    for (let i = 0; i < N * T; i++) {
      const [x, y] = [moved[2 * i], moved[2 * i + 1]];
      expect(kept[i]).toBe(Number(x >= 0 && x < S));
      if (kept[i]) expect(image[(i * S + y) * S + x]).toBe(1);
    }
  }
});

it("labels belong to clips; sizes change; sameOnBatch; logs", async () => {
  const clips = make(numbers([2, 3, 3, 4, 4]), [2, 3, 3, 4, 4]);
  const label = make(Float32Array.from([1, 0]), [2]);
  const pipeline = frames([someOf(1, links() as Tree[]), resize({ height: 2, width: 6 })], {
    sameOnBatch: true,
    same: "frame",
  });
  const boxes = make(numbers([6, 4], 4), [2, 3, 1, 4]);
  const out = pipeline(
    { clips: asHeatmap(clips), images: clips, label, hot: asLabels(label, { classes: 2 }), boxes: asBoxes(boxes) },
    { step: 1 },
  );
  expect(out.label).toBe(label);
  expect(await out.hot.data.read()).toEqual(Float32Array.of(0, 1, 1, 0));
  expect(out.images.shape).toEqual([2, 3, 3, 2, 6]);
  expect((out.boxes as Boxes).kept).toMatchObject({ shape: [2, 3, 1] });
  const params = pipeline.sample(clips.shape, { step: 1 });
  expect(params.samples.slice(0, 3)).toEqual(params.samples.slice(3));
  expect(new Set(params.samples).size).toBe(3);
  expect(describeSamples(pipeline, params)).toHaveLength(6);
  expect(takeSamples(pipeline, params, [4]).n).toBe(1);
  const mask = make(whole([6, 4, 4]), [2, 3, 4, 4]);
  const alone = pipeline({ mask, boxes }, { step: 1, shape: clips.shape });
  expect(alone.mask.shape).toEqual([2, 3, 2, 6]);
});

it("gradients reach points and boxes; steps leave memory as it was", async () => {
  const points = parameter(device.gpu, [1, 2, 3, 1], [1, 2, 1, 2]);
  const x = make(numbers([1, 2, 3, 4, 4]), [1, 2, 3, 4, 4]);
  const pipeline = frames([rotate({ angle: 90 })]);
  backward(
    sum(mul(pipeline({ image: x, keypoints: points }, { step: 1 }).keypoints as Tensor, tensor(device.gpu, [1, 3]))),
  );
  // 90 degrees counter-clockwise: (x, y) goes to (y, 3 - x).
  expect(Array.from((await points.grad!.read()) as Float32Array, (v) => Math.round(v * 1e4) / 1e4)).toEqual([
    -3, 1, -3, 1,
  ]);
  const mask = tensor(device.gpu, [...whole([18])], [1, 2, 1, 3, 3], { dtype: "u8" });
  const images = make(numbers([1, 2, 3, 3, 3]), [1, 2, 3, 3, 3], "f16");
  const bytesAfter = (step: number) => {
    const scope = device.gpu.scope();
    pipeline({ image: images, mask: asMask(mask, { fill: 0 }) }, { step });
    pipeline.motion(images, pipeline.sample(images.shape, { step })).dispose();
    scope.dispose();
    return device.gpu.stats.bytesInUse;
  };
  const bytes = bytesAfter(0);
  expect(Array.from({ length: 5 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(5).fill(bytes));
});

it("what does not belong to the clips is refused", () => {
  const x = make(numbers([2, 3, 3, 4, 4]), [2, 3, 3, 4, 4]);
  const pipeline = frames([horizontalFlip({ p: 0.5 })]);
  const call = (targets: object, more?: object) => () => pipeline({ image: x, ...targets }, { step: 1, ...more });
  expect(call({ boxes: make(numbers([6, 4]), [6, 1, 4]) })).toThrow(
    /^boxes: got \[6, 1, 4\]; allowed is \[N, T, …\] with N = 2 and T = 3/,
  );
  expect(call({ mask: make(numbers([32]), [2, 4, 4]) })).toThrow(/^mask: got \[2, 4, 4\].*\[N, T, H, W\]/);
  expect(call({ image: make(numbers([48]), [1, 3, 4, 4]) })).toThrow(/^image: got \[1, 3, 4, 4\]/);
  expect(call({ label: make(numbers([3]), [3]) })).toThrow(/^label: got \[3\]/);
  expect(call({}, { shape: [2, 3, 3, 4, 5] })).toThrow(/^image: got/);
  expect(call({ keypoints: [null] })).toThrow(/^keypoints: got a list of 1/);
  expect(() => pipeline({ label: asIs(1) }, { step: 1 })).toThrow(/^x: got an object without a tensor/);
  expect(() => pipeline({ boxes: make(numbers([8]), [1, 2, 1, 4]) }, { step: 1 })).toThrow(/^shape: got nothing/);
  expect(() => sequential([pipeline as never])).toThrow(/^transforms\[0\]: got what frames\(\) returned; .*outermost/);
});
