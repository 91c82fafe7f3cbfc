/**
 * Numbers in float64 with a bound of the error that f32 makes of them, and with their derivatives, whose errors are bounded
 * likewise (a running error analysis). A branch that f32 may take the other way, a kink, widens the bound by the jump. So
 * a tolerance follows from the case: its condition, its roundings and its kinks.
 */

export interface Bounded {
  /** The value. */
  v: number;
  /** Its error at most, to first order. */
  e: number;
  /** Derivatives by the variables of the context. */
  d: readonly number[];
  /** Their errors at most. */
  f: readonly number[];
}

/** Half a unit in the last place of f32, relative. */
export const U = 2 ** -24;
/** What WGSL promises of a division: 2.5 units in the last place. */
const DIVISION = 5 * U;

export const exact = (v: number, variables: number): Bounded => {
  const zero = new Array<number>(variables).fill(0);
  return { v, e: 0, d: zero, f: zero };
};

/** Variable `i` of so many. */
export function variable(v: number, e: number, i: number, variables: number): Bounded {
  const d = new Array<number>(variables).fill(0);
  const f = d.slice();
  d[i] = 1;
  return { v, e, d, f };
}

/** The error of one more rounding. */
const rounded = (v: number, e: number, unit = U): number => e + unit * Math.abs(v);

export function add(a: Bounded, b: Bounded): Bounded {
  const v = a.v + b.v;
  const d = a.d.map((x, i) => x + b.d[i]);
  return { v, e: rounded(v, a.e + b.e), d, f: d.map((x, i) => rounded(x, a.f[i] + b.f[i])) };
}

export function sub(a: Bounded, b: Bounded): Bounded {
  const v = a.v - b.v;
  const d = a.d.map((x, i) => x - b.d[i]);
  return { v, e: rounded(v, a.e + b.e), d, f: d.map((x, i) => rounded(x, a.f[i] + b.f[i])) };
}

export function mul(a: Bounded, b: Bounded): Bounded {
  const v = a.v * b.v;
  const [p, q] = [Math.abs(a.v), Math.abs(b.v)];
  const n = a.d.length;
  const d = new Array<number>(n);
  const f = new Array<number>(n);
  for (let i = 0; i < n; i++) {
    const [l, r] = [a.d[i] * b.v, b.d[i] * a.v];
    d[i] = l + r;
    f[i] = a.f[i] * (q + b.e) + Math.abs(a.d[i]) * b.e + b.f[i] * (p + a.e) + Math.abs(b.d[i]) * a.e;
    f[i] += 2 * U * (Math.abs(l) + Math.abs(r));
  }
  return { v, e: rounded(v, p * b.e + q * a.e + a.e * b.e), d, f };
}

/** Times a number that f32 has exactly, or to a rounding. */
export function times(a: Bounded, factor: number): Bounded {
  const s = Math.abs(factor);
  const v = a.v * factor;
  const d = a.d.map((x) => x * factor);
  return { v, e: rounded(v, a.e * s, 2 * U), d, f: a.f.map((x, i) => rounded(d[i], x * s, 2 * U)) };
}

/** 1 / a; without bounds where a may be 0. */
export function reciprocal(a: Bounded): Bounded {
  const least = Math.abs(a.v) - a.e;
  const v = 1 / a.v;
  if (!(least > 0))
    return unknown(
      v,
      a.d.map((x) => -x * v * v),
    );
  const e = rounded(v, a.e / (least * Math.abs(a.v)), DIVISION);
  const square = v * v;
  const wider = 1 / (least * least);
  const d = a.d.map((x) => -x * square);
  const f = a.f.map((x, i) => rounded(d[i], x * wider + Math.abs(a.d[i]) * (wider - square), 2 * DIVISION));
  return { v, e, d, f };
}

export const div = (a: Bounded, b: Bounded): Bounded => mul(a, reciprocal(b));

/** A value without a bound. */
export const unknown = (v: number, d: readonly number[]): Bounded => ({
  v,
  e: Number.POSITIVE_INFINITY,
  d,
  f: d.map(() => Number.POSITIVE_INFINITY),
});

/** Whether a < b, a > b, or null where f32 may see it either way; equal exact values are "not less". */
export function less(a: Bounded, b: Bounded): boolean | null {
  const gap = b.v - a.v;
  if (a.e + b.e === 0) return gap > 0;
  return Math.abs(gap) > a.e + b.e ? gap > 0 : null;
}

/** One of two values that agree where the choice turns: `first`, or perhaps the second. */
export function choose(first: boolean | null, a: Bounded, b: Bounded): Bounded {
  if (first !== null) return first ? a : b;
  const f = a.d.map((x, i) => Math.abs(x - b.d[i]) + Math.max(a.f[i], b.f[i]));
  return { v: a.v, e: Math.abs(a.v - b.v) + Math.max(a.e, b.e), d: a.d, f };
}

/** The lesser of two values; a tie is a kink. */
export const minimum = (a: Bounded, b: Bounded): Bounded => {
  const result = choose(a.v === b.v ? null : less(a, b), a, b);
  return { ...result, v: Math.min(a.v, b.v) };
};

export const maximum = (a: Bounded, b: Bounded): Bounded => {
  const result = choose(a.v === b.v ? null : less(b, a), a, b);
  return { ...result, v: Math.max(a.v, b.v) };
};

/** Clipping to 0..1. Its slope at the bounds themselves is 1 by a convention of PyTorch's, or, with `open`, a kink. */
export function unit(a: Bounded, open = false): Bounded {
  const v = Math.min(Math.max(a.v, 0), 1);
  const inside = a.v >= 0 && a.v <= 1;
  const certain = (a.e === 0 && !open) || Math.min(Math.abs(a.v), Math.abs(a.v - 1)) > a.e;
  const d = inside ? a.d : a.d.map(() => 0);
  if (!certain) return { v, e: a.e, d, f: a.d.map((x, i) => Math.abs(x) + a.f[i]) };
  return inside ? { ...a, v } : exact(v, a.d.length);
}
