import fc from "fast-check";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

// Objects whose images differ in size: everything has to become what it becomes with each image alone.

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });

const of = (shape: readonly number[], value: (i: number) => number) =>
  a.tensor(
    device.gpu,
    Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => value(i)),
    shape,
  );
const noise = (seed: number) => (i: number) => ((i * 7919 + seed * 104729) % 1009) / 1009;

type Size = readonly [number, number];
/** What belongs to one image. */
function photo([h, w]: Size, seed: number, count: number) {
  const edges = (k: number) => {
    const [x, y] = [0, 1].map((axis) => noise(seed + axis)(k) * 0.5);
    return [x * w, y * h, (x + 0.3) * w, (y + 0.4) * h];
  };
  const boxes = Array.from({ length: count }, (_, k) => edges(k));
  const parts = boxes.map(([x0, y0, x1, y1]) => [(x0 + x1) / 2 / w, (y0 + y1) / 2 / h, (x1 - x0) / w, (y1 - y0) / h]);
  return {
    image: of([3, h, w], noise(seed)),
    mask: of([h, w], (i) => (i * (seed + 3)) % 5),
    heat: of([2, h, w], noise(seed + 1)),
    flow: of([2, h, w], noise(seed + 2)),
    boxes: of([count, 4], (i) => boxes[i >> 2][i % 4]),
    yolo: of([count, 4], (i) => parts[i >> 2][i % 4]),
    oriented: of([count, 5], (i) => [...parts[Math.floor(i / 5)].map((v, c) => v * (c % 2 ? h : w)), 30 * seed][i % 5]),
    points: of([count, 2], (i) => boxes[i >> 1][i % 2]),
    polygon: of([4, 2], (i) => boxes[0][[0, 1, 2, 1, 2, 3, 0, 3][i]]),
    cover: of([count, h, w], (i) => Number((i + seed) % 7 < 2)),
  };
}
type Photo = ReturnType<typeof photo>;

const each = <K extends keyof Photo>(photos: readonly Photo[], name: K): Photo[K][] => photos.map((one) => one[name]);

/** An object of all photos. */
const objectOf = (photos: readonly Photo[]) => ({
  image: each(photos, "image"),
  mask: each(photos, "mask"),
  heatmap: each(photos, "heat"),
  flow: each(photos, "flow"),
  boxes: a.asBoxes(each(photos, "boxes"), { minArea: 6, minVisibility: 0.4 }),
  yolo: a.asBoxes(each(photos, "yolo"), { format: "cxcywh", normalized: true }),
  oriented: a.asBoxes(each(photos, "oriented"), { format: "oriented" }),
  keypoints: a.asKeypoints(each(photos, "points"), { swap: [[0, 1]] }),
  polygons: photos.map(({ polygon }) => [polygon]),
  instances: a.asInstances(
    { boxes: each(photos, "boxes"), masks: each(photos, "cover"), keypoints: each(photos, "points") },
    { boxesOf: "masks" },
  ),
  name: a.asIs("batch"),
});

/** All numbers of an object, by their places in it; of a batch image by image. */
async function numbersOf(value: unknown, n: number, at = ""): Promise<[string, number[]][]> {
  if (value instanceof a.Tensor) {
    const read = Array.from(await value.read());
    const size = read.length / n;
    return Array.from({ length: n }, (_, i) => [`${at}[${i}]`, read.slice(i * size, (i + 1) * size)]);
  }
  if (Array.isArray(value)) {
    const read = await Promise.all(value.map((one, i) => numbersOf(one, 1, `${at}[${i}]`)));
    return read.flat().map(([name, numbers]) => [name.replace(/\[0\]$/, ""), numbers]);
  }
  if (typeof value !== "object" || value === null) return [];
  const parts = Object.entries(value).filter(([name]) => !["swap", "counts"].includes(name));
  return (await Promise.all(parts.map(([name, one]) => numbersOf(one, n, `${at}.${name}`)))).flat();
}

/** The same numbers of objects of one image each. */
async function alone(
  photos: readonly Photo[],
  run: (given: ReturnType<typeof objectOf>, i: number) => unknown,
): Promise<[string, number[]][]> {
  const all = await Promise.all(
    photos.map(async (one, i) => [i, await numbersOf(run(objectOf([one]), i), 1)] as const),
  );
  return all.flatMap(([i, read]) =>
    read.map(([name, numbers]): [string, number[]] => [name.replace(/\[0\]/, `[${i}]`), numbers]),
  );
}

const sorted = (of: [string, number[]][]) => Object.fromEntries([...of].sort(([x], [y]) => (x < y ? -1 : 1)));

const SIDE = { height: 8, width: 10 };
const pipelines: Record<string, a.Pipeline> = {
  "maps, points and an erased part": a.sequential([
    a.RandomResizedCrop({ size: [8, 10], scale: [0.5, 1] }),
    a.RandomHorizontalFlip(),
    a.RandomAffine({ degrees: 20, p: 0.7 }),
    a.ColorJitter({ brightness: 0.3 }),
    a.RandomErasing({ p: 0.5 }),
  ]),
  "a field before the size": a.sequential([
    a.fisheye({ centerX: 0.1, centerY: 0, gamma: a.uniform(0.8, 1.2), p: 0.7 }),
    a.rotate({ angle: a.uniform(-20, 20) }),
    a.resize({ ...SIDE, antialias: true }),
    a.gaussianBlur({ sigma: 1, kernelSize: 3 }),
  ]),
};

describe("an object of images that differ in size", () => {
  test.each(Object.entries(pipelines))(
    "%s: everything becomes what it becomes alone, bit for bit",
    async (_, pipeline) => {
      const sizes: Size[] = [[12, 16], [9, 20], [12, 16], [8, 10]]; // biome-ignore format: sizes
      const photos = sizes.map((size, i) => photo(size, i, 1 + (i % 3) + 1));
      const samples = [4, 0, 7, 2];
      const out = pipeline(objectOf(photos), { step: 1, samples });
      expect(out.image.shape).toEqual([4, 3, 8, 10]);
      expect(out.mask.shape).toEqual([4, 8, 10]);
      expectTypeOf(out.image).toEqualTypeOf<a.Tensor>();
      expectTypeOf(out.mask).toEqualTypeOf<a.Tensor>();
      const together = await numbersOf(out, 4);
      const wanted = await alone(photos, (given, i) => pipeline(given, { step: 1, samples: [samples[i]] }));
      expect(wanted.length).toBe(4 * 17);
      expect(sorted(together)).toEqual(sorted(wanted));
      const params = JSON.parse(JSON.stringify(pipeline.sample(4, { step: 1, samples })));
      expect(sorted(await numbersOf(pipeline.replay(objectOf(photos), params), 4))).toEqual(sorted(wanted));
      expect(a.describeSamples(pipeline, params)).toHaveLength(4);
      const left = await a.takeKept(out.boxes);
      const flags = await Promise.all((out.boxes.kept as a.Tensor[]).map((kept) => kept.read()));
      expect((left.data as (a.Tensor | null)[]).map((rows) => rows?.shape[0] ?? 0)).toEqual(
        flags.map((kept) => kept.filter(Boolean).length),
      );
    },
  );

  test("a list of one size is a batch, and a mask of a batch may be a list, of bytes too", async () => {
    const photos = [0, 1].map((seed) => photo([8, 10], seed, 2));
    const pipeline = a.sequential([a.RandomAffine({ degrees: 30 })]);
    const x = a.tensor(device.gpu, (await Promise.all(each(photos, "image").map((one) => one.read()))).flatMap((one) => [...one]), [2, 3, 8, 10]); // biome-ignore format: one call
    const bytes = await Promise.all(each(photos, "mask").map(async (one) => Uint8Array.from(await one.read())));
    const masks = bytes.map((values) => a.tensor(device.gpu, values, [1, 8, 10], { dtype: "u8" }));
    const whole = a.tensor(device.gpu, bytes.flatMap((values) => [...values]), [2, 1, 8, 10], { dtype: "u8" }); // biome-ignore format: one call
    const boxes = each(photos, "boxes");
    const batch = pipeline({ image: x, mask: whole, boxes }, { step: 2 });
    for (const image of [x, each(photos, "image")]) {
      const out = pipeline({ image, mask: masks, boxes }, { step: 2 });
      expect(out.mask.dtype).toBe("u8");
      expect(await (out.image as a.Tensor).read()).toEqual(await batch.image.read());
      expect(await (out.mask as a.Tensor<"u8">).read()).toEqual(await batch.mask.read());
      expect(sorted(await numbersOf(out.boxes, 2))).toEqual(sorted(await numbersOf(batch.boxes, 2)));
    }
    const unequal = pipelines["maps, points and an erased part"];
    const odd = a.tensor(device.gpu, new Uint8Array(63).fill(3), [1, 7, 9], { dtype: "u8" });
    const given = { image: [x0(photos), of([3, 7, 9], noise(1))], mask: [masks[0], odd] };
    const mixed = unequal(given, { step: 0 });
    expect([mixed.mask.dtype, mixed.mask.shape]).toEqual(["u8", [2, 1, 8, 10]]);
    const first = unequal({ image: [given.image[0]], mask: [masks[0]] }, { step: 0 });
    expect((await mixed.mask.read()).slice(0, 80)).toEqual(await first.mask.read());
  });

  test("up to a mix size by size, and then together, with labels and shares", async () => {
    const photos = ([[12, 16], [9, 20]] as Size[]).map((size, i) => photo(size, i, 2)); // biome-ignore format: sizes
    const front = [a.rotate({ angle: [10, -20] }), a.centerCrop({ height: 8, width: 10 })];
    const label = a.tensor(device.gpu, [1, 0, 0, 1], [2, 2]);
    const mix = a.mixup({ partner: [1, 0], lambda: 0.7 });
    const shuffle = a.jigsaw({ grid: [2, 2], permutation: [3, 1, 2, 0] });
    const given = { image: each(photos, "image"), mask: each(photos, "mask") };
    const out = a.sequential([...front, mix])({ ...given, label });
    const middle = a.sequential(front)(given);
    const wanted = a.sequential([mix])({ ...middle, label });
    expect(sorted(await numbersOf(out, 2))).toEqual(sorted(await numbersOf(wanted, 2)));
    const rows = {
      boxes: a.asBoxes(each(photos, "boxes"), { clip: false }),
      keypoints: a.asKeypoints(each(photos, "points")),
    };
    const met = await numbersOf(a.sequential([...front, mix])({ ...given, ...rows }), 2);
    const apart = a.sequential([mix])(a.sequential(front)({ ...given, ...rows }));
    for (const [name, numbers] of await numbersOf(apart, 2)) {
      const found = met.find(([at]) => at === name)![1];
      expect(found.length, name).toBe(numbers.length);
      found.forEach((value, i) => {
        expect(Math.abs(value - numbers[i]), name).toBeLessThan(1e-4);
      });
    }
    const pieces = a.sequential([...front, shuffle]);
    const full = { ...given, boxes: each(photos, "boxes"), keypoints: each(photos, "points") };
    const moved = await numbersOf(pieces(full), 2);
    const one = [0, 1].map((i) => a.sequential([a.rotate({ angle: [10, -20][i] }), front[1], shuffle]));
    const single = await Promise.all(
      one.map(async (pipeline, i) => {
        const own = Object.fromEntries(Object.entries(full).map(([name, list]) => [name, [list[i]]]));
        const read = await numbersOf(pipeline(own, {}), 1);
        return read.map(([name, numbers]): [string, number[]] => [name.replace("[0]", `[${i}]`), numbers]);
      }),
    );
    expect(sorted(moved)).toEqual(sorted(single.flat()));
    expect(() => a.sequential([mix, ...front])(given)).toThrow(/^image: got images that differ in size before mixup/);
    const bound = { ...given, instances: { boxes: full.boxes, masks: each(photos, "cover") } };
    expect(() => pieces(bound)).toThrow(/instances: got masks of instances beside images that differ in size/);
  });

  test("what a pipeline learns gets the gradients of all, and boxes and images theirs", async () => {
    const sizes: Size[] = [[12, 16], [9, 20]]; // biome-ignore format: sizes
    const photos = sizes.map((size, i) => photo(size, i, 2));
    const angle = a.parameter(device.gpu, [25]);
    const pipeline = a.sequential([a.rotate({ angle }), a.resize(SIDE)]);
    const given = (which: readonly number[]) => ({
      image: which.map((i) => photos[i].image),
      boxes: a.asBoxes(
        which.map((i) => rows[i]),
        { clip: false, normalized: true },
      ),
    });
    const rows = await Promise.all(
      photos.map(async ({ yolo }) => a.parameter(device.gpu, await yolo.read(), yolo.shape)),
    );
    const loss = (which: readonly number[]) => {
      const { image, boxes } = pipeline(given(which));
      const parts = (boxes.data as a.Tensor[]).map((each) => a.sum(a.mul(each, each)));
      return parts.reduce((sum, part) => a.add(sum, part), a.sum(a.mul(image, 0.1)));
    };
    a.backward(loss([0, 1]));
    const learned = await angle.grad!.item();
    const together = await Promise.all(rows.map((each) => each.grad!.read()));
    for (const each of [angle, ...rows]) each.grad = null;
    for (const i of [0, 1]) a.backward(loss([i]));
    expect(await angle.grad!.item()).toBeCloseTo(learned, 3);
    for (const i of [0, 1]) expect(await rows[i].grad!.read()).toEqual(together[i]);
  });
});

describe("the passes of images that differ in size", () => {
  const shapes = [[3, 12, 16], [3, 9, 20], [3, 12, 16]]; // biome-ignore format: shapes
  const crop = a.centerCrop({ height: 8, width: 10 });
  const tail = [
    a.gaussianBlur({ sigma: a.uniform(0.5, 1), kernelSize: 3 }),
    a.brightness({ factor: a.uniform(0.5, 2) }),
  ];

  test("are those of each size up to one size, and then those of a batch", () => {
    const pipeline = a.sequential([a.rotate({ angle: [1, 2, 3] }), crop, a.boxBlur({ kernelSize: 5 }), ...tail]);
    const { passes, bytesSaved } = pipeline.explain(shapes);
    expect(passes.slice(0, 2).map(({ input }) => input)).toEqual([[2, 3, 12, 16], [1, 3, 9, 20]]); // biome-ignore format: shapes
    const behind = a.sequential([a.boxBlur({ kernelSize: 5 }), ...tail]).explain([3, 3, 8, 10]);
    expect(passes.slice(2)).toEqual(behind.passes);
    const before = [2, 1].map((n, i) =>
      a
        .sequential([a.rotate({ angle: Array.from({ length: n }, () => 1) }), crop], { dtype: "f32" })
        .explain([n, ...shapes[i]]),
    );
    for (const [i, { passes: own }] of before.entries()) {
      const { ended: _, ...rest } = passes[i];
      expect(own).toHaveLength(1);
      expect(own[0]).toMatchObject(rest);
    }
    expect(bytesSaved).toBe([...before, behind].reduce((sum, plan) => sum + plan.bytesSaved, 0));
  });

  test("are those of a batch where all have one size, and need one size in the end", () => {
    const pipeline = a.sequential([crop, ...tail]);
    const same = [shapes[0], shapes[2]];
    expect(String(pipeline.explain(same))).toBe(String(pipeline.explain([2, ...shapes[0]])));
    expect(() => a.sequential(tail).explain(shapes)).toThrow(
      /^shape: got images that differ in size: shape\[0\] is \[3, 12, 16\]/,
    );
    expect(() => pipeline.explain([[3, 4]])).toThrow(/^shape\[0\]: got \[3, 4\]; allowed is \[C, H, W\]/);
    expect(() =>
      pipeline.explain([
        [3, 4, 5],
        [1, 4, 5],
      ]),
    ).toThrow(/^shape\[1\]: got \[1, 4, 5\]; allowed is 3 channels/);
    expect(() => pipeline.explain([[3, 4, 5], null as never])).toThrow(/^shape\[1\]: got null/);
    const learned = a.oneOf([a.invert(), a.brightness({ factor: 2 })], { weights: a.parameter(device.gpu, [1, 1]) });
    expect(() => a.sequential([crop, learned]).explain(shapes)).toThrow(/links side by side/);
    const gated = a.sequential([crop, a.rotate({ angle: 9, p: a.parameter(device.gpu, 0.5) })]);
    expect(gated.explain(shapes).passes.map(({ transforms }) => transforms.join())).toEqual([
      "centerCrop",
      "rotate",
      "centerCrop",
      "rotate",
      "",
    ]);
  });
});

const x0 = ([{ image }]: readonly Photo[]) => image;

describe("the motion of images that differ in size", () => {
  const sizes: Size[] = [[12, 16], [9, 20], [12, 16]]; // biome-ignore format: sizes
  const imagesOf = () =>
    each(
      sizes.map((size, i) => photo(size, i, 2)),
      "image",
    );

  test.each(Object.entries(pipelines))(
    "%s: takes points there and back, and brings everything back",
    async (_, pipeline) => {
      const images = imagesOf();
      const params = pipeline.sample(3, { step: 3 });
      const motion = pipeline.motion(images, params);
      expectTypeOf(motion).toEqualTypeOf<a.Motion<"list">>();
      expect([motion.samples, motion.before, motion.after]).toEqual([3, sizes, [8, 10]]);
      expect(String(motion)).toMatch(/^motion of 3 images sizes of their own -> \[8, 10\], /);
      const points = a.tensor(device.gpu, [[3, 4], [6, 5]]); // biome-ignore format: points
      const forth = await motion.points(points).read();
      const back = motion.inverse();
      expect(back.after).toEqual(sizes);
      const home = await back.points(motion.points(points)).read();
      const model = { mask: of([3, 8, 10], (i) => i % 4), boxes: of([3, 1, 4], (i) => [1, 2, 6, 7][i % 4]), image: of([3, 2, 8, 10], noise(4)) }; // biome-ignore format: one call
      const brought = a.applyMotion(model, back);
      expectTypeOf(brought.mask).toEqualTypeOf<readonly a.Tensor[]>();
      expect(brought.mask.map(({ shape }) => shape)).toEqual(sizes);
      const said = await numbersOf(brought, 3);
      for (const [i, size] of sizes.entries()) {
        const own = pipeline.motion(of([1, 3, ...size], noise(i)), a.takeSamples(pipeline, params, [i]));
        expect([...(await own.points(points).read())]).toEqual([...forth.slice(4 * i, 4 * i + 4)]);
        const alone = own.inverse();
        expect([...(await alone.points(own.points(points)).read())]).toEqual([...home.slice(4 * i, 4 * i + 4)]);
        const part = { mask: a.slice(model.mask, 0, i, i + 1), boxes: a.slice(model.boxes, 0, i, i + 1), image: a.slice(model.image, 0, i, i + 1) }; // biome-ignore format: one call
        const wanted = await numbersOf(a.applyMotion(part, alone), 1);
        for (const [name, numbers] of wanted)
          expect(said.find(([at]) => at === name.replace("[0]", `[${i}]`))![1], name).toEqual(numbers);
      }
      const round = motion.followedBy(back);
      expect([round.before, round.after]).toEqual([sizes, sizes]);
      const seen = await Promise.all(round.image(images).map((one) => one.read()));
      expect(seen.map(({ length }) => length)).toEqual(sizes.map(([h, w]) => 3 * h * w));
      const again = await round.points(points).read();
      again.forEach((value, i) => {
        expect(value).toBeCloseTo(home[i], 3);
      });
    },
  );

  test("its parts may go on, through fields too; and all is freed with it", async () => {
    const pipeline = pipelines["a field before the size"];
    const images = imagesOf();
    const params = pipeline.sample(3, { step: 3 });
    const shifts = of([3, 2, 8, 10], (i) => noise(2)(i) - 0.5);
    const bend = a.elastic({ noise: shifts, alphaX: 1, alphaY: 1, sigmaX: 2, sigmaY: 2, kernelSize: 7 });
    const points = a.tensor(device.gpu, [[3, 4], [6, 5]]); // biome-ignore format: points
    const run = async () => {
      const first = pipeline.motion(images, params);
      const next = a.motionOf(device.gpu, [bend, a.rotate({ angle: [3, 4, 5] })], [3, 3, 8, 10]);
      const both = first.followedBy(next);
      const between = first.points(points);
      const [one, two] = [both.points(points), next.points(between)];
      const read = [await one.read(), await two.read()];
      for (const each of [both, next, first, between, one, two]) each.dispose();
      return read;
    };
    const [one, two] = await run();
    one.forEach((value, i) => {
      expect(value).toBeCloseTo(two[i], 4);
    });
    const bytes = device.gpu.stats.bytesInUse;
    await run();
    expect(device.gpu.stats.bytesInUse).toBe(bytes);
    expect(() => pipeline.motion(images, params).followedBy(a.motionOf(device.gpu, [], [3, 3, 9, 9]))).toThrow(
      /^next: got a motion of 3 images of 9 x 9 pixels; allowed is one of 3 images of 8 x 10 pixels/,
    );
  });
});

describe("what is wrong is refused by its place", () => {
  const crop = a.sequential([a.centerCrop({ height: 6, width: 6 })]);
  const images = () => [of([3, 8, 9], noise(0)), of([3, 7, 12], noise(1)), of([3, 8, 9], noise(2))];
  const call = (targets: object) => () => crop({ image: images(), ...targets });
  const flat = (...shapes: number[][]) => shapes.map((shape) => of(shape, noise(0)));

  test.each<[string, () => object, RegExp]>([
    [
      "an image of other channels",
      () => ({ image: [...images(), of([1, 4, 4], noise(0))] }),
      /^image\[3\]: got \[1, 4, 4\]; allowed is 3 channels/,
    ],
    [
      "a batch in a list",
      () => ({ image: flat([2, 3, 8, 9]) }),
      /^image\[0\]: got \[2, 3, 8, 9\]; allowed is \[C, H, W\], one image/,
    ],
    ["no image", () => ({ image: [] }), /^image: got an empty array/],
    ["a hole", () => ({ image: [images()[0], null, images()[2]] }), /^image\[1\]: got null/],
    ["text", () => ({ mask: [...flat([8, 9], [7, 12]), "a"] }), /^mask\[2\]: got string/],
    [
      "a mask too few",
      () => ({ mask: flat([8, 9], [7, 12]) }),
      /^mask: got a list of 2; allowed is a list of 3, one for each image/,
    ],
    [
      "a mask of another size",
      () => ({ a: { masks: flat([8, 9], [7, 12], [7, 12]) } }),
      /^a\.masks\[2\]: got \[7, 12\]; .*as large as its image: H = 8, W = 9/,
    ],
    [
      "masks of other channels",
      () => ({ mask: flat([8, 9], [2, 7, 12], [8, 9]) }),
      /^mask\[1\]: got \[2, 7, 12\]; allowed is as many dimensions and channels as mask\[0\]/,
    ],
    [
      "a mask for all",
      () => ({ mask: of([3, 8, 9], noise(0)) }),
      /^mask: got \[3, 8, 9\]; allowed is a list with one for each of the 3 images/,
    ],
    [
      "flow of one channel",
      () => ({ flow: flat([1, 8, 9], [1, 7, 12], [1, 8, 9]) }),
      /^flow\[0\]: got \[1, 8, 9\]; .*C at least 2/,
    ],
    ["boxes of other images", () => ({ boxes: [null, null] }), /^boxes: got a list of 2; allowed is a list of 3/],
    [
      "instances whose masks differ",
      () => ({ instances: { masks: [null, of([1, 8, 9], noise(0)), null] } }),
      /^instances\.masks\[1\]: got \[1, 8, 9\]/,
    ],
    [
      "masks of instances in a tensor",
      () => ({ instances: { masks: of([3, 1, 8, 9], noise(0)) } }),
      /^instances\.masks: got \[3, 1, 8, 9\]; allowed is a list/,
    ],
    [
      "other images of another size",
      () => ({ right: { image: [images()[0], images()[0], images()[2]] } }),
      /^right\.image\[1\]: got \[3, 8, 9\]; .*its image: H = 7, W = 12/,
    ],
    ["one image beside", () => ({ image2: images()[0] }), /^image: got a list beside an image/],
  ])("%s", (_, targets, message) => {
    const make = call(targets());
    expect(make).toThrow(a.ArgumentError);
    expect(make).toThrow(message);
  });

  test("sizes that stay different, and steps leave memory as it was", async () => {
    const image = images();
    expect(() => a.sequential([a.invert()])({ image })).toThrow(
      /^image: got images that differ in size: image\[0\] is \[3, 8, 9\], image\[1\] is \[3, 7, 12\]; allowed is .*centerCrop/,
    );
    expect(() => a.sequential([a.invert()])({ image, boxes: [null, null, null] })).toThrow(/differ in size/);
    const boxes = [of([1, 4], (i) => [1, 1, 5, 5][i]), null, of([2, 4], (i) => [0, 1, 7, 5][i % 4])];
    const run = () => {
      const scope = device.gpu.scope();
      crop({ image, mask: flat([8, 9], [7, 12], [8, 9]), boxes: a.asBoxes(boxes), keypoints: boxes });
      scope.dispose();
    };
    run();
    const bytes = device.gpu.stats.bytesInUse;
    for (let i = 0; i < 5; i++) run();
    expect(device.gpu.stats.bytesInUse).toBe(bytes);
    await device.gpu.sync();
  });

  test("whatever lists hold, only typed errors come out", () => {
    const odd = fc.oneof(
      fc.constantFrom(null, undefined, "a", 1, [], {}),
      fc
        .constantFrom([8, 9], [7, 12], [1, 8, 9], [3, 7, 12], [4], [1, 4], [2, 2], [])
        .map((shape) => of(shape, noise(0))),
    );
    const name = fc.constantFrom("image", "mask", "heatmap", "flow", "boxes", "keypoints", "polygons", "label");
    fc.assert(
      fc.property(name, fc.array(odd, { maxLength: 4 }), (key, list) => {
        try {
          call({ [key]: list })();
        } catch (error) {
          expect(error, String((error as Error).stack)).toBeInstanceOf(a.AugradError);
        }
      }),
      { numRuns: 60 },
    );
  });
});
