import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneOf, type Pipeline, sequential, uniform } from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { RandomAffine, RandomGaussianNoise, RandomHorizontalFlip, RandomResizedCrop } from "../../src/random/index.ts";
import { fromImageData, parameter, type Shape, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, centerCrop, gaussianBlur, invert, mixup, resize, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const values = (shape: Shape, seed = 0): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * 7919 + seed * 104729) % 1009) / 1009);
const image = (shape: Shape, seed = 0): Tensor => tensor(device.gpu, values(shape, seed), shape);

/** Sizes of a list: some of them equal, one that of the result. */
const SIZES: readonly Shape[] = [
  [3, 12, 16],
  [3, 9, 20],
  [3, 12, 16],
  [3, 8, 8],
  [3, 9, 20],
];
const SIDE = { height: 8, width: 8 };

/** Pipelines whose result has one size: what sets it stands first, in the middle, at the end. */
const PIPELINES: Record<string, Pipeline> = {
  "one pass": sequential([
    RandomResizedCrop({ size: 8 }),
    RandomAffine({ degrees: 20, p: 0.7 }),
    RandomHorizontalFlip(),
    brightness({ factor: uniform(0.5, 1.5) }),
  ]),
  "several passes behind": sequential([
    resize({ ...SIDE, antialias: true }),
    rotate({ angle: uniform(-30, 30), p: 0.5 }),
    gaussianBlur({ sigma: uniform(0.5, 1), kernelSize: 3 }),
    RandomGaussianNoise({ std: 0.1 }),
  ]),
  "passes before": sequential([
    gaussianBlur({ sigma: uniform(0.5, 1), kernelSize: 3 }),
    oneOf([brightness({ factor: uniform(0.5, 1.5) }), invert()]),
    centerCrop(SIDE),
  ]),
};

describe("one image, [C, H, W]", () => {
  it("comes out as one, with the bits that it has in a batch of one, and a gradient", async () => {
    const { gpu } = device;
    const pipeline = PIPELINES["one pass"];
    const one = parameter(gpu, values([3, 12, 16]), [3, 12, 16]);
    const y = pipeline(one, { step: 3, samples: [5] });
    expect(y.shape).toEqual([3, 8, 8]);
    const batch = pipeline(image([1, 3, 12, 16]), { step: 3, samples: [5] });
    expect(await y.read()).toEqual(await batch.read());
    backward(sum(mul(y, y)));
    expect(one.grad!.shape).toEqual([3, 12, 16]);
    const drawn = pipeline.sample(1, { step: 3, samples: [5] });
    expect(await pipeline.replay(one.detach(), drawn).read()).toEqual(await y.read());
    const into = image([3, 8, 8]);
    expect(pipeline(one.detach(), { step: 3, samples: [5], into }).shape).toEqual([3, 8, 8]);
    expect(await into.read()).toEqual(await y.read());
  });

  it("may have bytes, and come out as f16", async () => {
    const { gpu } = device;
    const bytes = Uint8ClampedArray.from({ length: 4 * 64 }, (_, i) => (i * 31) % 256);
    const pixels = fromImageData(gpu, { data: bytes, width: 8, height: 8 });
    const batch = sequential([invert()], { dtype: "f16" })(pixels);
    const x = tensor(gpu, (await pixels.read()) as Uint8Array, [1, 3, 8, 8], { dtype: "rgba8" });
    expect(batch.dtype).toBe("f16");
    const list = sequential([invert()], { dtype: "f16" })([x, pixels]);
    expect([list.dtype, list.shape]).toEqual(["f16", [2, 3, 8, 8]]);
    const once = await batch.read();
    expect([...(await list.read())]).toEqual([...once, ...once]);
  });
});

describe("images of unequal size, in a list", () => {
  it.each(Object.keys(PIPELINES))("%s: each gets what it gets alone, bit for bit, drawn or replayed", async (name) => {
    const pipeline = PIPELINES[name];
    const images = SIZES.map((shape, i) => image(shape, i));
    const samples = [4, 0, 7, 2, 9];
    const together = pipeline(images, { step: 1, samples });
    expect(together.shape).toEqual([5, 3, 8, 8]);
    const alone = images.map((each, i) => pipeline(each, { step: 1, samples: [samples[i]] }).read());
    const expected = (await Promise.all(alone)).flatMap((each) => [...each]);
    expect([...(await together.read())]).toEqual(expected);
    const params = JSON.parse(JSON.stringify(pipeline.sample(5, { step: 1, samples, shape: [5, 3, 8, 8] })));
    expect([...(await pipeline.replay(images, params).read())]).toEqual(expected);
  });

  it("have gradients, each its own, and learned values get theirs from all", async () => {
    const { gpu } = device;
    const images = SIZES.map((shape, i) => parameter(gpu, values(shape, i), shape));
    const hi = parameter(gpu, [1.5]);
    const each = parameter(gpu, [1, 1.1, 1.2, 1.3, 1.4]);
    const pipeline = sequential([
      RandomResizedCrop({ size: 8 }),
      brightness({ factor: uniform(0.5, hi) }),
      brightness({ factor: each }),
    ]);
    const loss = (list: readonly Tensor[], samples: readonly number[], of: Pipeline) =>
      sum(mul(of(list as Tensor[], { step: 1, samples }), 1));
    backward(loss(images, [0, 1, 2, 3, 4], pipeline));
    const [learned, factors] = [await hi.grad!.item(), [...(await each.grad!.read())]];
    const gradients = await Promise.all(images.map((one) => one.grad!.read()));
    hi.grad = null;
    for (const [i, one] of images.entries()) {
      one.grad = null;
      const factor = parameter(gpu, [1 + i / 10]);
      const own = sequential([
        RandomResizedCrop({ size: 8 }),
        brightness({ factor: uniform(0.5, hi) }),
        brightness({ factor }),
      ]);
      backward(loss([one], [i], own));
      expect(await one.grad!.read()).toEqual(gradients[i]);
      expect(await factor.grad!.item()).toBeCloseTo(factors[i], 3);
    }
    expect(await hi.grad!.item()).toBeCloseTo(learned, 2);
  });

  it("take fixed values for each image, and leave memory as it was", async () => {
    const { gpu } = device;
    const pipeline = sequential([brightness({ factor: [1, 2, 3, 4, 5] }), centerCrop(SIDE)]);
    const images = SIZES.map((shape) => tensor(gpu, new Float32Array(shape[0] * shape[1] * shape[2]).fill(0.1), shape));
    pipeline(images).dispose();
    const bytes = gpu.stats.bytesInUse;
    const y = pipeline(images);
    const read = await y.read();
    y.dispose();
    expect(gpu.stats.bytesInUse).toBe(bytes);
    for (let i = 0; i < 5; i++) expect(read[i * 192 + 100]).toBeCloseTo(0.1 * (i + 1), 6);
  });

  it("run size by size up to where they have one size, and to a mix", () => {
    const { gpu } = device;
    const images = [image([3, 12, 16]), image([3, 9, 20])];
    const dispatches = (of: Pipeline, x: Tensor | Tensor[]) => {
      of(x, { step: 0 }).dispose();
      const before = gpu.stats.dispatches;
      of(x, { step: 0 }).dispose();
      return gpu.stats.dispatches - before;
    };
    const tail = [gaussianBlur({ sigma: 1, kernelSize: 3 }), gaussianBlur({ sigma: 1, kernelSize: 5 })];
    const crop = centerCrop(SIDE);
    const front = dispatches(sequential([crop]), images);
    expect(dispatches(sequential([crop, ...tail]), images)).toBe(
      front + dispatches(sequential(tail), image([2, 3, 8, 8])),
    );
    expect(sequential([crop, mixup({ partner: [1, 0], lambda: 0.5 })])(images).shape).toEqual([2, 3, 8, 8]);
    expect(() => sequential([mixup({ partner: [1, 0], lambda: 0.5 }), crop])(images)).toThrow(/before mixup/);
  });

  it("are refused by the number of what is wrong with them", () => {
    const ok = image([3, 12, 16]);
    const pipeline = sequential([centerCrop(SIDE)]);
    const bad: [unknown, RegExp, typeof ArgumentError][] = [
      [[], /^x: got an empty array/, ArgumentError],
      [[ok, null], /^x\[1\]: got null/, ArgumentError],
      [[ok, image([1, 12, 16])], /^x\[1\]: got \[1, 12, 16\]; allowed is 3 channels/, ShapeError],
      [[ok, image([2, 3, 12, 16])], /^x\[1\]: got \[2, 3, 12, 16\]; allowed is \[C, H, W\], one image/, ShapeError],
      [image([12, 16]), /^x: got \[12, 16\]/, ShapeError],
      ["photo.jpg", /^x: got string/, ArgumentError],
    ];
    for (const [x, message, type] of bad) {
      expect(() => pipeline(x as Tensor)).toThrow(message);
      expect(() => pipeline(x as Tensor)).toThrow(type);
    }
    expect(() => sequential([invert()])([ok, image([3, 9, 20])])).toThrow(
      /^x: got images that differ in size: x\[0\] is \[3, 12, 16\], x\[1\] is \[3, 9, 20\]; allowed is .*centerCrop/,
    );
    expect(() =>
      sequential([RandomResizedCrop({ size: 8 })])([ok, image([3, 9, 20])], { step: 0, samples: [1] }),
    ).toThrow(ShapeError);
  });
});

it("a sample gets the same whatever batch or worker it is in: one of eight, eight of one, any order, any neighbours", async () => {
  const pipeline = PIPELINES["one pass"];
  const x = Array.from({ length: 8 }, (_, i) => image([3, 12, 16], i));
  const alone = await Promise.all(x.map((each, i) => pipeline(each, { step: 2, samples: [100 + i] }).read()));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), async (places) => {
      // Another worker has a pipeline of its own.
      const worker = sequential(pipeline.transforms);
      const y = worker(
        places.map((i) => x[i]),
        { step: 2, samples: places.map((i) => 100 + i) },
      );
      expect([...(await y.read())]).toEqual(places.flatMap((i) => [...alone[i]]));
      y.dispose();
    }),
    { numRuns: 12 },
  );
});
