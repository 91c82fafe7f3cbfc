import { add, maximum, minimum, mul } from "../../autograd/index.ts";
import type { Bound, ClippedValue, Distribution, Plus, Times } from "../../transforms/index.ts";
import { numberAt } from "./bounds.ts";
import { type Combination, type Interval, table } from "./family.ts";

const f32 = Math.fround;

/** What `by` is: a part of its own, or a bound. */
type Second = { readonly part: Distribution } | { readonly bound: Bound };

const secondOf = ({ by }: Plus | Times): Second =>
  typeof by === "object" && by !== null && "distribution" in by ? { part: by } : { bound: by };

/** From the least to the largest of all. */
export const hull = (intervals: readonly Interval[]): Interval =>
  intervals.reduce(([a, b], [lo, hi]): Interval => [Math.min(a, lo), Math.max(b, hi)], [Infinity, -Infinity]);

/** More intervals than these are told by the least and the largest value. */
const MOST_INTERVALS = 64;

const few = (intervals: readonly Interval[]): readonly Interval[] =>
  intervals.length > MOST_INTERVALS ? [hull(intervals)] : intervals;

/** The rules of what takes two values each time. */
function pairwise<C extends Plus | Times>(
  number: (a: number, b: number) => number,
  tensor: typeof add,
): Combination<C> {
  const corners = ([a, b]: Interval, [c, d]: Interval): Interval => {
    const all = [number(a, c), number(a, d), number(b, c), number(b, d)];
    return [Math.min(...all), Math.max(...all)];
  };
  return {
    bounds(of) {
      const second = secondOf(of);
      return "bound" in second ? [["by", second.bound]] : [];
    },
    parts(of) {
      const second = secondOf(of);
      return [["of", of.of], ...("part" in second ? [["by", second.part] as const] : [])];
    },
    support(of, k, [first, others]) {
      const second = secondOf(of);
      const by: readonly Interval[] =
        "part" in second ? others : [[numberAt(second.bound, k), numberAt(second.bound, k)]];
      return few(few(first).flatMap((a) => few(by).map((b) => corners(a, b))));
    },
    value(of, components) {
      const second = secondOf(of);
      if ("part" in second) return ([a, b]) => f32(number(a, b));
      const by = table(components, (k) => f32(numberAt(second.bound, k)));
      return ([a], k) => f32(number(a, by[k]));
    },
    draw(of, [a, b], { bound, keep }) {
      const second = secondOf(of);
      return keep(tensor(a, "part" in second ? b : bound("by", second.bound)));
    },
    given: ({ of, by }) => [of, by],
  };
}

export const PLUS = pairwise<Plus>((a, b) => a + b, add);
export const TIMES = pairwise<Times>((a, b) => a * b, mul);

const within = (x: number, lo: number, hi: number): number => Math.min(Math.max(x, lo), hi);

export const CLIPPED: Combination<ClippedValue> = {
  bounds: ({ lo, hi }) => [
    ["lo", lo],
    ["hi", hi],
  ],
  parts: ({ of }) => [["of", of]],
  support({ lo, hi }, k, [intervals]) {
    const [least, most] = [numberAt(lo, k), numberAt(hi, k)];
    return intervals.map(([a, b]) => [within(a, least, most), within(b, least, most)]);
  },
  value({ lo, hi }, components) {
    const least = table(components, (k) => f32(numberAt(lo, k)));
    const most = table(components, (k) => f32(numberAt(hi, k)));
    return ([x], k) => within(x, least[k], most[k]);
  },
  draw({ lo, hi }, [x], { bound, keep }) {
    return keep(minimum(keep(maximum(x, bound("lo", lo))), bound("hi", hi)));
  },
  given: ({ of, lo, hi }) => [of, lo, hi],
};
