/** What is seen at a place of the source that is known to an error: taps, slopes, and how far both may be off. */
import { type Interpolation, type Padding, padIndex, taps } from "../../reference/sample.ts";
import { U } from "./bounded.ts";

/** Pixels that are looked at, and the weight of what lies beyond the image: of the value, and of its slopes along x and y. */
export interface Look {
  /** Index in the plane. */
  at: number[];
  w: number[];
  wx: number[];
  wy: number[];
  outside: [number, number, number];
}

/** The same with the differences that an error of the place makes. */
export interface UncertainLook extends Look {
  ew: number[];
  ewx: number[];
  ewy: number[];
  eOutside: [number, number, number];
}

/** Slopes of a kernel at its taps; nearest borrows bilinear's. */
function slopes(v: number, interpolation: Interpolation): [number, number][] {
  const base = Math.floor(v);
  if (interpolation !== "bicubic")
    return [
      [base, -1],
      [base + 1, 1],
    ];
  const A = -0.75;
  const near = (t: number) => (3 * (A + 2) * t - 2 * (A + 3)) * t;
  const far = (t: number) => (3 * A * t - 10 * A) * t + 8 * A;
  const f = v - base;
  return [
    [base - 1, far(1 + f)],
    [base, near(f)],
    [base + 1, -near(1 - f)],
    [base + 2, -far(2 - f)],
  ];
}

const smooth = (interpolation: Interpolation): Interpolation =>
  interpolation === "nearest" ? "bilinear" : interpolation;

export function lookAt(
  u: number,
  v: number,
  [W, H]: readonly [number, number],
  interpolation: Interpolation,
  padding: Padding,
): Look {
  const look: Look = { at: [], w: [], wx: [], wy: [], outside: [0, 0, 0] };
  const put = (x: number, y: number, kind: 0 | 1 | 2, weight: number) => {
    const [i, j] = [padIndex(x, W, padding), padIndex(y, H, padding)];
    if (i < 0 || j < 0) {
      look.outside[kind] += weight;
      return;
    }
    let k = look.at.indexOf(j * W + i);
    if (k < 0) {
      k = look.at.push(j * W + i) - 1;
      look.w.push(0);
      look.wx.push(0);
      look.wy.push(0);
    }
    [look.w, look.wx, look.wy][kind][k] += weight;
  };
  for (const [y, wy] of taps(v, interpolation)) for (const [x, wx] of taps(u, interpolation)) put(x, y, 0, wx * wy);
  const along = smooth(interpolation);
  for (const [y, wy] of taps(v, along)) for (const [x, sx] of slopes(u, along)) put(x, y, 1, sx * wy);
  for (const [y, sy] of slopes(v, along)) for (const [x, wx] of taps(u, along)) put(x, y, 2, wx * sy);
  return look;
}

/** Looks at a place and at the four corners of where it may be. */
export function lookAround(
  u: number,
  v: number,
  eu: number,
  ev: number,
  size: readonly [number, number],
  interpolation: Interpolation,
  padding: Padding,
): UncertainLook {
  const centre = lookAt(u, v, size, interpolation, padding);
  // Polynomials that cancel: their roundings do not shrink with the weight.
  const rounding = interpolation === "bicubic" ? 40 * U : 0;
  const none = () => centre.at.map(() => rounding);
  // What lies beyond the image is what is missing in a sum of weights.
  const missing = rounding + 4 * U;
  const eOutside: [number, number, number] = [missing, missing, missing];
  const result: UncertainLook = { ...centre, ew: none(), ewx: none(), ewy: none(), eOutside };
  if (eu === 0 && ev === 0) return result;
  // Twice the error, so that a place that lies on a kink but for a rounding is seen from both sides.
  for (const [du, dv] of [
    [-2, -2],
    [2, -2],
    [-2, 2],
    [2, 2],
  ]) {
    const other = lookAt(u + du * eu, v + dv * ev, size, interpolation, padding);
    for (const i of other.at) {
      if (result.at.includes(i)) continue;
      result.at.push(i);
      for (const list of [result.w, result.wx, result.wy]) list.push(0);
      for (const list of [result.ew, result.ewx, result.ewy]) list.push(rounding);
    }
    result.at.forEach((i, k) => {
      const j = other.at.indexOf(i);
      const difference = (a: number[], b: number[]) => Math.abs(a[k] - (j < 0 ? 0 : b[j]));
      result.ew[k] = Math.max(result.ew[k], rounding + difference(result.w, other.w));
      result.ewx[k] = Math.max(result.ewx[k], rounding + difference(result.wx, other.wx));
      result.ewy[k] = Math.max(result.ewy[k], rounding + difference(result.wy, other.wy));
    });
    for (let kind = 0; kind < 3; kind++) {
      const difference = missing + Math.abs(result.outside[kind] - other.outside[kind]);
      result.eOutside[kind] = Math.max(result.eOutside[kind], difference);
    }
  }
  return result;
}
