import { describe, expect, test, vi } from "vitest";
import {
  apply,
  brightness,
  centerCrop,
  choose,
  crop,
  elastic,
  fisheye,
  gaussianBlur,
  grad,
  horizontalFlip,
  jigsaw,
  type Link,
  mixup,
  mosaic,
  motionOf,
  pad,
  parameter,
  pyrDown,
  remap,
  resize,
  rot90,
  rotate,
  scale,
  sequential,
  sum,
  type Tensor,
  tensor,
  translate,
  uniform,
  verticalFlip,
  warp,
} from "../../src/index.ts";
import { randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";

// What motion as a value says of concrete transforms, how its parts fit together, and what it refuses.

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

type Points = readonly (readonly [number, number])[];

/** Where a transform takes points of one image. */
async function taken(transforms: Link | readonly Link[], [h, w]: readonly [number, number], points: Points) {
  const motion = motionOf(device.gpu, transforms, [1, 3, h, w]);
  const at = motion.points(tensor(device.gpu, points.flat(), [points.length, 2]));
  const values = Array.from(await at.read(), (value) => Number(value.toFixed(4)) + 0);
  return Array.from({ length: points.length }, (_, i) => values.slice(2 * i, 2 * i + 2));
}

describe("values of Kornia's tests", () => {
  const H: Points = [
    [355, 10],
    [660, 10],
    [660, 250],
    [355, 250],
  ];
  test.each([
    ["a horizontal flip", horizontalFlip(), [510, 1020], H, [664, 10, 359, 10, 359, 250, 664, 250]],
    ["a vertical flip", verticalFlip(), [510, 1020], H, [355, 499, 660, 499, 660, 259, 355, 259]],
    [
      "a quarter turn",
      rot90(),
      [3, 3],
      [
        [2, 0],
        [0, 1],
      ],
      [0, 0, 1, 2],
    ],
    [
      "a crop at (0, 1)",
      crop({ x: 0, y: 1, width: 3, height: 3 }),
      [3, 3],
      [
        [0, 0],
        [1, 1],
      ],
      [0, -1, 1, 0],
    ],
    [
      "a crop at (1, −1)",
      crop({ x: 1, y: -1, width: 3, height: 3 }),
      [3, 3],
      [
        [0, 0],
        [1, 1],
      ],
      [-1, 1, 0, 2],
    ],
    [
      "a crop of the centre",
      centerCrop({ width: 2, height: 2 }),
      [4, 4],
      [
        [1, 1],
        [3, 0],
      ],
      [0, 0, 2, -1],
    ],
    ["padding", pad({ left: 2, top: 1 }), [4, 4], [[1, 1]], [3, 2]],
    [
      "half the size",
      resize({ width: 2, height: 4 }),
      [4, 4],
      [
        [0, 0],
        [3, 1],
      ],
      [-0.25, 0, 1.25, 1],
    ],
    ["a pyramid's next level", pyrDown(), [8, 8], [[0.5, 2.5]], [0, 1]],
  ] as const)("%s", async (_, transform, size, points, expected) => {
    expect((await taken(transform, size, points)).flat()).toEqual(expected);
  });

  test("a flip is a matrix", async () => {
    const { matrix } = motionOf(device.gpu, horizontalFlip(), [2, 1, 5, 4]);
    expect(matrix!.shape).toEqual([2, 3, 3]);
    expect([...(await matrix!.read())].slice(9)).toEqual([-1, 0, 3, 0, 1, 0, 0, 0, 1]);
  });
});

describe("what moves nothing", () => {
  test("points, filters, mixes of samples and what no coin chose", async () => {
    const links = [brightness({ factor: 2 }), gaussianBlur({ sigma: 1 }), mixup({ partner: [1, 0], lambda: 0.5 })];
    const motion = motionOf(device.gpu, links, [2, 3, 8, 8]);
    expect(motion.still).toBe(true);
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    expect([...(await motion.matrix!.read())]).toEqual([...identity, ...identity]);
    const gated = motionOf(device.gpu, translate({ x: 3, y: 1, on: [0, 1] }), [2, 3, 8, 8]);
    expect(gated.still).toBe(false);
    expect([...(await gated.points(tensor(device.gpu, [[1, 2]])).read())]).toEqual([1, 2, 4, 3]);
  });

  test("a sample moves as what it chose", async () => {
    const link = choose([translate({ x: 3 }), horizontalFlip(), brightness({ factor: 2 })], [1, 2, 0]);
    const motion = motionOf(device.gpu, link, [3, 3, 8, 8]);
    expect([...(await motion.points(tensor(device.gpu, [[1, 2]])).read())]).toEqual([6, 2, 1, 2, 4, 2]);
  });

  test("a learned gate takes points as far, and learns from them", async () => {
    const { gpu } = device;
    const on = parameter(gpu, [1, 0.25]);
    const motion = motionOf(gpu, translate({ x: 4, on }), [2, 3, 8, 8]);
    const points = motion.points(tensor(gpu, [[1, 2]]));
    expect([...(await points.read())]).toEqual([5, 2, 2, 2]);
    const [g] = grad(sum(points), [on]);
    expect([...(await g.read())]).toEqual([4, 4]);
  });
});

describe("coins through fields, and choices that are tensors", () => {
  test("a learned gate takes points through a field as far", async () => {
    const { gpu } = device;
    const on = parameter(gpu, [1, 0.25, 0]);
    const settings = { gamma: 0.8, centerX: 0.2, centerY: 0 };
    const points = tensor(gpu, [[3, 9]]);
    const gated = motionOf(gpu, fisheye({ ...settings, on }), [3, 1, 16, 16]).points(points);
    const [g] = grad(sum(gated), [on]);
    const [x, y] = await motionOf(gpu, fisheye(settings), [1, 1, 16, 16]).points(points).read();
    const far = [x - 3, y - 9];
    const expected = [x, y, 3 + far[0] / 4, 9 + far[1] / 4, 3, 9];
    (await gated.read()).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
    for (const value of await g.read()) expect(value).toBeCloseTo(far[0] + far[1], 4);
  });

  test("an index on the device says which map and which field a sample gets", async () => {
    const { gpu } = device;
    const links = [translate({ x: 3 }), fisheye({ gamma: 0.8, centerX: 0.2, centerY: 0 })];
    const points = tensor(gpu, [[3, 9]]);
    const of = (index: number[] | Tensor) => motionOf(gpu, choose(links, index), [3, 1, 16, 16]).points(points).read();
    expect(await of(tensor(gpu, [1, 0, 1]))).toEqual(await of([1, 0, 1]));
    expect([...(await of([0, 1, 1]))].slice(0, 2)).toEqual([6, 9]);
  });
});

describe("pixels that keep together", () => {
  test("tiles of a jigsaw take their points along", async () => {
    const link = jigsaw({ permutation: [3, 2, 1, 0], grid: 2 });
    expect(
      await taken(
        link,
        [8, 8],
        [
          [1.25, 2],
          [5, 3.4],
        ],
      ),
    ).toEqual([
      [5.25, 6],
      [1, 7.4],
    ]);
  });
  test("a mosaic shows its own sample from its window on", async () => {
    const link = mosaic({ partners: [0, 0, 0], x: 2.25, y: 1.5, width: 6, height: 6 });
    expect(await taken(link, [8, 8], [[3, 4]])).toEqual([[0.75, 2.5]]);
  });
});

describe("a value", () => {
  const shape = [2, 3, 20, 24] as const;
  const links = () => [
    rotate({ angle: [20, -35] }),
    scale({ x: 1.2, y: 0.8 }),
    crop({ x: 2, y: 3, width: 18, height: 16 }),
    fisheye({ gamma: 0.6, centerX: 0.1, centerY: -0.2 }),
    resize({ width: 30, height: 12 }),
  ];
  const points = () =>
    tensor(device.gpu, [
      [9, 10],
      [12.5, 8],
      [11, 12.25],
    ]);
  const close = async (a: Tensor, b: Tensor, tolerance: number) => {
    const [x, y] = [await a.read(), await b.read()];
    x.forEach((value, i) => expect(Math.abs(value - y[i])).toBeLessThan(tolerance));
  };

  test("is the chain of its parts, and goes back by its inverse", async () => {
    const { gpu } = device;
    const all = motionOf(gpu, links(), shape);
    expect([all.samples, all.before, all.after, all.matrix]).toEqual([2, [20, 24], [12, 30], null]);
    expect(String(all)).toBe("motion of 2 images [20, 24] -> [12, 30], some of it bends");
    let input: readonly number[] = shape;
    const parts = links().map((link) => {
      const part = motionOf(gpu, link, input);
      input = [2, 3, ...part.after];
      return part;
    });
    const moved = all.points(points());
    await close(
      parts.reduce((at, part) => part.points(at), points()),
      moved,
      1e-3,
    );
    const joined = parts.reduce((a, b) => a.followedBy(b));
    await close(joined.points(points()), moved, 1e-3);
    await close(joined.inverse().points(moved), all.inverse().points(moved), 1e-3);
    const back = await all.inverse().points(moved).read();
    const expected = [...(await points().read()), ...(await points().read())];
    expected.forEach((value, i) => expect(Math.abs(back[i] - value)).toBeLessThan(0.01));
  });

  test("of any chain is the chain of its parts", async () => {
    const { gpu } = device;
    const one = [
      () => translate({ x: 1.5, on: [0, 1] }),
      () => fisheye({ gamma: 0.9, centerX: 0.1, centerY: 0, on: [1, 0] }),
      () => rot90(),
      () => jigsaw({ permutation: [1, 0, 3, 2], grid: 2 }),
      () => gaussianBlur({ sigma: 1 }),
      () => rotate({ angle: [7, -3] }),
    ];
    const r = randomFrom(12);
    for (let i = 0; i < 8; i++) {
      const chain = Array.from({ length: 3 }, () => r.pick(one)());
      // Turned by 90 degrees, images of 16 by 16 stay so.
      const whole = motionOf(gpu, chain, [2, 1, 16, 16]);
      const parts = chain.map((link) => motionOf(gpu, link, [2, 1, 16, 16]));
      const at = tensor(gpu, [
        [5.3, 9.1],
        [10.2, 6.6],
      ]);
      await close(
        parts.reduce((p, part) => part.points(p), at),
        whole.points(at),
        1e-3,
      );
      await close(whole.inverse().points(whole.points(at)), motionOf(gpu, [], [2, 1, 16, 16]).points(at), 0.01);
    }
  });

  test("of twenty maps is in as many parts as it takes", async () => {
    const links = Array.from({ length: 20 }, () => translate({ x: 1, y: -0.5 }));
    expect(await taken(links, [8, 8], [[2, 3]])).toEqual([[22, -7]]);
  });

  test("of maps alone has the product of the matrices", async () => {
    const { gpu } = device;
    const [a, b] = [rotate({ angle: [20, -35] }), scale({ x: 1.2, y: 0.8 })];
    const [ma, mb] = [a, b].map((link) => motionOf(gpu, link, shape));
    await close(ma.followedBy(mb).matrix!, motionOf(gpu, [a, b], shape).matrix!, 1e-4);
    const round = ma.followedBy(ma.inverse()).matrix!;
    await close(round, motionOf(gpu, [], shape).matrix!, 1e-5);
  });

  test("moves images, and brings them back", async () => {
    const { gpu } = device;
    const x = tensor(gpu, smooth([2, 3, 20, 24]), [2, 3, 20, 24]);
    for (const link of [rotate({ angle: [10, -5] }), fisheye({ gamma: 0.9, centerX: 0.1, centerY: 0 })]) {
      const motion = motionOf(gpu, link, x.shape);
      const y = apply(x, link);
      await close(motion.image(x), y, 1e-5);
      // Twice between pixels, it is a little smoother than it was.
      await inner(motion.inverse().image(y), x, 0.02);
    }
  });

  test("frees all that it was made of", async () => {
    const { gpu } = device;
    const x = tensor(gpu, new Float32Array(2 * 3 * 20 * 24), [2, 3, 20, 24]);
    const angle = parameter(gpu, [20, -35]);
    const own = [
      rotate({ angle }),
      elastic({ alpha: 1, sigma: 3, kernelSize: 7, seed: 3 }),
      crop({ width: 9, height: 9 }),
    ];
    const step = () => {
      const motion = motionOf(gpu, own, x.shape);
      const back = motion.inverse();
      const at = points();
      const [there, home] = [motion.points(at), back.points(at)];
      const loss = sum(there);
      const [g] = grad(loss, [angle]);
      for (const each of [motion.image(x), at, there, home, loss, g, back, motion]) each.dispose();
    };
    step();
    const { bytesInUse } = gpu.stats;
    for (let i = 0; i < 5; i++) step();
    expect(gpu.stats.bytesInUse).toBe(bytesInUse);
  });
});

/** A smooth image. */
const smooth = ([n, c, h, w]: readonly number[]): Float32Array =>
  Float32Array.from({ length: n * c * h * w }, (_, i) => {
    const [x, y] = [i % w, Math.floor(i / w) % h];
    return 0.5 + 0.3 * Math.sin(x / 4 + i / (h * w)) * Math.cos(y / 5);
  });

/** Compares images six pixels from their borders on. */
async function inner(a: Tensor, b: Tensor, tolerance: number): Promise<void> {
  const [, , h, w] = b.shape;
  const [u, v] = [await a.read(), await b.read()];
  expect(a.shape).toEqual(b.shape);
  const far = Array.from(u, (value, i) => {
    const [x, y] = [i % w, Math.floor(i / w) % h];
    return Math.min(x, y, w - 1 - x, h - 1 - y) < 6 ? 0 : Math.abs(value - v[i]);
  });
  expect(Math.max(...far)).toBeLessThan(tolerance);
}

describe("a pipeline's motion", () => {
  test("brings what a model says of an augmented batch back: test-time augmentation", async () => {
    const { gpu } = device;
    const x = tensor(gpu, smooth([4, 1, 24, 24]), [4, 1, 24, 24]);
    const augment = sequential([
      rotate({ angle: uniform(-20, 20) }),
      horizontalFlip({ p: 0.5 }),
      brightness({ factor: 1 }),
    ]);
    const model = (images: Tensor) => gaussianBlurred(images);
    const params = augment.sample(4, { step: 7 });
    const motion = augment.motion(x, params);
    const back = motion.inverse().image(model(augment.replay(x, params)));
    await inner(back, model(x), 0.02);
    // A recipe is plain data.
    const again = augment.motion(x, JSON.parse(JSON.stringify(params)));
    expect(await again.matrix!.read()).toEqual(await motion.matrix!.read());
  });

  test("has the gradient of learned ranges, long after the draw", async () => {
    const { gpu } = device;
    const most = parameter(gpu, 3);
    const augment = sequential([translate({ x: uniform(0, most) })]);
    const x = tensor(gpu, new Float32Array(2 * 64), [2, 1, 8, 8]);
    const motion = augment.motion(x, augment.sample(2, { step: 1 }));
    const points = motion.points(tensor(gpu, [[1, 2]]));
    const moved = await points.read();
    const [g] = grad(sum(points), [most]);
    // What is drawn is u · most.
    expect(await g.item()).toBeCloseTo((moved[0] - 1 + moved[2] - 1) / 3, 5);
  });

  test("refuses a recipe of another pipeline, and images that are none", () => {
    const { gpu } = device;
    const augment = sequential([rotate({ angle: uniform(-20, 20) })]);
    const x = tensor(gpu, new Float32Array(64), [1, 1, 8, 8]);
    expect(() => augment.motion(x, augment.sample(2, { step: 0 }))).toThrow(/params\.n: got 2/);
    expect(() => augment.motion(null as never, augment.sample(1, { step: 0 }))).toThrow(/x of motion\(\)/);
  });
});

const gaussianBlurred = (x: Tensor): Tensor => apply(x, gaussianBlur({ sigma: 1 }));

describe("bad input", () => {
  test("points of another shape, type or kind", () => {
    const { gpu } = device;
    const motion = motionOf(gpu, rotate({ angle: 3 }), [2, 3, 8, 8]);
    const allowed = /\[2, K, 2\] or \[K, 2\]/;
    for (const shape of [[3], [3, 3], [3, 4, 2], [1, 2, 4, 2]])
      expect(() => motion.points(tensor(gpu, new Float32Array(shape.reduce((a, b) => a * b)), shape))).toThrow(allowed);
    for (const wrong of [null, undefined, [[1, 2]], 3]) expect(() => motion.points(wrong as never)).toThrow(allowed);
  });
  test("what is no transform, no shape, no motion, or of another size", () => {
    const { gpu } = device;
    expect(() => motionOf(gpu, [null as never], [1, 1, 4, 4])).toThrow(/transforms\[0\]/);
    expect(() => motionOf(gpu, [rotate({ angle: uniform(0, 1) })], [1, 1, 4, 4])).toThrow(/a distribution/);
    expect(() => motionOf(gpu, [], [1, 4, 4])).toThrow(/shape/);
    expect(() => motionOf(null as never, [], [1, 1, 4, 4])).toThrow(/gpu/);
    const motion = motionOf(gpu, [], [1, 1, 4, 4]);
    expect(() => motion.followedBy({} as never)).toThrow(/next: got object/);
    expect(() => motion.followedBy(motionOf(gpu, [], [1, 1, 4, 5]))).toThrow(/1 images of 4 x 5 pixels/);
    expect(() => motion.image(tensor(gpu, [1, 2], [1, 1, 1, 2]))).toThrow(/\[1, C, 4, 4\]/);
    expect(() => motion.image(tensor(gpu, new Float32Array(16), [1, 1, 4, 4]), { fille: 1 } as never)).toThrow(/fille/);
  });
  test("points that are no numbers, or lie far away, are no one else's business", async () => {
    const { gpu } = device;
    const motion = motionOf(gpu, fisheye({ gamma: 0.7, centerX: 0, centerY: 0 }), [1, 1, 9, 9]);
    const all = await motion
      .points(
        tensor(gpu, [
          [Number.NaN, 2],
          [5, 3],
          [1e6, -1e6],
        ]),
      )
      .read();
    const alone = await motion.points(tensor(gpu, [[5, 3]])).read();
    expect([all[0], all[1]]).toEqual([Number.NaN, Number.NaN]);
    expect([...all.slice(2, 4)]).toEqual([...alone]);
    expect(Number.isFinite(all[4])).toBe(true);
  });
});

describe("beyond the result and the image", () => {
  test("a field that is a tensor goes on as its border moves", async () => {
    const { gpu } = device;
    const grid = Float32Array.from({ length: 2 * 8 * 8 }, (_, i) => (i < 64 ? (i % 8) + 2 : Math.floor(i / 8) - 8));
    const link = remap({ grid: tensor(gpu, grid, [1, 2, 8, 8]) });
    // Every pixel looks two to the right.
    expect(
      await taken(
        link,
        [8, 8],
        [
          [3, 4],
          [-5, 4],
          [20, -3],
        ],
      ),
    ).toEqual([
      [1, 4],
      [-7, 4],
      [18, -3],
    ]);
  });
  test("what lies on the horizon is not divided", async () => {
    const link = warp({ matrix: [1, 0, 0, 0, 1, 0, 0.25, 0, 1] });
    expect(
      await taken(
        link,
        [8, 8],
        [
          [-4, 2],
          [4, 2],
        ],
      ),
    ).toEqual([
      [-4, 2],
      [2, 1],
    ]);
  });
});
