/** Point transforms with bounds of their errors: value and derivatives of every pixel. */
import { add, type Bounded, choose, div, exact, less, maximum, minimum, mul, sub, times, U, unit } from "./bounded.ts";

/** What a rule is given: up to three channels of a pixel, and the parameters of its sample (and channel). */
export interface PointInput {
  x: Bounded[];
  p: Record<string, Bounded[]>;
  options: Record<string, unknown>;
  at: [number, number];
  mean?: Bounded;
}
export type PointRule = (input: PointInput) => Bounded[];

const number = (v: number, like: Bounded): Bounded => exact(v, like.d.length);
const clip = (y: Bounded, options: Record<string, unknown>): Bounded => (options.clip === false ? y : unit(y));
const GREY = [0.299, 0.587, 0.114];
export const grey = (x: Bounded[], weights?: Bounded[]): Bounded =>
  x.map((v, i) => (weights ? mul(v, weights[i]) : times(v, GREY[i]))).reduce(add);

/** y = f · x + (1 − f) · m */
const towards = (x: Bounded, f: Bounded, m: Bounded): Bounded => add(mul(f, x), mul(sub(number(1, f), f), m));

const brightness: PointRule = ({ x: [x], p, options }) => [clip(mul(p.factor[0], x), options)];
const brightnessShift: PointRule = ({ x: [x], p, options }) => [clip(add(x, p.shift[0]), options)];
const contrast: PointRule = ({ x: [x], p, options }) => [
  clip(add(mul(p.factor[0], sub(x, p.pivot[0])), p.pivot[0]), options),
];
const contrastAboutMean: PointRule = ({ x, p, options, mean }) =>
  x.map((v) => clip(towards(v, p.factor[0], mean!), options));
const saturation: PointRule = ({ x, p, options }) => {
  const g = grey(x);
  return x.map((v) => clip(towards(v, p.factor[0], g), options));
};

/** Where the order of the channels is not certain, a bound by the steepest slope that the transform can have. */
function kinked(x: Bounded[], y: number[], slope: number, parameter: Bounded): Bounded[] {
  const e = slope * x.reduce((sum, c) => sum + c.e, 0);
  const spread = Math.max(...x.map((c) => c.v)) - Math.min(...x.map((c) => c.v)) + e;
  return x.map((c, k) => ({
    v: y[k],
    e: e + slope * U * (Math.abs(c.v) + spread),
    d: c.d.map(() => 0),
    f: c.d.map(
      (_, i) =>
        slope * x.reduce((sum, o) => sum + Math.abs(o.d[i]) + o.f[i], 0) + slope * spread * Math.abs(parameter.d[i]),
    ),
  }));
}

const isOrdered = (x: Bounded[]): boolean =>
  [
    [0, 1],
    [1, 2],
    [0, 2],
  ].every(([i, j]) => x[i].v !== x[j].v && less(x[i], x[j]) !== null);

/** Largest, smallest and difference of three channels whose order is certain. */
function extremes(x: Bounded[]): { high: Bounded; low: Bounded; spread: Bounded; top: number } {
  const top = x.reduce((best, c, i) => (c.v > x[best].v ? i : best), 0);
  const high = x[top];
  const low = x.reduce((least, c) => (c.v < least.v ? c : least));
  return { high, low, spread: sub(high, low), top };
}

/** H of HSV in sixths of a turn; y = min + spread · trapezoid(h). */
const hue: PointRule = ({ x, p }) => {
  const [turns] = p.turns;
  const values = x.map((c) => c.v);
  if (!isOrdered(x)) return kinked(x, hueOf(values, turns.v), 12, turns);
  const { low, spread, top } = extremes(x);
  const ratio = div(sub(x[(top + 1) % 3], x[(top + 2) % 3]), spread);
  // A fraction of a turn loses what the whole turns hold.
  const turned = times(turns, 6);
  const h = add(add(number(2 * top, turns), ratio), { ...turned, e: turned.e + 8 * U * (6 + Math.abs(turned.v)) });
  return [0, 2, 4].map((centre) => {
    const away = h.v - centre - 6 * Math.round((h.v - centre) / 6);
    const sign = away < 0 ? 1 : -1;
    const ramp: Bounded = { v: 2 - Math.abs(away), e: h.e, d: h.d.map((d) => sign * d), f: h.f };
    return add(low, mul(spread, unit(ramp, true)));
  });
};

/** The same in plain numbers. */
function hueOf(x: number[], turns: number): number[] {
  const [low, high] = [Math.min(...x), Math.max(...x)];
  if (high === low) return x;
  const top = x.indexOf(high);
  const h = 2 * top + (x[(top + 1) % 3] - x[(top + 2) % 3]) / (high - low) + 6 * turns;
  return [0, 2, 4].map((centre) => {
    const away = h - centre - 6 * Math.round((h - centre) / 6);
    return low + (high - low) * Math.min(Math.max(2 - Math.abs(away), 0), 1);
  });
}

/** S of HSV times a factor: the distances from the largest channel grow, up to S = 1; where that is not above 0, S is 0. */
const hsvSaturation: PointRule = ({ x, p }) => {
  const [factor] = p.factor;
  const high = maximum(maximum(x[0], x[1]), x[2]);
  if (high.v <= 0 && high.v + high.e <= 0) return x.map(() => high);
  if (!isOrdered(x) || high.v <= high.e)
    return kinked(
      x,
      saturationOf(
        x.map((c) => c.v),
        factor.v,
      ),
      4 + 2 * factor.v,
      factor,
    );
  const { spread } = extremes(x);
  const free = less(high, mul(factor, spread));
  const k = choose(free === null ? null : !free, factor, div(high, spread));
  return x.map((c) => sub(high, mul(sub(high, c), k)));
};

function saturationOf(x: number[], factor: number): number[] {
  const [low, high] = [Math.min(...x), Math.max(...x)];
  if (high <= 0) return x.map(() => high);
  if (high === low) return x;
  const k = Math.min(factor, high / (high - low));
  return x.map((v) => high - (high - v) * k);
}

const gamma: PointRule = ({ x: [x], p, options }) => {
  const [g] = p.gamma;
  return [clip(mul(p.gain[0], power(x, g)), options)];
};

/** max(x, 0)^g with x^0 = 1 at 0, too; WGSL promises of it what it does of exp2(g · log2 x). */
function power(x: Bounded, g: Bounded): Bounded {
  const at = Math.max(x.v, 0);
  const v = at === 0 ? Number(g.v === 0) : at ** g.v;
  const n = x.d.length;
  if (x.v <= 0 && x.v + x.e <= 0) {
    const slope = x.v === 0 && g.v === 1 ? 1 : 0;
    return { v, e: 0, d: x.d.map((d) => slope * d), f: x.f.map((f) => slope * f) };
  }
  if (x.v - x.e <= 0) {
    const most = (at + x.e) ** g.v;
    const slope = g.v >= 1 ? g.v * (at + x.e) ** (g.v - 1) + 1 : Number.POSITIVE_INFINITY;
    const f = x.d.map((d, i) => (d ? slope : 0) + (g.d[i] ? most * 40 + 1 : 0));
    return { v, e: g.v === 0 ? 1 : most, d: new Array<number>(n).fill(0), f };
  }
  const log = Math.log(at);
  const unitError = (4 + 2 * Math.abs((g.v * log) / Math.LN2)) * 2 * U + g.v * 2 ** -21;
  const slope = (g.v * v) / at;
  const spread = x.e / (x.v - x.e);
  const slopeError = Math.abs(slope) * (unitError + 4 * U + Math.abs(g.v - 1) * spread * (1 + spread) ** Math.abs(g.v));
  const logError = 4 * U * (1 + Math.abs(log)) + 2 ** -21 + spread;
  const d = x.d.map((dx, i) => slope * dx + v * log * g.d[i]);
  const f = x.f.map(
    (fx, i) =>
      Math.abs(slope) * fx +
      slopeError * Math.abs(x.d[i]) +
      Math.abs(g.d[i]) * (v * logError + Math.abs(v * log) * (unitError + g.v * spread)) +
      4 * U * Math.abs(d[i]),
  );
  return { v, e: Math.abs(slope) * x.e * (1 + spread) + v * unitError, d, f };
}

const invert: PointRule = ({ x: [x], p }) => [sub(p.max[0], x)];
const grayscale: PointRule = ({ x, p, options }) => {
  const g = grey(x, p.weights);
  return options.channels === 1 ? [g] : [g, g, g];
};
const normalize: PointRule = ({ x: [x], p }) => [div(sub(x, p.mean[0]), p.std[0])];
const denormalize: PointRule = ({ x: [x], p }) => [add(mul(x, p.std[0]), p.mean[0])];

const cover = (i: number, start: Bounded, size: Bounded): Bounded =>
  unit(sub(minimum(number(i + 1, start), add(start, size)), maximum(number(i, start), start)), true);
const erasing: PointRule = ({ x: [x], p, at }) => {
  const covered = mul(cover(at[0], p.x[0], p.width[0]), cover(at[1], p.y[0], p.height[0]));
  return [add(x, mul(covered, sub(p.value[0], x)))];
};

/** A rule sees one channel at a time, or all three. */
export const pointRules: Record<string, { colour: boolean; rule: PointRule }> = {
  brightness: { colour: false, rule: brightness },
  brightnessShift: { colour: false, rule: brightnessShift },
  contrast: { colour: false, rule: contrast },
  contrastAboutMean: { colour: false, rule: contrastAboutMean },
  saturation: { colour: true, rule: saturation },
  hsvSaturation: { colour: true, rule: hsvSaturation },
  hue: { colour: true, rule: hue },
  gamma: { colour: false, rule: gamma },
  invert: { colour: false, rule: invert },
  grayscale: { colour: true, rule: grayscale },
  normalize: { colour: false, rule: normalize },
  denormalize: { colour: false, rule: denormalize },
  erasing: { colour: false, rule: erasing },
};
