import { count, type Shape } from "../../src/tensor/index.ts";

/** Values from lo to hi that look random and are the same every time. */
export function values(size: number, lo = -2, hi = 2, shift = 0): number[] {
  return Array.from({ length: size }, (_, i) => {
    const u = Math.abs(Math.sin((i + 1) * 12.9898 + shift * 78.233) * 43758.5453) % 1;
    return Math.fround(lo + (hi - lo) * u);
  });
}

/** Reads `from`, broadcast to `out`, at a flat index of `out`. */
export function broadcastIndex(from: Shape, out: Shape, index: number): number {
  let rest = index;
  let at = 0;
  let stride = 1;
  for (let d = out.length - 1; d >= 0; d--) {
    const position = rest % out[d];
    rest = Math.floor(rest / out[d]);
    const own = d - (out.length - from.length);
    if (own < 0) continue;
    if (from[own] !== 1) at += position * stride;
    stride *= from[own];
  }
  return at;
}

/** f over two broadcast arrays, in float64. */
export function broadcast(
  f: (a: number, b: number) => number,
  a: ArrayLike<number>,
  as: Shape,
  b: ArrayLike<number>,
  bs: Shape,
  out: Shape,
): Float64Array {
  return Float64Array.from({ length: count(out) }, (_, i) =>
    f(a[broadcastIndex(as, out, i)], b[broadcastIndex(bs, out, i)]),
  );
}
