import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

// Labels through patches: by whole pixels, against what is drawn into images.

const device = testGpu();
const values = async (x: a.Tensor<a.DType>) => Array.from((await x.read()) as Float32Array);
const make = (data: ArrayLike<number>, shape: readonly number[]) =>
  a.tensor(device.gpu, Float32Array.from(data), shape);

/** Moves of patches by whole pixels, which let pixels leave them. */
const shifts = (): a.Tree => [
  a.horizontalFlip({ p: 0.5 }),
  a.verticalFlip({ p: 0.5 }),
  a.translate({ x: a.integers(-2, 2), y: a.integers(-2, 2), interpolation: "nearest" }),
];
/** Behind patches a box is the hull of its parts: what follows here loses none of them. */
const around = (part: a.Tree): a.Pipeline =>
  a.sequential([a.horizontalFlip({ p: 0.5 }), part, a.horizontalFlip({ p: 0.5 })]);

/** Ways to take images apart. */
const chains: Record<string, (grid: readonly [number, number]) => a.Pipeline> = {
  "patches that fit or are padded": (grid) => around(a.patches(shifts(), { grid })),
  "patches of what lies within": (grid) => around(a.patches(shifts(), { grid, padding: "valid" })),
  "patches of patches": (grid) =>
    around(a.patches([shifts(), a.patches(shifts(), { grid: [1, 2], padding: "valid" })], { grid, padding: "valid" })),
  "for some samples, colours between": (grid) =>
    around(a.sometimes(0.5, [a.brightness({ factor: 1 }), a.patches([shifts(), a.invert({ p: 0 })], { grid })])),
  "a link for each patch": ([rows, columns]) =>
    around(
      a.patches(
        Array.from({ length: rows * columns }, (_, k) => (k % 2 ? shifts() : [])),
        { grid: [rows, columns], patchwise: true },
      ),
    ),
  "smaller patches, of a part that is drawn": (grid) => {
    const part = (x: number) => a.crop({ x, y: 0, width: 2, height: 2 });
    return around(a.patches([shifts(), a.oneOf([part(0), part(1)])], { grid, padding: "valid" }));
  },
};

const grids = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }));
const sizes = fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 9, max: 12 }));

describe.each(Object.entries(chains))("%s", (_, chain) => {
  it("points are where their dots are, and kept where these are seen; boxes are around what is left", async () => {
    await fc.assert(
      fc.asyncProperty(grids, sizes, fc.nat(1000), async (grid, [h, w], step) => {
        const [n, k] = [3, 5];
        const pipeline = chain(grid);
        const random = (i: number, below: number) => ((i * 7919 + step * 104729) % 1013) % below;
        const spots = Array.from({ length: n * k }, (_, i) => [random(2 * i, w), random(2 * i + 1, h)]);
        const rows = Array.from({ length: n * k }, (_, i) => {
          const [x, y] = [random(5 * i, w), random(5 * i + 1, h)];
          return [x, y, x + 1 + random(3 * i, w - x), y + 1 + random(3 * i + 2, h - y)];
        });
        // A channel for each dot, and one for each box.
        const draw = (inside: (i: number, x: number, y: number) => boolean) =>
          Array.from({ length: n * k * h * w }, (_, at) => {
            const [x, y] = [at % w, Math.floor(at / w) % h];
            return Number(inside(Math.floor(at / (h * w)), x, y));
          });
        const dots = make(
          draw((i, x, y) => spots[i][0] === x && spots[i][1] === y),
          [n, k, h, w],
        );
        const filled = make(
          draw((i, x, y) => x >= rows[i][0] && y >= rows[i][1] && x < rows[i][2] && y < rows[i][3]),
          [n, k, h, w],
        );
        const out = pipeline(
          {
            image: a.asImage(dots),
            mask: filled,
            points: a.asKeypoints(make(spots.flat(), [n, k, 2])),
            boxes: a.asBoxes(make(rows.flat(), [n, k, 4])),
          },
          { step },
        );
        const [, , height, width] = out.image.data.shape;
        const seen = await values(out.image.data);
        const masks = await values(out.mask);
        const [places, kept] = [await values(out.points.data as a.Tensor), await values(out.points.kept as a.Tensor)];
        const [boxes, left] = [await values(out.boxes.data as a.Tensor), await values(out.boxes.kept as a.Tensor)];
        for (let i = 0; i < n * k; i++) {
          const plane = seen.slice(i * height * width, (i + 1) * height * width);
          const at = plane.indexOf(1);
          expect(kept[i]).toBe(Number(at >= 0));
          if (at >= 0) expect(places.slice(2 * i, 2 * i + 2)).toEqual([at % width, Math.floor(at / width)]);
          const [xs, ys]: number[][] = [[], []];
          for (let p = 0; p < height * width; p++)
            if (masks[i * height * width + p]) {
              xs.push(p % width);
              ys.push(Math.floor(p / width));
            }
          expect(left[i]).toBe(Number(xs.length > 0));
          if (xs.length > 0)
            expect(boxes.slice(4 * i, 4 * i + 4)).toEqual([
              Math.min(...xs),
              Math.min(...ys),
              Math.max(...xs) + 1,
              Math.max(...ys) + 1,
            ]);
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe("what belongs to patches", () => {
  const x = () =>
    make(
      Array.from({ length: 2 * 3 * 48 }, (_, i) => ((i * 7919) % 101) / 101),
      [2, 3, 6, 8],
    );
  const moving = () =>
    a.patches([a.rotate({ angle: a.uniform(-40, 40) }), a.horizontalFlip({ p: 0.5 })], { grid: [2, 2] });

  it("masks go through in patches, by whole pixels: their fill around and beyond them, 0 where patches are erased", async () => {
    const labels = Float32Array.from({ length: 2 * 35 }, (_, i) => 1 + (i % 3));
    const erased = a.patches(
      [a.translate({ x: 1, padding: "zeros" }), a.erasing({ x: 0, y: 0, width: 1, height: 1, value: 0.5 })],
      { grid: [2, 2] },
    );
    const image = make(new Array(2 * 35).fill(1), [2, 1, 5, 7]);
    const bytes = a.tensor(device.gpu, labels, [2, 1, 5, 7], { dtype: "u8" });
    const out = a.sequential([erased])({
      image,
      mask: a.asMask(make(labels, [2, 5, 7]), { fill: 9 }),
      bytes: a.asMask(bytes),
      kept: a.asMask(make(labels, [2, 5, 7]), { fill: 9, erased: false }),
    });
    const [mask, whole, stored] = [
      await values(out.mask.data),
      await values(out.kept.data),
      await values(out.bytes.data),
    ];
    expect(out.bytes.data.dtype).toBe("u8");
    // Patches of 3 x 4 pixels from (0, 0) on, the last row and column beyond the image.
    for (let i = 0; i < 70; i++) {
      const [column, row] = [i % 7, Math.floor(i / 7) % 5];
      const corner = column % 4 === 0 && row % 3 === 0;
      const from = column % 4 === 0 ? 9 : labels[i - 1];
      expect(whole[i]).toBe(from);
      expect(mask[i]).toBe(corner ? 0 : from);
      expect(stored[i]).toBe(corner || from === 9 ? 0 : from);
    }
  });

  it("is what each patch's own pipeline makes of it, fields included", async () => {
    const links = (): a.Tree => [
      a.elastic({ alpha: 1, sigma: 2, kernelSize: 5 }),
      a.rotate({ angle: a.uniform(-30, 30) }),
    ];
    const pipeline = a.sequential([a.patches(links(), { grid: [2, 2] })]);
    const params = pipeline.sample(2, { step: 3 });
    const points = [2.25, 1.125, 5.375, 0.75, 1.375, 4.625, 6.125, 4.25];
    const { samples: _, transforms, ...rest } = params;
    const motion = a.sequential([links()]).motion(make(new Array(8 * 12).fill(0), [8, 1, 3, 4]), {
      ...rest,
      n: 8,
      transforms: transforms.slice(1),
    } as a.Sampled);
    // The k-th point lies in the k-th patch.
    const local = Array.from({ length: 8 }, (_, i) => [points[2 * (i % 4)] - 4 * (i % 2), points[2 * (i % 4) + 1] - 3 * (Math.floor(i / 2) % 2)]); // biome-ignore format: one line
    const each = await values(motion.points(make(local.flat(), [8, 1, 2])));
    const expected = each.map((v, i) =>
      Math.fround(v + (i % 2 ? 3 * (Math.floor(i / 4) % 2) : 4 * (Math.floor(i / 2) % 2))),
    );
    const out = pipeline.replay({ image: x(), keypoints: make([...points, ...points], [2, 4, 2]) }, params);
    expect(await values(out.keypoints)).toEqual(expected);
  });

  it("a motion goes there and back, and brings images back", async () => {
    const pipeline = a.sequential([a.horizontalFlip({ p: 0.5 }), moving(), a.verticalFlip()]);
    const params = pipeline.sample(2, { step: 1 });
    const motion = pipeline.motion(x(), params);
    expect([motion.still, motion.matrix, String(motion)]).toEqual([
      false,
      null,
      "motion of 2 images [6, 8] -> [6, 8], some of it bends",
    ]);
    // Near the middle of patches.
    const points = [1.5, 1, 5.5, 1, 1.2, 4, 5.7, 4.1];
    const there = motion.points(make(points, [4, 2]));
    const back = await values(motion.inverse().points(there));
    for (const [i, v] of [...points, ...points].entries()) expect(back[i]).toBeCloseTo(v, 4);
    expect(Number.isNaN((await values(motion.points(make([Number.NaN, 1], [1, 2]))))[0])).toBe(true);
    const flips = a.patches([a.horizontalFlip({ p: 0.5 }), a.verticalFlip({ p: 0.5 })], { grid: [3, 2] });
    const drawn = flips.sample(2, { step: 2 });
    const seen = flips.motion(x(), drawn);
    expect(await values(seen.inverse().image(flips.replay(x(), drawn)))).toEqual(await values(x()));
    const { boxes } = a.applyMotion(
      { boxes: make([1, 1, 2, 2, 1, 1, 2, 2], [2, 1, 4]) },
      seen.followedBy(seen.inverse()),
    );
    expect(await values(boxes)).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  it("gradients reach points, boxes, and what patches learn", async () => {
    const angle = a.parameter(device.gpu, [10, -14, 22, 31]);
    const points = a.parameter(device.gpu, [1.7, 1.1, 5.2, 0.8, 1.2, 3.9, 5.9, 4.2], [1, 4, 2]);
    const boxes = a.parameter(device.gpu, [0.7, 1.2, 6.4, 4.7, 1.1, 0.8, 2.7, 2.1], [1, 2, 4]);
    const chain = (of: a.Tensor) =>
      a.sequential([a.scale({ x: 1.1, y: 0.9 }), a.patches([a.rotate({ angle: of })], { grid: [2, 2] })]);
    const image = make(new Array(48).fill(0), [1, 1, 6, 8]);
    await a.assertGradients((at, of) => chain(of)({ image, keypoints: at }).keypoints, [points, angle]);
    await a.assertGradients((of, by) => chain(by)({ image, boxes: of }).boxes, [boxes, angle]);
  });

  it("what spans several places is refused where pixels move, and goes along where they stay", async () => {
    const call =
      (part: object, pipeline: a.Pipeline = moving()) =>
      () =>
        pipeline({ image: x(), ...part }, { step: 1 });
    const points = make(new Array(16).fill(1), [2, 4, 2]);
    const parts = {
      polygons: points,
      flow: make(new Array(2 * 2 * 48).fill(1), [2, 2, 6, 8]),
      boxes: a.asBoxes(make(new Array(10).fill(1), [2, 1, 5]), { format: "oriented" }),
      keypoints: a.asKeypoints(points, { swap: [[0, 1]] }),
    };
    for (const [name, part] of Object.entries(parts)) {
      expect(call({ [name]: part })).toThrow(new RegExp(`^${name}: got what spans several places, beside patches`));
      expect(call({ [name]: part }, a.patches([a.brightness({ factor: a.uniform(0.5, 1) })]))).not.toThrow();
      const inside = a.patches([a.patches([a.horizontalFlip()], { grid: [1, 2] })], { grid: [2, 1] });
      expect(call({ [name]: part }, inside)).toThrow(/beside patches/);
    }
    const flips = a.patches([a.horizontalFlip()], { grid: [2, 2] });
    for (const around of [
      a.within({ box: [0, 0, 4, 4] }, [flips]),
      a.sometimes(a.parameter(device.gpu, [0.5]), [flips]),
    ])
      expect(call({ keypoints: points }, a.sequential([around]))).toThrow(/got patches in which pixels move/);
    // Patches that only lie elsewhere move as one.
    const cut = a.sequential([a.patches([a.invert()], { grid: [4, 3], padding: "valid" })]);
    const out = cut({ image: x(), polygons: points });
    expect(out.image.shape).toEqual([2, 3, 4, 6]);
    expect(await values(out.polygons)).toEqual(new Array(16).fill(0));
  });

  it("images of unequal size and what belongs to them get what they get alone", async () => {
    const turn = a.rotate({ angle: a.uniform(-9, 9) });
    const pipeline = a.sequential([a.patches(shifts(), { grid: [2, 2] }), turn, a.resize({ height: 6, width: 7 })]);
    const sides = [[5, 8], [6, 6], [5, 8]]; // biome-ignore format: one line
    const images = sides.map(([h, w]) =>
      make(
        Array.from({ length: h * w }, (_, i) => (i % 7) / 7),
        [1, h, w],
      ),
    );
    const boxes = sides.map((_, i) => make([1, 1, 3 + i, 4], [1, 4]));
    const points = sides.map((_, i) => make([1, 2, 4, i], [2, 2]));
    const mask = sides.map(([h, w]) =>
      make(
        Array.from({ length: h * w }, (_, i) => i % 3),
        [1, h, w],
      ),
    );
    const all = { images, mask, boxes: a.asBoxes(boxes), points: a.asKeypoints(points) };
    const out = pipeline(all, { step: 5 });
    const params = pipeline.sample(3, { step: 5 });
    const motion = pipeline.motion(images, params);
    const all4 = await values(motion.points(make(new Array(3).fill([1, 2, 4, 1]).flat(), [3, 2, 2])));
    for (const [i, image] of images.entries()) {
      const batch = a.reshape(image, [1, ...image.shape]);
      const one = {
        image: batch,
        mask: a.reshape(mask[i], batch.shape),
        boxes: a.asBoxes([boxes[i]]),
        points: a.asKeypoints([points[i]]),
      };
      const alone = pipeline(one, { step: 5, samples: [i] });
      const pairs = [
        [a.slice(out.mask as a.Tensor, 0, i, i + 1), alone.mask],
        [(out.boxes.data as a.Tensor[])[i], (alone.boxes.data as a.Tensor[])[0]],
        [(out.boxes.kept as a.Tensor[])[i], (alone.boxes.kept as a.Tensor[])[0]],
        [(out.points.data as a.Tensor[])[i], (alone.points.data as a.Tensor[])[0]],
        [(out.points.kept as a.Tensor[])[i], (alone.points.kept as a.Tensor[])[0]],
      ];
      for (const [found, wanted] of pairs) expect(await values(found)).toEqual(await values(wanted));
      const own = pipeline.motion(batch, a.takeSamples(pipeline, params, [i]));
      expect(await values(own.points(make([1, 2, 4, 1], [2, 2])))).toEqual(all4.slice(4 * i, 4 * i + 4));
    }
    expect(() => pipeline({ ...all, polygons: points }, { step: 5 })).toThrow(/^polygons: got what spans/);
  });

  it("goes with frames and instances; steps leave memory as it was", async () => {
    const video = a.frames([moving()], { same: "frame" });
    const shape = [1, 2, 3, 6, 8];
    const clips = a.reshape(x(), shape);
    const boxes = make([1, 1, 3, 2, 4, 2, 7, 5], [1, 2, 1, 4]);
    const params = video.sample(shape, { step: 1 });
    const things = (of: a.Tensor) =>
      a.asInstances({ boxes: of, keypoints: make(new Array(8).fill(2), [...of.shape.slice(0, -1), 2, 2]) });
    const out = video.replay({ video: clips, boxes, things: things(boxes) }, params);
    const flat = a.reshape(boxes, [2, 1, 4]);
    const { samples: _, ...rest } = params;
    const expected = a
      .sequential([moving()])
      .replay({ image: x(), boxes: flat, things: things(flat) }, rest as a.Sampled);
    expect(await values(out.boxes)).toEqual(await values(expected.boxes));
    expect(await values(out.things.data.boxes)).toEqual(await values(expected.things.data.boxes));
    expect(await values(out.things.data.keypoints)).toEqual(await values(expected.things.data.keypoints));
    const pipeline = moving();
    const image = x();
    const bytesAfter = (step: number) => {
      const scope = device.gpu.scope();
      pipeline({ image, boxes: a.asBoxes(flat), keypoints: a.asKeypoints(flat), mask: image }, { step });
      pipeline.motion(image, pipeline.sample(2, { step })).dispose();
      scope.dispose();
      return device.gpu.stats.bytesInUse;
    };
    const bytes = bytesAfter(0);
    expect(Array.from({ length: 5 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(5).fill(bytes));
  });
});
