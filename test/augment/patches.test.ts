import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blend,
  frames,
  oneOf,
  patches,
  type Sampled,
  sequential,
  sometimes,
  type Tree,
  uniform,
  within,
} from "../../src/augment/index.ts";
import { assertGradients } from "../../src/autograd/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  centerCrop,
  gamma,
  gaussianNoise,
  horizontalFlip,
  invert,
  mixup,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const C = 3;
/** Values of images, none of them alike. */
const pixelsOf = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => (Math.abs(Math.sin(i + 1)) * 43.7) % 1);
const images = (n: number, h: number, w: number) => tensor(device.gpu, pixelsOf(n * C * h * w), [n, C, h, w]);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const links = (): Tree => [
  horizontalFlip({ p: 0.5 }),
  oneOf([brightness({ factor: uniform(0.4, 0.9) }), invert({ p: 0.5 })]),
  gaussianNoise({ std: 0.1 }),
];

type Padding = "same" | "valid";
/** Where patches begin along a side, and how long they are. */
function cutOf(side: number, count: number, padding: Padding) {
  const size = padding === "same" ? Math.ceil(side / count) : Math.floor(side / count);
  return { size, first: Math.trunc((side - size * count) / 2) };
}

/** Goes through the places of all patches: that in the batch of patches, and that in the images, or -1 on padding. */
function places([n, h, w]: number[], [rows, columns]: number[], padding: Padding) {
  const [down, across] = [cutOf(h, rows, padding), cutOf(w, columns, padding)];
  const found: number[] = [];
  for (let i = 0; i < n; i++)
    for (let r = 0; r < rows; r++)
      for (let k = 0; k < columns; k++)
        for (let c = 0; c < C; c++)
          for (let y = 0; y < down.size; y++)
            for (let x = 0; x < across.size; x++) {
              const at = [down.first + r * down.size + y, across.first + k * across.size + x];
              const inside = at[0] >= 0 && at[0] < h && at[1] >= 0 && at[1] < w;
              found.push(inside ? ((i * C + c) * h + at[0]) * w + at[1] : -1);
            }
  return { found, shape: [n * rows * columns, C, down.size, across.size] };
}

describe.each(["same", "valid"] as const)("padding: %s", (padding) => {
  it("every patch is what the links make of it alone, under its identity", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 3, max: 8 }), fc.integer({ min: 3, max: 8 })),
        fc.nat(1000),
        fc.constantFrom("image" as const, "patch" as const),
        async (grid, [n, h, w], step, same) => {
          const pipeline = patches(links(), { grid, padding, same, seed: 3 });
          const x = images(n, h, w);
          const y = await values(pipeline(x, { step }));
          const { found, shape } = places([n, h, w], grid, padding);
          const pixels = pixelsOf(x.size);
          const cut = tensor(
            device.gpu,
            found.map((at) => (at < 0 ? 0 : pixels[at])),
            shape,
          );
          // Those of the frames of a clip.
          const clips = [n, shape[0] / n, ...shape.slice(1)];
          const { samples } = frames([], { same: same === "image" ? "clip" : "frame" }).sample(clips);
          expect(new Set(samples).size).toBe(same === "image" ? n : shape[0]);
          const each = await values(sequential([links()], { seed: 3 })(cut, { step, samples }) as Tensor);
          const [size, kept] = keptOf([h, w], grid, padding);
          const expected = new Float32Array(n * C * size);
          found.forEach((at, i) => {
            if (at >= 0) expected[kept(at)] = each[i];
          });
          expect(y).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });
});

/** How large a result is, and where a place of the image is in it. */
function keptOf([h, w]: number[], [rows, columns]: number[], padding: Padding) {
  if (padding === "same") return [h * w, (at: number) => at] as const;
  const [down, across] = [cutOf(h, rows, "valid"), cutOf(w, columns, "valid")];
  const [height, width] = [down.size * rows, across.size * columns];
  const kept = (at: number) => {
    const [plane, y, x] = [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w];
    return (plane * height + y - down.first) * width + x - across.first;
  };
  return [height * width, kept] as const;
}

it("draws depend on the image, not on the batch; recipes are plain and replay", async () => {
  const pipeline = patches(links(), { grid: [2, 2], seed: 5 });
  const x = images(3, 6, 5);
  const y = await values(pipeline(x, { step: 1, samples: [7, 8, 9] }));
  const image = x.size / 3;
  const alone = tensor(device.gpu, pixelsOf(x.size).slice(image, 2 * image), [1, C, 6, 5]);
  expect(await values(pipeline(alone, { step: 1, samples: [8] }))).toEqual(y.slice(image, 2 * image));
  const params = JSON.parse(JSON.stringify(pipeline.sample(3, { step: 1, samples: [7, 8, 9] })));
  expect([params.n, params.transforms[1].on.length, params.choices[0].chosen.length]).toEqual([3, 12, 12]);
  expect(await values(pipeline.replay(x, params))).toEqual(y);
  expect(await values(pipeline.replay(x, await pipeline.read(params)))).toEqual(y);
  const { passes } = pipeline.explain(x.shape);
  expect(passes.slice(0, -1)).toEqual(sequential([links()]).explain([12, C, 3, 3]).passes);
  expect(passes.at(-1)).toMatchObject({ kind: "composite", transforms: ["patches"], output: x.shape });
});

it("gradients reach the images and what the links learn", async () => {
  const x = parameter(
    device.gpu,
    pixelsOf(C * 25).map((v) => 0.2 + 0.6 * v),
    [1, C, 5, 5],
  );
  const lo = parameter(device.gpu, [0.6]);
  for (const padding of ["same", "valid"] as const)
    await assertGradients(
      (on, bound) => {
        const learned = gamma({ gamma: uniform(bound, 1.5), clip: false });
        return patches([horizontalFlip({ p: 0.5 }), learned], { grid: [2, 3], padding })(on, { step: 2 });
      },
      [x, lo],
    );
});

it("links may hold links; a grid that changes later changes nothing", async () => {
  const grid: [number, number] = [2, 2];
  const inner = [within({ box: [0, 0, 1, 2] }, [brightness({ factor: uniform(0.2, 0.6) })]), blend([invert()], 0.5)];
  const pipeline = patches(sequential([sometimes(0.7, inner)]), { grid });
  grid[0] = 0;
  const x = images(2, 4, 6);
  const params = pipeline.sample(2, { step: 4 });
  const y = await values(pipeline(x, { step: 4 }));
  expect(await values(pipeline.replay(x, params))).toEqual(y);
  const { found, shape } = places([2, 4, 6], [2, 2], "same");
  const cut = tensor(
    device.gpu,
    found.map((at) => pixelsOf(x.size)[at]),
    shape,
  );
  // The recipe of the patches: that of the images without the link that cuts them.
  const [first, ...transforms] = params.transforms;
  expect(first).toEqual({ name: "patches", params: {}, units: {} });
  const { samples: _, ...rest } = params;
  const each = await values(
    sequential([sometimes(0.7, inner)]).replay(cut, { ...rest, n: 8, transforms } as Sampled) as Tensor,
  );
  expect(found.map((at) => y[at])).toEqual(Array.from(each));
});

it("patches that become smaller make a smaller image", async () => {
  const smaller = [centerCrop({ height: 1, width: 1 })];
  const y = patches(smaller, { grid: [2, 2], padding: "valid" })(images(1, 7, 7));
  expect(y.shape).toEqual([1, C, 2, 2]);
  const pixels = pixelsOf(C * 49);
  expect(await values(y)).toEqual(
    Float32Array.from([0, 1, 2].flatMap((c) => [8, 11, 29, 32].map((at) => pixels[c * 49 + at]))),
  );
  expect(() => patches(smaller, { grid: [2, 2] })(images(1, 7, 7))).toThrow(
    /^links of patches\(\): got a change from \[4, 4\] to \[1, 1\]/,
  );
});

it("prints as it was written; steps leave memory as it was; bad input is refused", () => {
  const pipeline = patches([invert({ p: 0.5 })], { grid: [2, 2], padding: "valid" });
  expect(String(pipeline)).toBe('patches([invert({ p: 0.5 })], { grid: [2, 2], padding: "valid" })');
  expect(String(patches([], { grid: [4, 4] }))).toBe("patches([])");
  const x = images(1, 5, 5);
  const bytesAfter = (step: number) => {
    pipeline(x, { step }).dispose();
    return device.gpu.stats.bytesInUse;
  };
  const bytes = bytesAfter(0);
  expect(Array.from({ length: 10 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(10).fill(bytes));
  expect(() => patches([1 as never])).toThrow(/^links\[0\] of patches\(\): got 1/);
  expect(() => patches([mixup({ lambda: 0.5, partner: 0 })])).toThrow(/^links\[0\] of patches\(\): got mixup/);
  for (const grid of [2, [2], [0, 2], [2, 1.5], [Number.NaN, 1], [1, 2, 3], "22"])
    expect(() => patches([], { grid: grid as never })).toThrow(/^grid: got .*\[rows, columns\].*patches\(\)/);
  expect(() => patches([], { padding: "reflect" as never })).toThrow(/^padding: got .*patches\(\)/);
  expect(() => patches([], { same: "batch" as never })).toThrow(/^same: got .*patches\(\)/);
  expect(() => pipeline(tensor(device.gpu, [1], [1, 1, 1, 1]), { step: 1 })).toThrow(
    /^images of patches\(\): got \[1, 1\] pixels; allowed is at least 2 · 2 pixels/,
  );
  expect(() => pipeline(1 as never, { step: 1 })).toThrow(/^x: got 1/);
  expect(() => pipeline.sample([1, 3, 4, 5] as never, { step: 1 })).toThrow(/^n: got/);
  expect(() => pipeline(x)).toThrow(/^step: got nothing/);
  expect(() => pipeline(x, { step: 1, samples: [1, 2] })).toThrow(/^samples: got 2 samples/);
  expect(() => pipeline.replay(x, pipeline.sample(2, { step: 1 }))).toThrow(/^params.n: got 2/);
});
