import { describe, expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [H, W] = [12, 16];
const flat = (values: readonly number[], shape: number[]) => a.tensor(device.gpu, values, shape);
const through = (transforms: a.Tree[], targets: object, n = 1) =>
  a.sequential(transforms)(targets, { shape: [n, 1, H, W] }) as Record<
    string,
    a.Keypoints & { data: a.Tensor; kept: a.Tensor }
  >;
const near = (given: ArrayLike<number>, wanted: readonly number[], within = 2e-3) => {
  expect(given.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(given[i] - value), `${i}: ${given[i]}, wanted ${value}`).toBeLessThan(within);
  });
};

test("a dot that is drawn at a keypoint lands where the keypoint goes", async () => {
  const N = 12;
  const spread = (i: number, lo: number, hi: number) => lo + ((((i * 0.61803) % 1) + 1) % 1) * (hi - lo);
  const places = Array.from({ length: N }, (_, n) => [spread(n, 14, 18), spread(n + 5, 13, 19)]);
  const size = 33;
  const dots = places.flatMap(([px, py]) =>
    Array.from({ length: size * size }, (_, i) =>
      Math.exp(-(((i % size) - px) ** 2 + (Math.floor(i / size) - py) ** 2) / (2 * 1.6 ** 2)),
    ),
  );
  const values = (lo: number, hi: number, at: number) =>
    Array.from({ length: N }, (_, n) => spread(n * 3 + at, lo, hi));
  const chain = [
    a.affine({
      angle: values(-180, 180, 1),
      scaleX: values(0.8, 1.3, 2),
      scaleY: values(0.8, 1.3, 6),
      shearX: values(-20, 20, 3),
      x: values(-4, 4, 4),
    }),
    a.horizontalFlip({ on: Array.from({ length: N }, (_, n) => n % 2) }),
    a.crop({ x: 2, y: 1, width: 30, height: 31 }),
  ];
  const out = a.sequential(chain)({ image: flat(dots, [N, 1, size, size]), keypoints: flat(places.flat(), [N, 1, 2]) });
  const [image, keypoints] = [await out.image.read(), await out.keypoints.read()];
  for (let n = 0; n < N; n++) {
    let [sum, sx, sy] = [0, 0, 0];
    for (let i = 0; i < 30 * 31; i++) {
      const v = image[n * 930 + i];
      [sum, sx, sy] = [sum + v, sx + v * (i % 30), sy + v * Math.floor(i / 30)];
    }
    near([sx / sum, sy / sum], [...keypoints.slice(2 * n, 2 * n + 2)], 0.2);
  }
});

describe("pairs", () => {
  const swap = [[0, 1], [3, 4]] as const; // biome-ignore format: pairs
  const names = [0, 1, 2, 3, 4];
  const points = (n: number) =>
    flat(Array.from({ length: n }, () => names.flatMap((k) => [k, 2, k])).flat(), [n, 5, 3]);
  const order = async (value: { data: a.Tensor }) => {
    const read = await value.data.read();
    return Array.from({ length: read.length / 3 }, (_, i) => read[3 * i + 2]);
  };

  test("change places in mirrored samples, and only there, with all that belongs to a point", async () => {
    const given = { k: a.asKeypoints(points(3), { swap, angle: flat(Array(15).fill(0), [3, 5]) }) };
    const out = through([a.horizontalFlip({ on: [1, 0, 1] }), a.verticalFlip({ on: [1, 0, 0] })], given, 3);
    expect(await order(out.k)).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 1, 0, 2, 4, 3]);
    const places = await out.k.data.read();
    expect([...places.slice(30, 33)]).toEqual([W - 2, 2, 1]);
  });

  test("stay where the image turns, however far", async () => {
    for (const chain of [[a.rotate({ angle: 180 })], [a.rot180()], [a.brightness({ factor: 1.1 })]])
      expect(await order(through(chain, { k: a.asKeypoints(points(1), { swap }) }).k)).toEqual(names);
    expect(await order(through([a.transposeImage()], { k: a.asKeypoints(points(1), { swap }) }).k)).toEqual([
      1, 0, 2, 4, 3,
    ]);
  });

  test("of several instances, and of lists", async () => {
    const many = a.asKeypoints(a.reshape(a.concat([points(1), points(1)], 1), [1, 2, 5, 3]), { swap });
    expect(await order(through([a.horizontalFlip()], { many }).many)).toEqual([1, 0, 2, 4, 3, 1, 0, 2, 4, 3]);
    const list = a.asKeypoints([a.reshape(points(1), [5, 3]), null], { swap });
    const { data } = through([a.horizontalFlip()], { list }, 2).list as unknown as { data: (a.Tensor | null)[] };
    expect(await order({ data: data[0]! })).toEqual([1, 0, 2, 4, 3]);
    expect(data[1]).toBeNull();
  });
});

test("angles turn and sizes grow with the image", async () => {
  const angle = flat([0, 90, -30, 170], [1, 4]);
  const scale = flat([1, 2, 3, 4], [1, 4]);
  const given = { k: a.asKeypoints(flat([1, 2, 8, 3, 5, 5, 14, 11], [1, 4, 2]), { angle, scale }) };
  const turned = through([a.affine({ angle: 25, scaleX: 2, scaleY: 2 })], given).k;
  near(await turned.angle!.read(), [25, 115, -5, -165]);
  near(await turned.scale!.read(), [2, 4, 6, 8]);
  const flipped = through([a.horizontalFlip()], given).k;
  near(
    (await flipped.angle!.read()).map((each) => ((each % 360) + 360) % 360),
    [180, 90, 210, 10],
  );
  const stretched = through([a.resize({ width: 32, height: 12 })], given).k;
  near(
    await stretched.scale!.read(),
    [1, 2, 3, 4].map((each) => each * Math.SQRT2),
  );
  near(await stretched.angle!.read(), [
    0,
    90,
    (-Math.atan2(0.5, Math.sqrt(3)) * 180) / Math.PI,
    180 - (Math.atan2(Math.sin((10 * Math.PI) / 180), 2 * Math.cos((10 * Math.PI) / 180)) * 180) / Math.PI,
  ]);
});

test("points that leave the image keep their place, and are not kept", async () => {
  const { k } = through([a.translate({ x: 10 })], { k: a.asKeypoints(flat([1, 1, 9, 9, Number.NaN, 1], [1, 3, 2])) });
  near((await k.data.read()).slice(0, 4), [11, 1, 19, 9]);
  expect([...(await k.kept.read())]).toEqual([1, 0, 0]);
});

test("polygons and lines, in tensors and in lists of any depth", async () => {
  const triangle = flat([0, 0, 4, 0, 4, 3], [3, 2]);
  const pair = flat([1, 1, 2, 5], [2, 2]);
  const polygons = [[triangle, [pair]], null, pair];
  const out = a.sequential([a.horizontalFlip()])(
    { polygons, lines: flat([0, 0, 1, 1, 2, 2], [3, 1, 2]) },
    { shape: [3, 1, H, W] },
  );
  expect([...(await out.lines.read())]).toEqual([15, 0, 14, 1, 13, 2]);
  const [first, none, last] = out.polygons as unknown as [[a.Tensor, [a.Tensor]], null, a.Tensor];
  expect([...(await first[0].read())]).toEqual([15, 0, 11, 0, 11, 3]);
  expect([...(await first[1][0].read())]).toEqual([14, 1, 13, 5]);
  expect([...(await last.read())]).toEqual([14, 1, 13, 5]);
  expect(none).toBeNull();
});

test("gradients reach points, angles and sizes, and what moved them", async () => {
  const points = a.parameter(device.gpu, [3, 4, 9, 7], [1, 2, 2]);
  const angles = a.parameter(device.gpu, [20, -50], [1, 2]);
  const scale = a.parameter(device.gpu, [0.4, 1.7], [1, 2]);
  const by = a.parameter(device.gpu, [1.3], [1]);
  const [cx, cy] = [(W - 1) / 2, (H - 1) / 2];
  await a.assertGradients(
    (p, angle, size, factor) => {
      const { k } = through([a.scale({ x: factor }), a.rotate({ angle: 30 })], {
        k: a.asKeypoints(p, { angle, scale: size }),
      });
      return a.concat([k.data, a.reshape(k.angle!, [1, 2, 1]), a.reshape(k.scale!, [1, 2, 1])], 2);
    },
    [points, angles, scale, by],
    {
      reference: ([p, angle, size, [factor]]) =>
        [0, 1].flatMap((k) => {
          const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
          const [dx, dy] = [factor * (p[2 * k] - cx), p[2 * k + 1] - cy];
          const turn = (angle[k] * Math.PI) / 180;
          const along = Math.atan2(Math.sin(turn), factor * Math.cos(turn));
          return [
            cx + c * dx + s * dy,
            cy - s * dx + c * dy,
            30 + (along * 180) / Math.PI,
            size[k] * Math.sqrt(factor),
          ];
        }),
    },
  );
});

test("further columns stay as they are, with their gradients, beside points that learn", async () => {
  const { gpu } = device;
  const numbers = [3, 4, 2, 7, 5, 1, 9, 2, 0, 4.5, 6, 2]; // biome-ignore format: points
  const rows = a.parameter(gpu, numbers, [2, 2, 3]);
  const angle = a.parameter(gpu, [20, -35]);
  const weights = Array.from({ length: 12 }, (_, i) => ((i * 5) % 7) - 2.5);
  const weight = a.tensor(gpu, weights, [2, 2, 3]);
  const moved = (points: a.Tensor, turn: a.Tensor) =>
    a.sequential([a.rotate({ angle: turn })])({ keypoints: points }, { shape: [2, 1, 10, 12] }).keypoints;
  const [x, y] = [5.5, 4.5];
  await a.assertGradients((points, turn) => a.mul(moved(points, turn), weight), [rows, angle], {
    reference: ([points, turns]) =>
      Array.from({ length: 4 }, (_, k) => {
        const turn = (turns[k >> 1] * Math.PI) / 180;
        const [dx, dy, more] = [points[3 * k] - x, points[3 * k + 1] - y, points[3 * k + 2]];
        const [c, s] = [Math.cos(turn), Math.sin(turn)];
        return [x + c * dx + s * dy, y + c * dy - s * dx, more].map((value, i) => value * weights[3 * k + i]);
      }).flat(),
  });
});
