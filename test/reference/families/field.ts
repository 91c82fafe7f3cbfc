/** Fields in float64: a place per output pixel, from the formulas. */

import {
  build,
  type Case64,
  type Image64,
  type Params64,
  type Reference64,
  randomNumbers,
  row,
  scalar,
  two,
} from "../image.ts";
import { identity } from "../matrix.ts";
import { type Field64, fieldRow } from "../place.ts";
import { references as filters } from "./filter.ts";
import { uniform } from "./noise.ts";

/** −1 at the first of `length` pixels, 1 at the last; 0 where there is one alone. */
const toUnit = (v: number, length: number): number => (length > 1 ? (2 * v) / (length - 1) - 1 : 0);
const fromUnit = (u: number, length: number): number => ((u + 1) * (length - 1)) / 2;

const fisheye: Field64 =
  (params, _, { width, height }) =>
  (n, x, y) => {
    const q = [toUnit(x, width), toUnit(y, height)];
    const c = [scalar(params, "centerX", n, 0), scalar(params, "centerY", n, 0)];
    const growth = 1 + Math.hypot(q[0] - c[0], q[1] - c[1]) ** scalar(params, "gamma", n);
    return [fromUnit(q[0] * growth, width), fromUnit(q[1] * growth, height)];
  };

/** D(x, y) by OpenCV's formulas, and the camera. */
function lensOf(params: Params64, { width, height }: { width: number; height: number }, n: number) {
  const of = (name: string, fallback = 0) => scalar(params, name, n, fallback);
  const f = [of("fx"), of("fy")];
  const c = [of("cx", (width - 1) / 2), of("cy", (height - 1) / 2)];
  const [k1, k2, p1, p2, k3, k4] = ["k1", "k2", "p1", "p2", "k3", "k4"].map((name) => of(name));
  const [k5, k6, s1, s2, s3, s4] = ["k5", "k6", "s1", "s2", "s3", "s4"].map((name) => of(name));
  const [tx, ty] = [of("tiltX"), of("tiltY")].map((degrees) => (degrees * Math.PI) / 180);
  const rx = [
    [1, 0, 0],
    [0, Math.cos(tx), Math.sin(tx)],
    [0, -Math.sin(tx), Math.cos(tx)],
  ];
  const ry = [
    [Math.cos(ty), 0, -Math.sin(ty)],
    [0, 1, 0],
    [Math.sin(ty), 0, Math.cos(ty)],
  ];
  const times = (a: number[][], b: number[][]) =>
    a.map((row) => b[0].map((_, j) => row.reduce((sum, v, k) => sum + v * b[k][j], 0)));
  const r = times(ry, rx);
  const tilt = times(
    [
      [r[2][2], 0, -r[0][2]],
      [0, r[2][2], -r[1][2]],
      [0, 0, 1],
    ],
    r,
  );
  const [[t00, t01, t02], [t10, t11, t12], [t20, t21, t22]] = tilt;
  const bend = (x: number, y: number): [number, number] => {
    const r2 = x * x + y * y;
    const [r4, r6] = [r2 * r2, r2 * r2 * r2];
    const radial = (1 + k1 * r2 + k2 * r4 + k3 * r6) / (1 + k4 * r2 + k5 * r4 + k6 * r6);
    const u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + s1 * r2 + s2 * r4;
    const v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + s3 * r2 + s4 * r4;
    const w = t20 * u + t21 * v + t22;
    return [(t00 * u + t01 * v + t02) / w, (t10 * u + t11 * v + t12) / w];
  };
  return { f, c, bend };
}

/** The lens of each sample; settings are the same for all pixels. */
function lensesOf(params: Params64, size: { width: number; height: number }) {
  const known: ReturnType<typeof lensOf>[] = [];
  return (n: number) => (known[n] ??= lensOf(params, size, n));
}

const undistort: Field64 = (params, _, size) => {
  const lenses = lensesOf(params, size);
  return (n, px, py) => {
    const { f, c, bend } = lenses(n);
    const [u, v] = bend((px - c[0]) / f[0], (py - c[1]) / f[1]);
    return [f[0] * u + c[0], f[1] * v + c[1]];
  };
};

/** The x of D(x) = q, by Newton's method with differences, until nothing moves. */
const distort: Field64 = (params, _, size) => {
  const lenses = lensesOf(params, size);
  return (n, px, py) => {
    const { f, c, bend } = lenses(n);
    const [qx, qy] = [(px - c[0]) / f[0], (py - c[1]) / f[1]];
    const h = 1e-5;
    let [x, y] = [qx, qy];
    for (let step = 0, moved = 1; step < 30 && moved > 1e-15; step++) {
      const [u, v] = bend(x, y);
      const [right, left, below, above] = [bend(x + h, y), bend(x - h, y), bend(x, y + h), bend(x, y - h)];
      const [a, b] = [(right[0] - left[0]) / (2 * h), (right[1] - left[1]) / (2 * h)];
      const [d, e] = [(below[0] - above[0]) / (2 * h), (below[1] - above[1]) / (2 * h)];
      const det = a * e - b * d;
      const dx = (e * (u - qx) - d * (v - qy)) / det;
      const dy = (a * (v - qy) - b * (u - qx)) / det;
      [x, y] = [x - dx, y - dy];
      moved = Math.hypot(dx, dy);
    }
    return [f[0] * x + c[0], f[1] * y + c[1]];
  };
};

/** The noise that a parameter holds, x first, as an image of two channels. */
function imageOf(rows: number[][], samples: number, height: number, width: number): Image64 {
  return build([samples, 2, height, width], (n, c, y, x) => row({ rows }, "rows", n)[(c * height + y) * width + x]);
}

const elastic: Field64 = (params, options, { width, height }, samples) => {
  const noise = params.noise
    ? imageOf(params.noise, samples, height, width)
    : build([samples, 2, height, width], (n, c, y, x) => 2 * uniform(params, 0, [n, 0, y, x], false, c) - 1);
  const sigma = { sigmaX: params.sigmaX ?? [[32]], sigmaY: params.sigmaY ?? [[32]] };
  const given = options.kernelSize ?? 63;
  const kernelSize = typeof given === "number" ? [given, given] : given;
  const blur = filters.gaussianBlur as (x: Image64, params: object, options: object) => Image64;
  const smooth = blur(noise, sigma, { kernelSize, padding: "zeros" });
  const hold = (v: number, length: number) => (options.clamp ? Math.min(Math.max(v, 0), length - 1) : v);
  const moved = (n: number, c: number, x: number, y: number, name: string, length: number) =>
    hold(
      (c ? y : x) +
        (scalar(params, name, n, 1) * smooth.data[((n * 2 + c) * height + y) * width + x] * (length - 1)) / 2,
      length,
    );
  return (n, x, y) => [moved(n, 0, x, y, "alphaX", width), moved(n, 1, x, y, "alphaY", height)];
};

const remap: Field64 =
  (params, options, { width, height }) =>
  (n, x, y) => {
    const grid = row(params, "grid", n);
    const [w, h] = [Number(options.width ?? width), Number(options.height ?? height)];
    const [u, v] = [0, 1].map((c) => grid[(c * h + y) * w + x]);
    return options.normalized ? [fromUnit(u, width), fromUnit(v, height)] : [u, v];
  };

/** x of a x = b for a matrix b, by elimination with pivots. */
function solved(a: number[][], b: number[][]): number[][] {
  const rows = a.map((row, i) => [...row, ...b[i]]);
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    const best = rows.reduce((top, row, r) => (r >= c && Math.abs(row[c]) > Math.abs(rows[top][c]) ? r : top), c);
    [rows[c], rows[best]] = [rows[best], rows[c]];
    const pivot = rows[c].map((v) => v / rows[c][c]);
    rows[c] = pivot;
    for (let r = 0; r < n; r++) if (r !== c) rows[r] = rows[r].map((v, j) => v - rows[r][c] * pivot[j]);
  }
  return rows.map((row) => row.slice(n));
}

/** U of two points, r² ln r. */
function plate([ax, ay]: number[], [bx, by]: number[]): number {
  const r = Math.hypot(ax - bx, ay - by);
  return r > 0 ? r * r * Math.log(r) : 0;
}

const pairs = (list: number[]): number[][] =>
  Array.from({ length: list.length / 2 }, (_, i) => list.slice(2 * i, 2 * i + 2));

/** A spline of thin plates that takes the destinations to the sources; pixels are as good as units for it. */
const thinPlateSpline: Field64 = (params, options, { width, height }, samples) => {
  const isUnit = options.normalized ?? true;
  const known = Array.from({ length: samples }, (_, n) => {
    const source = pairs(row(params, "source", n, [-1, -1, -1, 1, 1, -1, 1, 1, 0, 0]));
    const destination = pairs(row(params, "destination", n));
    const centres = options.centers === "source" ? source : destination;
    const k = source.length;
    const basis = destination.map((point) => [1, ...point]);
    const above = destination.map((point, i) => [...centres.map((centre) => plate(point, centre)), ...basis[i]]);
    const below = [0, 1, 2].map((c) => [...basis.map((own) => own[c]), 0, 0, 0]);
    const weights = solved([...above, ...below], [...source, [0, 0], [0, 0], [0, 0]]);
    return (point: number[]) => {
      const terms = [...centres.map((centre) => plate(point, centre)), 1, ...point];
      return [0, 1].map((c) => terms.reduce((sum, term, j) => sum + (j < k + 3 ? term * weights[j][c] : 0), 0));
    };
  });
  return (n, x, y) => {
    if (!isUnit) return known[n]([x, y]) as [number, number];
    const [u, v] = known[n]([toUnit(x, width), toUnit(y, height)]);
    return [width > 1 ? fromUnit(u, width) : 0, height > 1 ? fromUnit(v, height) : 0];
  };
};

export const fields: Record<string, Field64> = { distort, fisheye, elastic, remap, thinPlateSpline, undistort };

export const references: Record<string, Reference64> = Object.fromEntries(
  Object.entries(fields).map(([name, field]): [string, Reference64] => [
    name,
    (x, params, options) =>
      fieldRow(x, [], { field, params, options }, { map: { matrix: () => identity }, params, options }),
  ]),
);

/** Numbers in [low, high), a row per sample, as a GPU has them. */
export function numbersIn(samples: number, length: number, seed: number, low: number, high: number): number[][] {
  const draw = randomNumbers(seed);
  return Array.from({ length: samples }, () => Array.from({ length }, () => Math.fround(low + (high - low) * draw())));
}

/**
 * Places for 2 samples, [2, h, w] each, from outside of an image of width x height pixels to outside, none on a whole or half
 * pixel.
 */
export function placesIn(h: number, w: number, seed: number, [height, width] = [7, 8], normalized = false): number[][] {
  return numbersIn(2, 2 * h * w, seed, 0, 1).map((values) =>
    values.map((v, i) => {
      const length = i < h * w ? width : height;
      const at = Math.floor(v * (length + 4)) - 2 + 0.1 + 0.3 * ((v * 97) % 1);
      return Math.fround(normalized ? (2 * at) / (length - 1) - 1 : at);
    }),
  );
}

export const cases: Case64[] = [
  { name: "fisheye", params: { centerX: two(0.17, -0.31), centerY: two(-0.23, 0.12), gamma: two(0.8, 1.3) } },
  {
    name: "elastic",
    params: { sigmaX: two(1.1, 0.7), sigmaY: two(0.8, 1.4), alphaX: two(0.9, 0.6), alphaY: two(0.7, 1.1) },
    field: (h, w) => ({ size: [h, w], rows: numbersIn(2, 2 * h * w, 5, -1, 1) }),
    options: { kernelSize: [3, 5] },
  },
  {
    name: "elastic",
    params: { sigmaX: two(1.1, 0.7), sigmaY: two(0.8, 1.4), alphaX: two(0.9, 0.6), seed: two(7, 123457) },
    options: { kernelSize: 5 },
  },
  {
    name: "undistort",
    params: {
      fx: two(6.3, 8.1),
      fy: two(5.7, 7.4),
      cx: two(3.2, 3.9),
      cy: two(2.7, 3.3),
      k1: two(0.21, -0.13),
      k2: two(-0.06, 0.08),
      p1: two(0.03, -0.02),
      p2: two(-0.02, 0.04),
      k3: two(0.02, -0.01),
      k4: two(0.05, 0.11),
      k5: two(0.03, -0.02),
      k6: two(-0.01, 0.02),
      s1: two(0.03, -0.02),
      s2: two(-0.01, 0.02),
      s3: two(0.02, 0.03),
      s4: two(0.01, -0.02),
      tiltX: two(4, -3),
      tiltY: two(-2, 5),
    },
  },
  {
    name: "distort",
    params: {
      fx: two(8.3, 9.1),
      fy: two(7.7, 8.4),
      cx: two(3.2, 3.9),
      cy: two(2.7, 3.3),
      k1: two(0.11, -0.07),
      k2: two(-0.04, 0.03),
      p1: two(0.02, -0.01),
      p2: two(-0.01, 0.02),
      k3: two(0.02, -0.01),
      k4: two(0.03, 0.05),
      k5: two(0.02, -0.01),
      k6: two(-0.01, 0.02),
      s1: two(0.02, -0.01),
      s2: two(-0.01, 0.02),
      s3: two(0.01, 0.02),
      s4: two(0.01, -0.01),
      tiltX: two(4, -3),
      tiltY: two(-2, 5),
    },
  },
  {
    name: "thinPlateSpline",
    params: {
      source: [
        [-0.9, -0.8, -1.1, 0.9, 0.9, -1, 1, 1.1, 0.1, 0.2],
        [-1, -1.1, -0.8, 1, 1.1, -0.9, 0.9, 1, -0.2, 0.1],
      ],
      destination: [
        [-1.05, -0.95, -0.9, 1, 1.1, -0.9, 0.85, 0.9, 0.23, -0.07],
        [-0.9, -1, -1.05, 0.9, 0.9, -1.1, 1.15, 0.95, 0.04, 0.33],
      ],
    },
  },
  {
    name: "thinPlateSpline",
    params: {
      source: [[0.2, 0.3, 6.7, 0.4, 3.1, 5.6, 5.3, 3.9]],
      destination: [
        [0.5, 0.1, 6.1, 0.9, 3.3, 5.1, 5.9, 4.4],
        [-0.3, 0.6, 6.9, 0.1, 2.6, 5.9, 4.8, 3.6],
      ],
    },
    options: { points: 4, normalized: false, centers: "source", padding: "border" },
  },
  { name: "remap", field: (h, w) => ({ size: [5, 6], rows: placesIn(5, 6, 9, [h, w]) }) },
];
