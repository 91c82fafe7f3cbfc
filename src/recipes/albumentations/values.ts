import { type Distribution, integers, uniform } from "../../augment/index.ts";
import { ArgumentError, check, describe, flag, isPlainObject, number, type Rule, rule } from "../../gpu/index.ts";

/** How a parameter of a class is read. Those that say how labels are treated, or nothing, have no meaning here. */
export interface Reader<T> {
  /** What it is unless the document says it. */
  readonly usual?: unknown;
  /** @throws ArgumentError that names the place */
  read(value: unknown, at: string): T;
}

/** What a parameter of augrad gets. */
export type Drawn = number | Distribution;

/** A number, or uniform between two. */
const drawn = (lo: number, hi: number): Drawn => (lo === hi ? lo : uniform(lo, hi));

/** What `rule` allows, as it is. */
export const plain = <T>(usual: T | undefined, allowed: Rule): Reader<T> => ({
  usual,
  read: (value, at) => check(at, value as T, allowed),
});

export const whole = (usual?: number): Reader<number> => plain(usual, number({ least: 1, whole: true }));
export const real = (usual?: number): Reader<number> => plain(usual, number());
export const yes = (usual: boolean): Reader<boolean> => plain(usual, flag);

/** What augrad does not have unless it is this. */
export function only<T>(...values: readonly T[]): Reader<T> {
  const allowed = values.map((value) => JSON.stringify(value)).join(", ");
  const texts = values.map((value) => JSON.stringify(value));
  return {
    usual: values[0],
    read(value, at) {
      if (!texts.includes(JSON.stringify(value)))
        throw new ArgumentError(at, describe(value), `${allowed}: augrad has nothing for other values`);
      return value as T;
    },
  };
}

/** What says how masks and boxes are treated: every target has one rule here. */
export const ignored: Reader<undefined> = { read: () => undefined };

const isPair = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((each) => Number.isFinite(each));

/** Two numbers; a number v means from −v to v about `about`, or with `one` itself. */
export function pairOf(value: unknown, at: string, { about = 0, one = false } = {}): [number, number] {
  const [lo, hi] = isPair(value)
    ? value
    : typeof value === "number" && Number.isFinite(value)
      ? one
        ? [value, value]
        : [about - value, about + value]
      : [1, 0];
  if (lo > hi) throw new ArgumentError(at, describe(value), "a number, or [lo, hi] of two");
  return [lo, hi];
}

/** What a range counts from, and by how much it is multiplied. */
interface Scale {
  /** Whole numbers, each as likely. */
  readonly whole?: true;
  /** A number v means ± v about this; without it, itself. */
  readonly about?: number;
  readonly times?: number;
  readonly plus?: number;
}

/** A range that is drawn from, in augrad's unit: `times` the value, `plus`. */
export const range = (usual: unknown, { about, times = 1, plus = 0, whole }: Scale = {}): Reader<Drawn> => ({
  usual,
  read(value, at) {
    const [lo, hi] = pairOf(value, at, { about, one: about === undefined }).map((end) => end * times + plus);
    return whole && lo < hi ? integers(lo, hi) : drawn(Math.min(lo, hi), Math.max(lo, hi));
  },
});

/** Shifts of a channel: levels of bytes, or where no end is beyond 1, shares. */
export const levels = (usual: unknown): Reader<Drawn> => ({
  usual,
  read(value, at) {
    const pair = pairOf(value, at);
    const [lo, hi] = pair.some((end) => Math.abs(end) > 1) ? pair.map((end) => end / 255) : pair;
    return drawn(lo, hi);
  },
});

/** A range for each axis: one for both, each with a draw of its own, or `{ x, y }`. */
export const axes = (usual: unknown, scale: Scale = {}): Reader<{ x: Drawn; y: Drawn; same: boolean }> => ({
  usual,
  read(value, at) {
    if (!isPlainObject(value)) {
      const { read } = range(usual, scale);
      return { x: read(value, at), y: read(value, at), same: true };
    }
    const { x, y, ...rest } = value;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new ArgumentError(`${at}.${unknown}`, "an unknown axis", "x, y");
    const { read } = range(usual, scale);
    return { x: read(x ?? 0, `${at}.x`), y: read(y ?? 0, `${at}.y`), same: false };
  },
});

/** Odd sizes of a window, from the least to the largest. */
export const windows = (usual: unknown): Reader<number[]> => ({
  usual,
  read(value, at) {
    const [lo, hi] = isPair(value) ? value : [3, value as number];
    const fits = [lo, hi].every((each) => Number.isInteger(each) && each >= 1 && each < 1000);
    if (!fits || lo > hi) throw new ArgumentError(at, describe(value), "a whole number, or [least, most] of two");
    return Array.from({ length: hi - lo + 1 }, (_, i) => lo + i).filter((size) => size % 2 === 1);
  },
});

const isSide = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;

/** [height, width]. */
export const size: Reader<readonly [number, number]> = plain<readonly [number, number]>(
  undefined,
  rule(
    "[height, width], whole numbers of pixels",
    (value) => Array.isArray(value) && value.length === 2 && value.every(isSide),
  ),
);

type Look = "nearest" | "bilinear" | "bicubic";
type Border = "fill" | "border" | "symmetric" | "reflection";

/** OpenCV's numbers of interpolations. */
export const interpolation: Reader<Look> = {
  usual: 1,
  read(value, at) {
    const found = (["nearest", "bilinear", "bicubic"] as const)[value as number];
    if (found === undefined) throw new ArgumentError(at, describe(value), "0 (nearest), 1 (linear) or 2 (cubic)");
    return found;
  },
};

/** OpenCV's numbers of what lies beyond the image. */
const BORDERS = new Map<unknown, Border>([
  [0, "fill"],
  [1, "border"],
  [2, "symmetric"],
  [4, "reflection"],
]);

export const border: Reader<Border> = {
  usual: 0,
  read(value, at) {
    const found = BORDERS.get(value);
    if (!found)
      throw new ArgumentError(at, describe(value), "0 (constant), 1 (replicate), 2 (reflect) or 4 (reflect 101)");
    return found;
  },
};

/** What fills, in levels of bytes: a number, or one for each channel. */
export const fill: Reader<number | number[]> = {
  usual: 0,
  read(value, at) {
    const list = [value].flat();
    if (list.length === 0 || !list.every((each) => Number.isFinite(each)))
      throw new ArgumentError(at, describe(value), "a number of 0 to 255, or one for each channel");
    const shares = (list as number[]).map((each) => each / 255);
    return Array.isArray(value) ? shares : shares[0];
  },
};

/** How a map looks at an image, as a document says it. */
export const LOOK = {
  interpolation,
  border_mode: border,
  fill,
  mask_interpolation: ignored,
  fill_mask: ignored,
  rotate_method: ignored,
  // Their names before version 2.
  value: { read: (value: unknown, at: string) => (value === null ? undefined : fill.read(value, at)) },
  mask_value: ignored,
} as const;

/** Settings of a map. */
export function lookOf(of: {
  interpolation?: Look;
  border_mode: Border;
  fill: number | number[];
  value?: number | number[];
}) {
  const { interpolation = "bilinear", border_mode, fill, value = fill } = of;
  // Maps that show zeros compose; each fill ends a row of them.
  const padding = border_mode === "fill" && value === 0 ? "zeros" : border_mode;
  return { interpolation, padding, ...(padding === "fill" ? { fill: value } : {}) } as const;
}

/** What is left out, or null, is undefined. */
export const optional = <T>(reader: Reader<T>): Reader<T | undefined> => ({
  read: (value, at) => (value === null ? undefined : reader.read(value, at)),
});

/** The same reader, for what has a default. */
export const usually = <T>(usual: unknown, { read }: Reader<T>): Reader<T> => ({ usual, read });

/** A number, or one for each channel. */
export const CHANNELS = rule("a number, or one for each channel", (value) => {
  const list = [value].flat();
  return list.length > 0 && list.every((each) => Number.isFinite(each));
});

/** Two numbers above 0, of which the second is not less. */
export const RATIO = rule(
  "[lo, hi] of two numbers above 0",
  (value) => isPair(value) && value[0] > 0 && value[0] <= value[1],
);

const isPlace = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/** A place on an image. */
export const A_PLACE = rule("a whole number of pixels", isPlace);

/** Pixels around an image: everywhere, across and down, or on the left, above, on the right, below. */
export const SIDES = rule(
  "a whole number of pixels, two, or four",
  (value) => [1, 2, 4].includes([value].flat().length) && [value].flat().every(isPlace),
);
