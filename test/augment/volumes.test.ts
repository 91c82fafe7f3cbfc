/** Pipelines of volumes: what they make of each sample is what the functions make of it with what was drawn. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  affine3d,
  asMask,
  backward,
  brightness,
  contrastAboutMean,
  erasing,
  grayscale,
  mean,
  oneOf,
  parameter,
  RandomAffine3D,
  RandomBrightness,
  RandomCrop3D,
  RandomEqualize3D,
  RandomHorizontalFlip3D,
  RandomPerspective3D,
  RandomRotation3D,
  reshape,
  rotate,
  rotate3d,
  ShapeError,
  sequential,
  slice,
  square,
  type Tensor,
  tensor,
  uniform,
  zeros,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const SIZE = [3, 4, 5];
const volumes = (n = 3, c = 3): Tensor =>
  tensor(
    device.gpu,
    Float32Array.from({ length: n * c * 60 }, (_, i) => 0.5 + 0.4 * Math.sin(1.9 * i + 0.003 * i * i)),
    [n, c, ...SIZE],
  );
const read = async (x: Tensor) => Array.from(await x.read());
const sample = (x: Tensor, i: number) => slice(x, 0, i, i + 1);

describe("each sample is what the function makes of it", () => {
  test("turns and affine maps, with coins and a chain of both", async () => {
    using _scope = device.gpu.scope();
    const x = volumes();
    const augment = sequential([
      RandomRotation3D({ degrees: 25, p: 0.5 }),
      RandomAffine3D({ degrees: 10, translate: 0.2, scale: [0.8, 1.2], shears: 5, p: 1 }),
    ]);
    const step = [...Array(20).keys()].find(
      (s) => new Set(augment.sample(3, { step: s }).transforms[0].on).size === 2,
    )!;
    const [turn, map] = augment.sample(3, { step }).transforms;
    const y = augment(x, { step });
    for (let i = 0; i < 3; i++) {
      const at = (of: typeof turn, names: readonly string[]) => names.map((name) => (of.params[name] as number[])[i]);
      const [yaw, pitch, roll] = at(turn, ["yaw", "pitch", "roll"]);
      const turned = turn.on![i] ? rotate3d(sample(x, i), { yaw, pitch, roll }) : sample(x, i);
      const moved = affine3d(turned, {
        angles: at(map, ["yaw", "pitch", "roll"]),
        translations: at(map, ["x", "y", "z"]).map((share, axis) => share * SIZE[2 - axis]),
        scale: at(map, ["scaleX", "scaleY", "scaleZ"]),
        shears: at(map, ["xy", "xz", "yx", "yz", "zx", "zy"]),
      });
      expect(await read(sample(y, i))).toEqual(await read(moved));
    }
    expect(new Set(at0(map, "scaleX")).size).toBe(3);
    expect(at0(map, "scaleX")).toEqual(at0(map, "scaleZ"));
    expect(at0(map, "yaw")).not.toEqual(at0(map, "pitch"));
  });
  const at0 = ({ params }: { params: Record<string, unknown> }, name: string) => params[name] as number[];

  test("a crop is a window of whole voxels, wherever it lies", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)),
        fc.nat(2),
        fc.nat(1000),
        async (sides, padding, step) => {
          using _scope = device.gpu.scope();
          const size = sides.map((side) => side + 1) as [number, number, number];
          const augment = sequential([RandomCrop3D({ size, padding })]);
          const x = volumes(2, 1);
          const y = augment(x, { step });
          expect(y.shape).toEqual([2, 1, ...size]);
          const { params } = augment.sample(2, { step }).transforms[0];
          const [source, seen] = [await read(x), await read(y)];
          const start = (axis: number, n: number) => {
            const share = (params["zyx"[axis]] as number[])[n];
            const room = SIZE[axis] + 2 * padding - size[axis];
            return Math.sign(room) * Math.min(Math.floor(share * (Math.abs(room) + 1)), Math.abs(room)) - padding;
          };
          seen.forEach((value, i) => {
            const [d, h, w] = size;
            const n = Math.floor(i / (d * h * w));
            const at = [Math.floor(i / (h * w)) % d, Math.floor(i / w) % h, i % w].map((p, k) => p + start(k, n));
            const inside = at.every((p, k) => p >= 0 && p < SIZE[k]);
            const place = ((n * SIZE[0] + at[0]) * SIZE[1] + at[1]) * SIZE[2] + at[2];
            expect(value).toBe(inside ? source[place] : 0);
          });
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });

  test("transforms of single values see the whole volume as one image", async () => {
    using _scope = device.gpu.scope();
    const x = volumes();
    const chain = [brightness({ factor: 0.7 }), contrastAboutMean({ factor: 1.6 })];
    const y = sequential([...chain, RandomHorizontalFlip3D({ p: 1 })])(x);
    const rows = sequential(chain)(reshape(x, [3, 3, 12, 5]));
    const flipped = sequential([RandomHorizontalFlip3D({ p: 1 })])(reshape(rows, x.shape));
    expect(await read(y)).toEqual(await read(flipped));
    const grey = sequential([RandomHorizontalFlip3D({ p: 1 }), grayscale()])(x);
    expect(grey.shape).toEqual(x.shape);
    const none = sequential([])(x);
    expect(await read(none)).toEqual(await read(x));
    none.write(new Float32Array(none.size));
    expect(await read(none)).not.toEqual(await read(x));
  });

  test("links of a oneOf take turns, and what was drawn replays from JSON", async () => {
    using _scope = device.gpu.scope();
    const x = volumes(8, 1);
    const augment = sequential([oneOf([RandomHorizontalFlip3D({ p: 1 }), RandomRotation3D({ degrees: 30, p: 1 })])]);
    const recipe = augment.sample(8, { step: 2 });
    const y = await read(augment(x, { step: 2 }));
    expect(await read(augment.replay(x, JSON.parse(JSON.stringify(recipe))))).toEqual(y);
    const flips = await read(sequential([RandomHorizontalFlip3D({ p: 1 })])(x));
    const chosen = recipe.choices![0].chosen as number[];
    expect(new Set(chosen).size).toBe(2);
    chosen.forEach((link, i) => {
      const part = (list: number[]) => list.slice(60 * i, 60 * i + 60);
      if (link === 0) expect(part(y)).toEqual(part(flips));
      else expect(part(y)).not.toEqual(part(flips));
    });
  });
});

test("gradients leave out samples that the coin left alone, NaN included", async () => {
  using _scope = device.gpu.scope();
  const values = await read(volumes(2, 1));
  values[0] = Number.NaN;
  const x = parameter(device.gpu, values, [2, 1, ...SIZE]);
  const [lo, hi] = [parameter(device.gpu, 5), parameter(device.gpu, 15)];
  const turn = RandomRotation3D({ degrees: [lo, hi], p: 0.5 });
  const augment = sequential([turn]);
  const coins = (step: number) => augment.sample(2, { step }).transforms[0].on!;
  const step = [...Array(40).keys()].find((s) => coins(s)[0] === 0 && coins(s)[1] === 1)!;
  const y = augment(x, { step });
  backward(mean(square(slice(y, 0, 1, 2))));
  for (const bound of [lo, hi]) {
    const [slope] = await bound.grad!.read();
    expect(Number.isFinite(slope)).toBe(true);
    expect(slope).not.toBe(0);
  }
  const gradient = await read(x.grad!);
  expect(gradient.slice(0, 60)).toEqual(new Array(60).fill(0));
  expect(gradient.slice(60).every(Number.isFinite)).toBe(true);
});

describe("what belongs to volumes goes along", () => {
  const labels = (n = 3): Tensor =>
    tensor(
      device.gpu,
      Float32Array.from({ length: n * 60 }, (_, i) => 1 + ((7 * i) % 5)),
      [n, ...SIZE],
    );

  test("label maps by whole voxels, heat maps interpolated, labels of volumes as they are", async () => {
    using _scope = device.gpu.scope();
    const links = (resample: "nearest" | "bilinear") => [
      RandomHorizontalFlip3D(),
      RandomRotation3D({ degrees: 40, p: 0.7, resample }),
      RandomCrop3D({ size: [3, 5, 4], padding: 1 }),
    ];
    const [soft, hard] = [links("bilinear"), links("nearest")].map((list) =>
      sequential([list[0], RandomEqualize3D({ p: 1 }), ...list.slice(1), RandomBrightness({ brightness: 0.2 })]),
    );
    const [image, mask, classes] = [volumes(), labels(), tensor(device.gpu, [4, 5, 6])];
    const heat = volumes(3, 2);
    const given = { image, scan: { mask, mask2: reshape(mask, [3, 1, ...SIZE]) }, heatmap: heat, label: classes };
    const y = soft(given, { step: 6 });
    expect(await read(y.image)).toEqual(await read(soft(image, { step: 6 })));
    const expected = await read(sequential(links("nearest"))(reshape(mask, [3, 1, ...SIZE]), { step: 6 }));
    expect(y.scan.mask.shape).toEqual([3, 3, 5, 4]);
    expect(await read(y.scan.mask)).toEqual(expected);
    expect(await read(y.scan.mask2)).toEqual(expected);
    expect(expected.every((value) => Number.isInteger(value))).toBe(true);
    expect(new Set(expected)).toContain(0);
    expect(await read(y.heatmap)).toEqual(await read(sequential(links("bilinear"))(heat, { step: 6 })));
    expect(await read(y.label)).toEqual([4, 5, 6]);
    expect(await read(hard(given, { step: 6 }).scan.mask)).toEqual(expected);

    const ignored = soft({ image, mask: asMask(mask, { fill: 255 }) }, { step: 6 });
    expect(await read(ignored.mask.data)).toEqual(expected.map((value) => (value === 0 ? 255 : value)));
    const recipe = soft.sample(3, { step: 6 });
    expect(await read(soft.replay({ image, mask }, recipe).mask)).toEqual(expected);
  });

  test("what has no meaning in three dimensions, or another size, is refused by its place", () => {
    using _scope = device.gpu.scope();
    const augment = sequential([RandomHorizontalFlip3D()]);
    const call = (given: object) => () => augment({ image: volumes(), ...given }, { step: 0 });
    expect(call({ boxes: zeros(device.gpu, [3, 2, 4]) })).toThrow(/boxes.*beside volumes/);
    expect(call({ a: { mask: zeros(device.gpu, [3, 3, 4, 4]) } })).toThrow(/a\.mask/);
    expect(call({ mask: zeros(device.gpu, [3, 4, 5]) })).toThrow(ShapeError);
    expect(call({ images: zeros(device.gpu, [3, 3, 4, 5]) })).toThrow(ShapeError);
    expect(call({ nonsense: volumes() })).toThrow(/nonsense/);
  });
});

test("what volumes cannot go through is refused, by name", () => {
  using _scope = device.gpu.scope();
  const x = volumes();
  const image = zeros(device.gpu, [3, 3, 4, 5]);
  const call = (links: Parameters<typeof sequential>[0], on: Tensor = x, options = {}) =>
    sequential(links)(on, { step: 0, ...options });
  expect(() => call([rotate({ angle: 10 })])).toThrow(/rotate.*a transform of images.*RandomRotation3D/);
  expect(() => call([erasing({ x: 1, y: 1, width: 1, height: 1 })])).toThrow(/a transform of images/);
  expect(() => call([RandomRotation3D({ degrees: 3 })], image)).toThrow(/rotate3d/);
  expect(() => call([RandomBrightness({ brightness: 0.1 }), RandomRotation3D({ degrees: 3 })], image)).toThrow(
    ShapeError,
  );
  expect(() => call([RandomCrop3D({ size: 2, p: 0.5 })])).toThrow(/crop3d\.p/);
  expect(() => call([RandomEqualize3D()], x, { into: zeros(device.gpu, x.shape) })).toThrow(/into/);
  expect(() => sequential([RandomEqualize3D()], { dtype: "u8" })(x, { step: 0 })).toThrow(/dtype/);
  expect(() => call([brightness({ factor: uniform(0.5, 1) })], zeros(device.gpu, [1, 2, 3, 4, 5, 6]))).toThrow(
    ShapeError,
  );
  expect(() => RandomPerspective3D({ distortionScale: 2 })).toThrow(/RandomPerspective3D\.distortionScale/);
});
