import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { samples } from "./matrix.ts";

const device = testGpu();
const learned = (data: ag.Values, shape?: ag.Shape) => ag.parameter(device.gpu, data, shape);
const four = [[1, 2, 6.5, 5], [0.25, -1, 3, 4], [2, 2, 9, 3.5], [-2, 1, 0.5, 8]]; // biome-ignore format: boxes
const some = () => learned(four.flat(), [2, 2, 4]);

/** Each box of four values by itself. */
const each = (f: (box: number[], i: number) => number[]) => ([v]: readonly ArrayLike<number>[]) => samples(v, 4).flatMap(f); // biome-ignore format: short

const centred = ([x0, y0, x1, y1]: number[]) => [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0];
const sized = ([x0, y0, x1, y1]: number[]) => [x0, y0, x1 - x0, y1 - y0];

test("convertBbox: value and gradients, there and back", async () => {
  await ag.assertGradients((b) => ag.convertBbox(b, "xyxy", "xywh"), [some()], { reference: each(sized) });
  await ag.assertGradients((b) => ag.convertBbox(b, "xyxy", "cxcywh"), [some()], { reference: each(centred) });
  const formats = ["xyxy", "xywh", "cxcywh"] as const;
  for (const from of formats)
    for (const to of formats) {
      const back = await ag.convertBbox(ag.convertBbox(some(), from, to), to, from).read();
      for (const [i, v] of back.entries()) expect(v).toBeCloseTo(four.flat()[i], 5);
    }
});

test("transformBbox: the box around four moved corners, with gradients", async () => {
  const m = learned([[0.9, 0.4, 2, -0.3, 1.1, -1, 0.01, 0.02, 1], [0.2, -1, 3, 1, 0.3, 0, -0.01, 0, 1]].flat(), [2, 3, 3]); // biome-ignore format: matrices
  const moved = (t: readonly number[], [x0, y0, x1, y1]: number[]) => {
    const corners = [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ].map(([ex, ey]) => {
      // biome-ignore format: corners
      const [x, y] = [ex - 0.5, ey - 0.5];
      const row = (r: number) => t[3 * r] * x + t[3 * r + 1] * y + t[3 * r + 2];
      return [row(0) / row(2) + 0.5, row(1) / row(2) + 0.5];
    });
    const [xs, ys] = [0, 1].map((i) => corners.map((c) => c[i]));
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  };
  await ag.assertGradients(ag.transformBbox, [m, some()], {
    reference: ([t, b]) => samples(b, 4).flatMap((box, i) => moved(samples(t, 9)[Math.floor(i / 2)], box)),
  });
  // A quarter turn of an image takes its box to its box, exactly.
  const turn = ag.getRotationMatrix2d([2, 2], ag.tensor(device.gpu, 90));
  const whole = ag.transformBbox(ag.convertAffinematrixToHomography(turn), ag.tensor(device.gpu, [[0, 0, 5, 5], [0, 0, 2, 1]])); // biome-ignore format: boxes
  expect([...(await whole.read())]).toEqual([0, 0, 5, 5, 0, 3, 1, 5]);
});

test("shapes, areas, corners, cuts: value and gradients", async () => {
  await ag.assertGradients((b) => ag.inferBboxShape(b).height, [some()], {
    reference: each(([, y0, , y1]) => [y1 - y0]),
  });
  await ag.assertGradients((b) => ag.inferBboxShape(b).width, [some()], { reference: each(([x0, , x1]) => [x1 - x0]) });
  await ag.assertGradients(ag.bboxArea, [some()], {
    reference: each(([x0, y0, x1, y1]) => [(x1 - x0) * (y1 - y0)]),
  });
  await ag.assertGradients(ag.bboxToPoints, [some()], {
    reference: each(([x0, y0, x1, y1]) => [x0, y0, x1, y0, x1, y1, x0, y1].map((v) => v - 0.5)),
  });
  await ag.assertGradients((b) => ag.clampBbox(b, 4, 7), [some()], {
    reference: each((box) => box.map((v, i) => Math.min(Math.max(v, 0), i % 2 ? 4 : 7))),
  });
  await ag.assertGradients((x, y, w) => ag.bboxGenerator(x, y, w, 3), [learned([1, 2]), learned([0, 5]), learned(4)], {
    reference: ([x, y, w]) => [x[0], y[0], x[0] + w[0], y[0] + 3, x[1], y[1], x[1] + w[0], y[1] + 3],
  });
  const points = learned([[1, 5], [3, 2], [-1, 4]]); // biome-ignore format: points
  expect([...(await ag.pointsToBbox(points).read())]).toEqual([-0.5, 2.5, 3.5, 5.5]);
});

test("bboxIou: value and gradients", async () => {
  const [a, b] = [learned(four.slice(0, 2)), learned(four.slice(1))];
  const iou = (p: number[], q: number[]) => {
    const side = (i: number) => Math.max(0, Math.min(p[i + 2], q[i + 2]) - Math.max(p[i], q[i]));
    const area = (r: number[]) => (r[2] - r[0]) * (r[3] - r[1]);
    return (side(0) * side(1)) / (area(p) + area(q) - side(0) * side(1));
  };
  await ag.assertGradients(ag.bboxIou, [a, b], {
    reference: ([p, q]) => samples(p, 4).flatMap((r) => samples(q, 4).map((s) => iou(r, s))),
  });
  const nothing = ag.zeros(device.gpu, [1, 4]);
  expect([...(await ag.bboxIou(nothing, nothing).read())]).toEqual([0]);
});

test("bboxToMask: centres of pixels, or the share of each pixel with gradients", async () => {
  const hard = ag.bboxToMask(ag.tensor(device.gpu, [[1, 0, 3, 2], [0.6, 0.4, 1.4, 9]]), { height: 3, width: 4 }); // biome-ignore format: boxes
  expect([...(await hard.read())]).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0].concat(new Array(12).fill(0)));
  const cover = (start: number, end: number, i: number) =>
    Math.min(Math.max(Math.min(end, i + 1) - Math.max(start, i), 0), 1);
  await ag.assertGradients((b) => ag.bboxToMask(b, { height: 6, width: 7, soft: true }), [some()], {
    reference: each(([x0, y0, x1, y1]) =>
      Array.from({ length: 42 }, (_, i) => cover(y0, y1, Math.floor(i / 7)) * cover(x0, x1, i % 7)),
    ),
  });
});

test("validateBbox, and what does not fit is refused", async () => {
  const boxes = ag.tensor(device.gpu, [[0, 0, 1, 1], [2, 0, 1, 1], [0, 0, 0, 1], [0, 0, Number.NaN, 1], [0, 0, 1, Infinity]]); // biome-ignore format: boxes
  expect([...(await ag.validateBbox(boxes).read())]).toEqual([1, 0, 0, 0, 0]);
  expect(() => ag.bboxArea(ag.zeros(device.gpu, [3]))).toThrow(
    /boxes of bboxArea\(\): got \[3\]; allowed is \[\.\.\., 4\]/,
  );
  expect(() => ag.transformBbox(ag.zeros(device.gpu, [3, 3, 3]), some())).toThrow(/matrix of transformBbox\(\)/);
  expect(() => ag.bboxToMask(some(), { height: 3 } as never)).toThrow(/width of bboxToMask\(\): got undefined/);
  expect(() => ag.convertBbox(some(), "xyxy", "xxyy" as never)).toThrow(/to of convertBbox\(\)/);
});
