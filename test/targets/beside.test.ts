/** Labels through links that run side by side: where weights learn, and in mixtures. */
import { expect, test, vi } from "vitest";
import * as a from "../../src/index.ts";
import { randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

const [N, S] = [8, 20];
const read = async (x: unknown): Promise<number[]> => [...(await (x as a.Tensor).read())];

/** Everything that an object may hold, as many of each sample. */
function things() {
  const { gpu } = device;
  const r = randomFrom(2, 9);
  const noise = (count: number, lo: number, hi: number) => Array.from({ length: count }, () => r.between(lo, hi));
  const corners = Array.from({ length: N * 2 }, () => [
    r.between(1, 8),
    r.between(1, 8),
    r.between(10, 18),
    r.between(10, 18),
  ]);
  const mask = a.tensor(gpu, noise(N * S * S, 0, 9).map(Math.round), [N, 1, S, S]);
  return {
    image: a.tensor(gpu, noise(3 * N * S * S, 0, 1), [N, 3, S, S]),
    mask,
    heatmap: a.tensor(gpu, noise(N * S * S, 0, 1), [N, 1, S, S]),
    boxes: a.tensor(gpu, corners.flat(), [N, 2, 4]),
    bboxes: a.asBoxes(a.tensor(gpu, noise(N * 5, 5, 9), [N, 1, 5]), { format: "oriented" }),
    keypoints: a.asKeypoints(a.tensor(gpu, noise(N * 6, 2, 17), [N, 3, 2]), { swap: [[0, 1]] }),
    lines: a.tensor(gpu, noise(N * 4, 2, 17), [N, 2, 2]),
    instances: a.asInstances({
      boxes: a.tensor(gpu, corners.flat(), [N, 2, 4]),
      labels: a.tensor(gpu, noise(N * 2, 0, 9), [N, 2]),
    }),
  };
}

/** The tensors of a result, by their place. */
const flat = (value: unknown, at = ""): [string, a.Tensor][] => {
  if (value instanceof a.Tensor) return [[at, value]];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, each]) => flat(each, `${at}.${name}`))
    : [];
};

const LINKS = {
  maps: [
    a.rotate({ angle: a.uniform(-40, 40) }),
    [a.horizontalFlip(), a.invert()],
    a.crop({ x: 2, y: 1, width: S, height: S }),
  ],
  bends: [
    a.fisheye({ centerX: 0.1, centerY: -0.1, gamma: 1.4 }),
    [],
    [a.translate({ x: 3 }), a.gaussianBlur({ sigma: 1 })],
  ],
};

test.each(Object.entries(LINKS))("a sample's labels go the way of the link that it drew: %s", async (_, links) => {
  const weights = a.parameter(device.gpu, [0.5, 0.3, 0.2]);
  const pipeline = a.sequential(
    [
      a.oneOf(links, { weights }),
      a.sometimes(a.parameter(device.gpu, [0.5]), [a.translate({ y: 2 })]),
      a.scale({ x: 1.1 }),
    ],
    { compose: false },
  );
  const params = pipeline.sample(N, { step: 5 });
  const known = await pipeline.read(params);
  expect(new Set(known.choices![0].chosen as number[]).size).toBe(3);
  const given = things();
  const [drawn, told] = [pipeline.replay(given, params), pipeline.replay(given, known)].map((out) => flat(out));
  expect(drawn.map(([at]) => at)).toEqual(told.map(([at]) => at));
  expect(drawn.length).toBeGreaterThan(10);
  for (const [i, [at, tensor]] of drawn.entries()) {
    const [own, other] = [await read(tensor), await read(told[i][1])];
    // What is left of a box may hang on the last bit.
    own.forEach((value, k) => expect(Math.abs(value - other[k]), `${at} ${k}`).toBeLessThan(2e-3));
  }
  const points = given.keypoints.data as a.Tensor;
  const [there, expected] = [pipeline.motion(given.image, params), pipeline.motion(given.image, known)];
  const moved = await read(there.points(points));
  (await read(expected.points(points))).forEach((value, k) => expect(moved[k]).toBeCloseTo(value, 3));
  const again = await read(there.inverse().points(there.points(points)));
  (await read(points)).forEach((value, k) => expect(Math.abs(again[k] - value)).toBeLessThan(0.02));
});

test("weights learn from where points go, as from images: the gradient is that of the mean of all links", async () => {
  const { gpu } = device;
  const start = [0.5, 0.3, 0.4];
  const weights = a.parameter(gpu, start);
  const links = [a.translate({ x: 2, y: 1 }), a.scale({ x: 1.5 }), []];
  const r = randomFrom(4, 4);
  const at = Array.from({ length: N * 2 }, () => r.between(2, 17));
  const along = Array.from({ length: N * 2 }, () => r.between(-1, 1));
  const pipeline = a.sequential([a.oneOf(links, { weights })]);
  const { keypoints } = pipeline({ keypoints: a.tensor(gpu, at, [N, 1, 2]) }, { step: 1, shape: [N, 1, S, S] });
  const loss = a.sum(a.mul(keypoints, a.tensor(gpu, along, [N, 1, 2])));
  const [g] = a.grad(loss, [weights]);
  const centre = (S - 1) / 2;
  const ways = [
    (v: number, k: number) => v + (k % 2 ? 1 : 2),
    (v: number, k: number) => (k % 2 ? v : centre + 1.5 * (v - centre)),
    (v: number) => v,
  ];
  const values = ways.map((way) => at.reduce((sum, v, k) => sum + along[k] * way(v, k), 0));
  const total = start.reduce((sum, w) => sum + w, 0);
  const mean = values.reduce((sum, value, k) => sum + (start[k] / total) * value, 0);
  (await read(g)).forEach((value, k) => expect(value).toBeCloseTo((values[k] - mean) / total, 3));
});

test("in shares, labels stay where all links leave pixels where they are, and classes are mixed as the images are", async () => {
  const { gpu } = device;
  const weights = a.parameter(gpu, [0.5, 0.5]);
  const given = things();
  const still = a.sequential([
    a.oneOf([a.invert(), [a.gaussianBlur({ sigma: 1 }), a.sharpness({ factor: 1.5 })]], {
      weights,
      estimator: "relaxed",
    }),
    a.mixture([a.solarize({ threshold: 0.5 }), a.medianBlur({ kernelSize: 3 })]),
  ]);
  const out = still(given, { step: 0 });
  for (const name of ["mask", "boxes", "lines"] as const)
    expect(await read(out[name])).toEqual(await read(given[name]));

  const mix = a.sequential([
    a.oneOf([a.mixup({ partner: Array.from({ length: N }, (_, n) => (n + 1) % N), lambda: 0.25 }), []], {
      weights,
      estimator: "relaxed",
    }),
  ]);
  const classes = a.tensor(
    gpu,
    Array.from({ length: N }, (_, n) => n),
  );
  // The images are those of their classes, so that what becomes of both is the same.
  const image = a.reshape(a.oneHot(classes, N), [N, N, 1, 1]);
  const mixed = mix({ image, labels: a.oneHot(classes, N) }, { step: 2 });
  const [labels, images] = [await read(mixed.labels), await read(mixed.image)];
  labels.forEach((value, k) => expect(value).toBeCloseTo(images[k], 5));
  expect(new Set(labels.map((value) => value.toFixed(3))).size).toBeGreaterThan(8);
});

test("a mean of links that move pixels has a heat map, and no mask or place, unless one of them has all", async () => {
  const { image, mask, heatmap, boxes } = things();
  const moving = a.sequential([a.mixture([a.rotate({ angle: 20 }), a.invert()])]);
  expect(() => moving({ image, boxes }, { step: 0 })).toThrow(
    /boxes: got labels beside a mean of what several links make/,
  );
  expect(() => moving({ image, mask }, { step: 0 })).toThrow(/mask: got labels beside a mean/);
  expect(() => moving({ image, instances: { masks: mask } }, { step: 0 })).toThrow(
    /instances\.masks: got labels beside/,
  );
  const params = moving.sample(N, { step: 0 });
  expect(() => moving.motion(image, params)).toThrow(/links that run side by side.*no one motion/s);
  const alike = moving.replay({ image: heatmap, heatmap }, params);
  expect(await read(alike.heatmap)).not.toEqual(await read(heatmap));

  const shares = Array.from({ length: N }, (_, n) => [0, 1, 2].map((k) => Number(k === n % 3)));
  const one = { ...params, choices: [{ name: "mixture" as const, chosen: [], shares }] };
  const out = moving.replay({ image, boxes, mask }, one);
  const turned = a.sequential([a.rotate({ angle: 20, on: shares.map(([first]) => first) })])({ image, boxes, mask });
  const boxesOut = await read(out.boxes);
  (await read(turned.boxes)).forEach((value, k) => expect(boxesOut[k]).toBeCloseTo(value, 4));
  expect(await read(out.mask)).toEqual(await read(turned.mask));
});

test("a mix with partners in one of several branches is refused beside places, by its name", () => {
  const { image, boxes, mask } = things();
  const weights = a.parameter(device.gpu, [0.5, 0.5]);
  const pipeline = a.sequential([
    a.oneOf([a.cutmix({ partner: 0, x: 0, y: 0, width: 4, height: 4 }), []], { weights }),
  ]);
  expect(() => pipeline({ image, boxes }, { step: 0 })).toThrow(
    /boxes: got places beside cutmix in one of several links/,
  );
  expect(() => pipeline({ image, mask }, { step: 0 })).not.toThrow();
});
