import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [H, W] = [20, 30];

type Matrix = readonly number[];
/** A point through a matrix, row by row. */
const through = (m: Matrix, x: number, y: number): [number, number] => {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
};
/** The hull of a box's four corners, in edges. */
function hull(m: Matrix, [x0, y0, x1, y1]: readonly number[]): number[] {
  const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(([x, y]) => through(m, x - 0.5, y - 0.5)); // biome-ignore format: corners
  const [xs, ys] = [corners.map(([x]) => x + 0.5), corners.map(([, y]) => y + 0.5)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
const clipped = ([x0, y0, x1, y1]: readonly number[]) => [
  Math.min(Math.max(x0, 0), W),
  Math.min(Math.max(y0, 0), H),
  Math.min(Math.max(x1, 0), W),
  Math.min(Math.max(y1, 0), H),
];
const area = ([x0, y0, x1, y1]: readonly number[]) => Math.max(x1 - x0, 0) * Math.max(y1 - y0, 0);

/** Boxes of a batch through one matrix for each sample. */
const moved = (matrices: readonly Matrix[], given: Record<string, unknown>) =>
  a.sequential([a.warp({ matrix: matrices.map((m) => [...m]) as never })])(given, {
    shape: [matrices.length, 1, H, W],
  });
const flat = (rows: readonly (readonly number[])[], shape: number[]) => a.tensor(device.gpu, rows.flat(), shape);
const near = (given: ArrayLike<number>, wanted: readonly number[], within: number) => {
  expect(given.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(given[i] - value), `${i}: ${given[i]}, wanted ${value}`).toBeLessThan(within);
  });
};

const matrix = fc
  .tuple(...[0.5, 0.5, 8, 0.5, 0.5, 8, 0.004, 0.004].map((most) => fc.double({ min: -most, max: most, noNaN: true })))
  .map(([a, b, c, d, e, f, g, h]) => [1 + a, b, c, d, 1 + e, f, g, h, 1]);
const box = fc
  .tuple(
    ...[26, 16].map((most) => fc.double({ min: -4, max: most, noNaN: true })),
    ...[1, 1].map(() => fc.double({ min: 0.5, max: 12, noNaN: true })),
  )
  .map(([x, y, w, h]) => [x, y, x + w, y + h]);
const BATCH = 24;
const batch = fc.array(fc.tuple(matrix, fc.array(box, { minLength: 2, maxLength: 2 })), {
  minLength: BATCH,
  maxLength: BATCH,
});

describe("upright boxes", () => {
  test("are the hull of the moved corners, cut off at the image, through any matrix", async () => {
    const [drawn] = fc.sample(batch, { numRuns: 1, seed: 5 });
    const rows = flat(drawn.map(([, boxes]) => boxes.flat()), [BATCH, 2, 4]); // biome-ignore format: one call
    const out = moved(drawn.map(([m]) => m), { free: a.asBoxes(rows, { clip: false }), boxes: rows }); // biome-ignore format: one call
    const hulls = drawn.flatMap(([m, boxes]) => boxes.map((each) => hull(m, each)));
    near(await (out.free as { data: a.Tensor }).data.read(), hulls.flat(), 2e-3);
    near(await (out.boxes as a.Tensor).read(), hulls.flatMap(clipped), 2e-3);
  });

  test("limits say which are kept, and change no box", async () => {
    const [drawn] = fc.sample(batch, { numRuns: 1, seed: 6 });
    const rows = flat(drawn.map(([, boxes]) => boxes.flat()), [BATCH, 2, 4]); // biome-ignore format: one call
    const limits = { minArea: 20, minVisibility: 0.6, minWidth: 3, minHeight: 2.5, maxAspect: 3 };
    const names = Object.keys(limits) as (keyof typeof limits)[];
    const asked = Object.fromEntries(names.map((name) => [name, a.asBoxes(rows, { [name]: limits[name] })]));
    const out = moved(drawn.map(([m]) => m), { ...asked, all: a.asBoxes(rows, limits), boxes: a.asBoxes(rows) }); // biome-ignore format: one call
    const hulls = drawn.flatMap(([m, boxes]) => boxes.map((each) => hull(m, each)));
    const fits: Record<string, (seen: number[], whole: number[]) => boolean> = {
      minArea: (seen) => area(seen) >= 20,
      minVisibility: (seen, whole) => area(seen) >= 0.6 * area(whole),
      minWidth: (seen) => seen[2] - seen[0] >= 3,
      minHeight: (seen) => seen[3] - seen[1] >= 2.5,
      maxAspect: ([x0, y0, x1, y1]) => Math.max((x1 - x0) / (y1 - y0), (y1 - y0) / (x1 - x0)) <= 3,
      boxes: () => true,
      all: (...args) => names.every((name) => fits[name](...args)),
    };
    for (const [name, value] of Object.entries(out) as [string, a.Boxes][]) {
      const wanted = hulls.map((whole) => Number(area(clipped(whole)) > 0 && fits[name](clipped(whole), whole)));
      expect([...(await (value.kept as a.Tensor).read())], name).toEqual(wanted);
      expect(wanted.filter(Boolean).length).toBeGreaterThan(0);
      expect(await (value.data as a.Tensor).read()).toEqual(
        await (out.boxes as a.Boxes & { data: a.Tensor }).data.read(),
      );
    }
  });

  test("of every format are the same boxes, further columns go along", async () => {
    const edges = [[4, 5, 14, 11], [20, 2, 28, 18]]; // biome-ignore format: boxes
    const formats: Record<string, [a.BoxOptions, (box: number[]) => number[]]> = {
      xyxy: [{}, (box) => box],
      xywh: [{ format: "xywh" }, ([x0, y0, x1, y1]) => [x0, y0, x1 - x0, y1 - y0]],
      cxcywh: [{ format: "cxcywh" }, ([x0, y0, x1, y1]) => [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0]],
      yolo: [
        { format: "cxcywh", normalized: true },
        ([x0, y0, x1, y1]) => [(x0 + x1) / 2 / W, (y0 + y1) / 2 / H, (x1 - x0) / W, (y1 - y0) / H],
      ],
      parts: [{ normalized: true }, ([x0, y0, x1, y1]) => [x0 / W, y0 / H, x1 / W, y1 / H]],
    };
    const angle = 25;
    const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    const [cx, cy] = [(W - 1) / 2, (H - 1) / 2];
    const m = [c, s, cx - c * cx - s * cy, -s, c, cy + s * cx - c * cy, 0, 0, 1];
    const given = Object.fromEntries(
      Object.entries(formats).map(([name, [options, write]]) => [
        name,
        a.asBoxes(flat(edges.map((each, i) => [...write(each), 7 + i]), [1, 2, 5]), options), // biome-ignore format: one call
      ]),
    );
    const out = a.sequential([a.rotate({ angle })])(given, { shape: [1, 1, H, W] });
    for (const [name, [, write]] of Object.entries(formats)) {
      const wanted = edges.flatMap((each, i) => [...write(clipped(hull(m, each))), 7 + i]);
      near(await (out[name].data as a.Tensor).read(), wanted, 1e-3);
    }
  });

  test("an ellipse is smaller than its corners say, and no smaller than it is", async () => {
    const rows = flat([[6, 4, 20, 12]], [1, 1, 4]);
    const angle = 45;
    const out = a.sequential([a.rotate({ angle })])(
      { round: a.asBoxes(rows, { outline: "ellipse", clip: false }) },
      { shape: [1, 1, H, W] },
    );
    const [rx, ry] = [7, 4];
    const half = Math.sqrt((rx * rx + ry * ry) / 2);
    const [x0, y0, x1, y1] = await (out.round.data as a.Tensor).read();
    for (const side of [x1 - x0, y1 - y0]) {
      expect(side).toBeLessThan(2 * half + 1e-3);
      expect(side).toBeGreaterThan(2 * half * 0.998);
    }
  });
});

describe("boxes that make trouble", () => {
  const flip = a.sequential([a.horizontalFlip()]);
  const call = (boxes: a.Rows, options?: a.BoxOptions, n = 1) =>
    flip({ image: a.zeros(device.gpu, [n, 1, H, W]), boxes: a.asBoxes(boxes, options) }).boxes;

  test("NaN, no area, the wrong way round, outside: not kept, and no crash", async () => {
    const rows = [[Number.NaN, 0, 4, 4], [3, 3, 3, 9], [9, 9, 4, 4], [-9, 0, -2, 4], [1, 1, 2, 2]]; // biome-ignore format: boxes
    const { data, kept } = call(flat(rows, [1, 5, 4]));
    expect([...(await (kept as a.Tensor).read())]).toEqual([0, 0, 0, 0, 1]);
    const read = await (data as a.Tensor).read();
    expect(Number.isNaN(read[0]) || Number.isNaN(read[2])).toBe(true);
    expect([...read.slice(16)]).toEqual([28, 1, 29, 2]);
  });

  test("a coordinate just above 1 is cut off", async () => {
    const { data, kept } = call(flat([[0.9, 0.5, 1.0000001, 1.0000001]], [1, 1, 4]), { normalized: true });
    near(await (data as a.Tensor).read(), [0, 0.5, 0.1, 1], 1e-6);
    expect([...(await (kept as a.Tensor).read())]).toEqual([1]);
  });

  test("as many for each image as it has: lists, and padding with counts", async () => {
    const some = [flat([[1, 2, 3, 4], [5, 6, 7, 8]], [2, 4]), null, flat([[0, 0, 9, 9]], [1, 4])]; // biome-ignore format: boxes
    const { data, kept } = call(some, {}, 3);
    const [first, none, last] = data as (a.Tensor | null)[];
    expect(none).toBeNull();
    expect([...(await first!.read())]).toEqual([27, 2, 29, 4, 23, 6, 25, 8]);
    expect([...(await last!.read())]).toEqual([21, 0, 30, 9]);
    expect((kept as (a.Tensor | null)[]).map((each) => each?.shape ?? null)).toEqual([[2], null, [1]]);
    expect(call([null, null], {}, 2)).toMatchObject({ data: [null, null], kept: [null, null] });
    const padded = flat([[1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 9, 9], [0, 0, 9, 9]], [2, 2, 4]); // biome-ignore format: boxes
    const counted = call(padded, { counts: [2, 1] }, 2);
    expect([...(await (counted.kept as a.Tensor).read())]).toEqual([1, 1, 1, 0]);
  });
});

test("gradients reach boxes, and what moved them, through rotation, clipping and formats", async () => {
  const boxes = a.parameter(device.gpu, [0.3, 0.4, 0.2, 0.3, 0.7, 0.6, 0.5, 0.4], [1, 2, 4]);
  const angle = a.parameter(device.gpu, [17], [1]);
  const weight = a.tensor(device.gpu, [1, -2, 0.5, 3, -1, 0.7, 2, -0.4], [1, 2, 4]);
  await a.assertGradients(
    (b, turn) =>
      a.mul(
        a.sequential([a.rotate({ angle: turn })])(
          { boxes: a.asBoxes(b, { format: "cxcywh", normalized: true }) },
          { shape: [1, 1, H, W] },
        ).boxes.data as a.Tensor,
        weight,
      ),
    [boxes, angle],
    {
      reference: ([b, [turn]]) => {
        const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
        const [cx, cy] = [(W - 1) / 2, (H - 1) / 2];
        const m = [c, s, cx - c * cx - s * cy, -s, c, cy + s * cx - c * cy, 0, 0, 1];
        const w = [1, -2, 0.5, 3, -1, 0.7, 2, -0.4];
        const rows = [0, 1].flatMap((k) => {
          const [x, y, bw, bh] = Array.from(b).slice(4 * k, 4 * k + 4);
          const edges = [(x - bw / 2) * W, (y - bh / 2) * H, (x + bw / 2) * W, (y + bh / 2) * H];
          const [x0, y0, x1, y1] = clipped(hull(m, edges));
          return [(x0 + x1) / 2 / W, (y0 + y1) / 2 / H, (x1 - x0) / W, (y1 - y0) / H];
        });
        return rows.map((value, i) => value * w[i]);
      },
    },
  );
});

describe("gradients of boxes", () => {
  const formats: Record<string, [a.BoxOptions, (row: number[]) => number[], (edges: number[]) => number[]]> = {
    edges: [{}, (row) => row, (edges) => edges],
    corner: [
      { format: "xywh" },
      ([x, y, w, h]) => [x, y, x + w, y + h],
      ([x0, y0, x1, y1]) => [x0, y0, x1 - x0, y1 - y0],
    ],
    parts: [
      { normalized: true, clip: false },
      ([x0, y0, x1, y1]) => [x0 * W, y0 * H, x1 * W, y1 * H],
      ([x0, y0, x1, y1]) => [x0 / W, y0 / H, x1 / W, y1 / H],
    ],
    centre: [
      { format: "cxcywh", clip: false },
      ([x, y, w, h]) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2],
      ([x0, y0, x1, y1]) => [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0],
    ],
  };
  const wide = [[3.3, 4.1, 16.2, 11.7], [-2.5, 6.2, 9.4, 24.6]]; // biome-ignore format: boxes
  const still = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const slanted = [1.1, 0.2, -3, -0.15, 0.9, 2, 0.002, -0.003, 1];

  test.each(Object.entries(formats))(
    "%s: as they stand, mirrored and slanted, and of further columns",
    async (_, of) => {
      const [options, edgesOf, rowOf] = of;
      const rows = wide.flatMap((edges, k) => [...rowOf(edges), 5 + k]);
      const boxes = a.parameter(device.gpu, rows, [1, 2, 5]);
      const weights = Array.from({ length: 10 }, (_, i) => ((i * 7) % 5) - 1.7);
      const weight = a.tensor(device.gpu, weights, [1, 2, 5]);
      const mirror = [-1, 0, W - 1, 0, 1, 0, 0, 0, 1];
      const chains: [Matrix, a.Transform][] = [
        [still, a.brightness({ factor: 1 })],
        [mirror, a.horizontalFlip()],
        [slanted, a.warp({ matrix: [...slanted] })],
      ];
      for (const [m, transform] of chains) {
        const run = (b: a.Tensor) =>
          a.sequential([transform])({ boxes: a.asBoxes(b, options) }, { shape: [1, 1, H, W] }).boxes.data as a.Tensor;
        await a.assertGradients((b) => a.mul(run(b), weight), [boxes], {
          reference: ([given]) =>
            [0, 1].flatMap((k) => {
              const row = Array.from(given).slice(5 * k, 5 * k + 5);
              const whole = hull(m, edgesOf(row));
              const made = [...rowOf(options.clip === false ? whole : clipped(whole)), row[4]];
              return made.map((value, c) => value * weights[5 * k + c]);
            }),
        });
      }
    },
  );
});

describe("oriented boxes", () => {
  test("turn exactly with turns and growth, whichever way they stand", async () => {
    const rows = [[10, 8, 8, 4, 0, 1], [20, 12, 6, 3, 130, 2], [15.5, 10, 5, 5, -170, 3]]; // biome-ignore format: boxes
    const out = a.sequential([a.affine({ angle: 35, scaleX: 1.5, scaleY: 1.5 })])(
      { boxes: a.asBoxes(flat(rows, [1, 3, 6]), { format: "oriented" }) },
      { shape: [1, 1, H, W] },
    );
    const result = await (out.boxes.data as a.Tensor).read();
    const [c, s] = [Math.cos((35 * Math.PI) / 180), Math.sin((35 * Math.PI) / 180)];
    rows.forEach(([x, y, w, h, angle, column], k) => {
      const [dx, dy] = [x - W / 2, y - H / 2];
      const turnedBy = ((((angle + 35 + 180) % 360) + 360) % 360) - 180;
      const wanted = [
        W / 2 + 1.5 * (c * dx + s * dy),
        H / 2 + 1.5 * (c * dy - s * dx),
        1.5 * w,
        1.5 * h,
        turnedBy,
        column,
      ];
      near(result.slice(6 * k, 6 * k + 6), wanted, 2e-3);
    });
  });

  test("hold the moved outline where it slants, and as tightly as their angle lets them", async () => {
    const row = [14, 9, 10, 4, 20];
    const out = a.sequential([a.shear({ x: 25 })])(
      { boxes: a.asBoxes(flat([row], [1, 1, 5]), { format: "oriented" }) },
      { shape: [1, 1, H, W] },
    );
    const [cx, cy, w, h, angle] = await (out.boxes.data as a.Tensor).read();
    const at = (x: number, y: number, turn: number) => {
      const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
      return [c * x - s * y, s * x + c * y];
    };
    const corners = [
      [-5, -2],
      [5, -2],
      [5, 2],
      [-5, 2],
    ].map(([x, y]) => {
      // biome-ignore format: corners
      const [dx, dy] = at(x, y, -row[4]);
      return [row[0] + dx, row[1] + dy];
    });
    const motion = a.motionOf(device.gpu, [a.shear({ x: 25 })], [1, 1, H, W]);
    const places = motion.points(a.sub(flat(corners, [1, 4, 2]), 0.5));
    const moved = await places.read();
    const inside = [0, 1, 2, 3].map((i) => at(moved[2 * i] + 0.5 - cx, moved[2 * i + 1] + 0.5 - cy, angle));
    expect(Math.max(...inside.map(([x]) => x))).toBeCloseTo(w / 2, 3);
    expect(Math.min(...inside.map(([x]) => x))).toBeCloseTo(-w / 2, 3);
    expect(Math.max(...inside.map(([, y]) => y))).toBeCloseTo(h / 2, 3);
    expect(Math.min(...inside.map(([, y]) => y))).toBeCloseTo(-h / 2, 3);
  });
});
