/** Separable filters over a batch: a blur, and a resize that filters. */

import type { Interpolation, Padding } from "../../reference/sample.ts";
import { padIndex } from "../../reference/sample.ts";
import { antialiasWeights, areaWeights, type Weights } from "../../reference/warp.ts";
import { U } from "./bounded.ts";
import {
  addTerm,
  bound,
  emptySum,
  errorOf,
  type Grid,
  gradientsLike,
  gridOf,
  type Link,
  type Step,
  sumError,
} from "./grid.ts";

/** For every output index of an axis: taps of the input with weight, its error, slope by the width, and its error. */
interface Tap {
  at: number;
  w: number;
  e: number;
  d: number;
  f: number;
}
type Axis = Tap[][];

/** Weights of the window, normalised, with their derivatives by the deviation. */
function gaussian(size: number, sigma: number): Omit<Tap, "at">[] {
  const radius = (size - 1) / 2;
  const raw = Array.from({ length: size }, (_, k) => {
    const t = k - radius;
    const w = Math.exp((-t * t) / (2 * sigma * sigma));
    const slope = w === 0 ? 0 : (w * t * t) / sigma ** 3;
    // exp() is promised to 3 + 2|x| units in the last place, of an argument of a few roundings.
    const unit = (8 + 8 * ((t * t) / (2 * sigma * sigma))) * U;
    return { w, slope, e: w * unit, f: slope * (unit + 10 * U) };
  });
  const total = raw.reduce((sum, r) => sum + r.w, 0);
  const slope = raw.reduce((sum, r) => sum + r.slope, 0);
  const e = raw.reduce((sum, r) => sum + r.e, 0) / total + sumError(size);
  const f = raw.reduce((sum, r) => sum + r.f, 0) / total;
  return raw.map((r) => {
    const w = r.w / total;
    const we = r.e / total + w * (e + 4 * U);
    const d = (r.slope - w * slope) / total;
    const size = (r.slope + w * slope) / total;
    return { w, e: we, d, f: r.f / total + w * f + (we * slope) / total + size * (e + 8 * U) };
  });
}

function windowAxis(length: number, size: number, sigma: number, padding: Padding, isOn: boolean): Axis {
  const radius = (size - 1) / 2;
  const weights = gaussian(size, sigma);
  return Array.from({ length }, (_, i) => {
    if (!isOn) return [{ at: i, w: 1, e: 0, d: 0, f: 0 }];
    return weights.flatMap((tap, k) => {
      const at = padIndex(i + k - radius, length, padding);
      return at < 0 ? [] : [{ at, ...tap }];
    });
  });
}

/** Means over an area average where an axis grows, too; the others filter. */
function weightsOf(before: number, after: number, interpolation: string): Weights {
  if (interpolation === "area" || interpolation === "adaptive")
    return areaWeights(before, after, interpolation === "adaptive");
  return antialiasWeights(before, after, interpolation as Interpolation);
}

const resizeAxis = (before: number, after: number, interpolation: string): Axis =>
  weightsOf(before, after, interpolation).map((row) =>
    row.map(([at, w]) => ({ at, w, e: 2 * U * Math.abs(w) + 1e-15, d: 0, f: 0 })),
  );

/** One axis of the planes of sample n: y = A x along x or along y. */
function alongAxis(x: Grid, axes: Axis[], isX: boolean): Grid {
  const [N, C, H, W] = x.shape;
  const length = axes[0].length;
  const y = gridOf(isX ? [N, C, H, length] : [N, C, length, W]);
  for (let n = 0; n < N; n++) {
    for (let plane = n * C; plane < (n + 1) * C; plane++) {
      for (let line = 0; line < (isX ? H : W); line++) {
        for (let i = 0; i < length; i++) {
          const sum = emptySum();
          for (const { at, w, e } of axes[n][i]) {
            const from = isX ? (plane * H + line) * W + at : (plane * H + at) * W + line;
            addTerm(sum, w * x.v[from], Math.abs(w) * x.e[from] + e * (Math.abs(x.v[from]) + x.e[from]));
          }
          const to = isX ? (plane * H + line) * length + i : (plane * length + i) * W + line;
          y.v[to] = sum.v;
          y.e[to] = sum.terms === 1 && axes[n][i].length === 1 ? sum.e : errorOf(sum);
        }
      }
    }
  }
  return y;
}

/** The transpose of an axis: taps of the output for every input index. Pixels that padding shows again come more than once. */
function transposed(axis: Axis, before: number): Axis {
  const back: Axis = Array.from({ length: before }, () => []);
  axis.forEach((row, i) => {
    for (const tap of row) back[tap.at].push({ ...tap, at: i });
  });
  return back;
}

/** Σ g · (dA/dσ x) over the planes of sample n. */
function slopeOf(x: Grid, g: Grid, axis: Axis, n: number, isX: boolean): { v: number; e: number } {
  const [, C, H, W] = x.shape;
  const sum = emptySum();
  for (let plane = n * C; plane < (n + 1) * C; plane++) {
    for (let line = 0; line < (isX ? H : W); line++) {
      for (let i = 0; i < axis.length; i++) {
        const to = isX ? (plane * H + line) * W + i : (plane * H + i) * W + line;
        for (const { at, d, f } of axis[i]) {
          const from = isX ? (plane * H + line) * W + at : (plane * H + at) * W + line;
          const [a, b] = [x.v[from], g.v[to]];
          const [ea, eb] = [x.e[from], g.e[to]];
          const most = (Math.abs(a) + ea) * (Math.abs(b) + eb);
          addTerm(sum, a * b * d, bound(most, f) + bound(Math.abs(d), most - Math.abs(a * b)));
        }
      }
    }
  }
  return { v: sum.v, e: errorOf(sum) };
}

export function blurStep(link: Link, x: Grid): Step {
  const [N, , H, W] = x.shape;
  const [ky, kx] = link.options.kernelSize as [number, number];
  const padding = (link.options.padding ?? "reflection") as Padding;
  const isOn = (n: number) => link.on?.values[n] !== 0;
  const samples = Array.from({ length: N }, (_, n) => n);
  const across = samples.map((n) => windowAxis(W, kx, link.rows.sigmaX[n][0], padding, isOn(n)));
  const down = samples.map((n) => windowAxis(H, ky, link.rows.sigmaY[n][0], padding, isOn(n)));
  const middle = alongAxis(x, across, true);
  const back = (g: Grid): ReturnType<Step["back"]> => {
    const gm = alongAxis(
      g,
      down.map((axis) => transposed(axis, H)),
      false,
    );
    const gx = alongAxis(
      gm,
      across.map((axis) => transposed(axis, W)),
      true,
    );
    const params = gradientsLike(link.rows);
    for (const n of samples) {
      const [sx, sy] = [slopeOf(x, gm, across[n], n, true), slopeOf(middle, g, down[n], n, false)];
      Object.assign(params.sigmaX.v[n], [sx.v]);
      Object.assign(params.sigmaX.e[n], [sx.e]);
      Object.assign(params.sigmaY.v[n], [sy.v]);
      Object.assign(params.sigmaY.e[n], [sy.e]);
    }
    return { x: gx, params: [params] };
  };
  return { y: alongAxis(middle, down, false), back };
}

export function resizeStep(link: Link, x: Grid, [height, width]: readonly [number, number]): Step {
  const [N, , H, W] = x.shape;
  const interpolation = String(link.options.interpolation ?? "bilinear");
  const repeat = (axis: Axis): Axis[] => Array.from({ length: N }, () => axis);
  const [across, down] = [resizeAxis(W, width, interpolation), resizeAxis(H, height, interpolation)];
  const back = (g: Grid): ReturnType<Step["back"]> => ({
    x: alongAxis(alongAxis(g, repeat(transposed(down, H)), false), repeat(transposed(across, W)), true),
    params: [{}],
  });
  return { y: alongAxis(alongAxis(x, repeat(across), true), repeat(down), false), back };
}
