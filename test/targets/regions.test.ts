/** Labels under links that are applied in a region of the images. */
import { expect, test, vi } from "vitest";
import * as a from "../../src/index.ts";
import { randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

const [N, S] = [3, 32];
const read = async (x: unknown): Promise<number[]> => [...(await (x as a.Tensor).read())];
const BOX = [4, 6, 26, 28];

/** 1 in a circle, as a mask of all images or of each. */
const disc = (samples: number): a.Tensor => {
  const inside = Array.from({ length: S * S }, (_, i) => Number(Math.hypot((i % S) - 15, Math.floor(i / S) - 16) < 12));
  return a.tensor(device.gpu, Array.from({ length: samples }, () => inside).flat(), [samples, 1, S, S]);
};

/** What moves pixels in a region; maps and a field. */
const regions: Record<string, () => a.Tree[]> = {
  box: () => [a.within({ box: BOX }, [a.rotate({ angle: [20, -35, 60] }), a.invert()])],
  "a box for each, by coins": () => [
    a.sometimes(0.6, [a.within({ box: [[4, 6, 26, 28], [2, 2, 30, 20], [8, 0, 32, 30]] }, [a.translate({ x: [3, -2, 4], y: 1 })])]), // biome-ignore format: boxes
  ],
  "mask, a field": () => [a.within(disc(1), [a.fisheye({ centerX: 0.1, centerY: -0.1, gamma: 1.3 })])],
  "mask of each, maps around": () => [
    a.scale({ x: 1.1, y: 0.9 }),
    a.within(disc(N), [a.rotate({ angle: 40 }), a.within({ box: [0, 0, 20, 32] }, [a.translate({ y: 2 })])]),
    a.horizontalFlip({ p: 0.5 }),
  ],
};

test.each(Object.keys(regions))("masks show what the image does, and motions where it comes from: %s", async (name) => {
  const r = randomFrom(7, 2);
  const pipeline = a.sequential(regions[name]());
  const params = pipeline.sample(N, { step: 4 });
  const field = Array.from(
    { length: N * S * S },
    (_, i) => Math.sin((i % S) / 5) + Math.cos(Math.floor((i / S) % S) / 6) + 3,
  );
  const heatmap = a.tensor(device.gpu, field, [N, 1, S, S]);
  const mask = a.tensor(
    device.gpu,
    Array.from({ length: N * S * S }, () => r.whole(1, 200)),
    [N, 1, S, S],
  );
  const out = pipeline.replay({ image: mask, mask, heatmap }, params);
  const motion = pipeline.motion(mask, params);
  const pixels = a.tensor(device.gpu, Array.from({ length: S * S }, (_, i) => [i % S, Math.floor(i / S)]).flat(), [
    S * S,
    2,
  ]);
  const from = await read(motion.inverse().points(pixels));
  const [seen, ids, masks] = [await read(out.heatmap), await read(mask), await read(out.mask)];
  let compared = 0;
  for (let i = 0; i < N * S * S; i++) {
    const [n, x, y] = [Math.floor(i / (S * S)), from[2 * i], from[2 * i + 1]];
    const [u, v] = [Math.round(x), Math.round(y)];
    if (u < 1 || v < 1 || u > S - 2 || v > S - 2) continue;
    const expected = Math.sin(x / 5) + Math.cos(y / 6) + 3;
    expect(Math.abs(seen[i] - expected), `${i}: ${x} ${y}`).toBeLessThan(0.03);
    // Not where two pixels are as near, and where a chain looks twice.
    if (Math.max(Math.abs(x - u), Math.abs(y - v)) > 0.45 || name.includes("around")) continue;
    expect(masks[i]).toBe(ids[(n * S + v) * S + u]);
    compared++;
  }
  if (!name.includes("around")) expect(compared).toBeGreaterThan(S * S);
});

test("what lies in the region moves, and lands where the image shows it; what lies outside stays", async () => {
  const inside = [[12, 14], [18, 20], [10, 19]]; // biome-ignore format: points
  const outside = [[2, 3], [29, 29], [15, 2]]; // biome-ignore format: points
  const at = [...inside, ...outside];
  const dots = at.flatMap(([px, py]) =>
    Array.from({ length: S * S }, (_, i) => Math.exp((-1 / 3) * (((i % S) - px) ** 2 + (Math.floor(i / S) - py) ** 2))),
  );
  const heatmap = a.tensor(device.gpu, dots, [1, at.length, S, S]);
  const keypoints = a.tensor(device.gpu, at.flat(), [1, at.length, 2]);
  for (const where of [{ box: BOX }, disc(1)]) {
    const out = a.sequential([a.within(where, [a.rotate({ angle: 30 }), a.translate({ x: 1.5 })])])({
      heatmap,
      keypoints,
    });
    const [heat, points] = [await read(out.heatmap), await read(out.keypoints)];
    at.forEach(([px, py], k) => {
      const [x, y] = points.slice(2 * k, 2 * k + 2);
      if (k >= inside.length) expect([x, y]).toEqual([px, py]);
      let [sum, sx, sy] = [0, 0, 0];
      for (let i = 0; i < S * S; i++) {
        const value = heat[k * S * S + i];
        sum += value;
        sx += value * (i % S);
        sy += value * Math.floor(i / S);
      }
      // A dot at the border of the region loses some of it.
      expect(Math.hypot(sx / sum - x, sy / sum - y), `${k}`).toBeLessThan(k < inside.length ? 0.4 : 1);
    });
  }
});

test("boxes and instances in the region move, with the gradient of the links", async () => {
  const { gpu } = device;
  const x = a.parameter(gpu, [2]);
  const boxes = a.tensor(gpu, [[8, 10, 14, 18], [27, 1, 31, 4]].flat(), [1, 2, 4]); // biome-ignore format: boxes
  const masks = a.bboxToMask(boxes, { height: S, width: S });
  const pipeline = a.sequential([a.within({ box: BOX }, [a.translate({ x, y: 3 })])]);
  const out = pipeline({ boxes, all: a.asInstances({ boxes, masks }, { boxesOf: "masks" }) }, { shape: [1, 3, S, S] });
  expect(await read(out.boxes)).toEqual([10, 13, 16, 21, 27, 1, 31, 4]);
  expect(await read(out.all.data.boxes)).toEqual([10, 13, 16, 21, 27, 1, 31, 4]);
  expect(await read(out.all.kept)).toEqual([1, 1]);
  const [g] = a.grad(a.sum(a.mul(out.boxes, a.tensor(gpu, [1, 0, 0.5, 0, 7, 7, 7, 7], [1, 2, 4]))), [x]);
  expect((await read(g))[0]).toBeCloseTo(1.5, 5);
});

test("what is erased in a region is erased of masks there", async () => {
  const mask = a.ones(device.gpu, [1, 1, S, S]);
  const erase = a.within({ box: [0, 0, 16, S] }, [a.erasing({ x: 8, y: 8, width: 16, height: 4 })]);
  const out = await read(a.sequential([erase])({ mask }).mask);
  expect(out.reduce((sum, value) => sum + value, 0)).toBe(S * S - 8 * 4);
});

test("where a pixel is of both, links that move are refused by name", () => {
  const { gpu } = device;
  const image = a.zeros(gpu, [1, 3, S, S]);
  const keypoints = a.zeros(gpu, [1, 1, 2]);
  const rotate = a.rotate({ angle: 20 });
  for (const both of [
    a.blend([rotate], disc(1)),
    a.within({ channels: [0] }, [rotate]),
    a.within(a.ones(gpu, [1, 3, S, S]), [rotate]),
    a.blend([a.within({ box: BOX }, [rotate])], 0.5),
  ])
    expect(() => a.sequential([both])({ image, keypoints })).toThrow(/rotate, which moves pixels/);
});

test("a point that the links move out of the region is not kept, as it is not shown", async () => {
  const at = [24, 10, 12, 12, 29, 10, 2, 2]; // biome-ignore format: four points
  const keypoints = a.asKeypoints(a.tensor(device.gpu, at, [1, 4, 2]), { swap: [[0, 1]] });
  const pipeline = a.sequential([a.within({ box: BOX }, [a.translate({ x: 3 })]), a.horizontalFlip()]);
  const out = pipeline({ keypoints }, { shape: [1, 3, S, S] });
  // Mirrored, and so the pair has changed places.
  expect(await read(out.keypoints.data)).toEqual([S - 1 - 15, 12, S - 1 - 27, 10, S - 1 - 29, 10, S - 1 - 2, 2]);
  expect(await read(out.keypoints.kept)).toEqual([1, 0, 1, 1]);
});
