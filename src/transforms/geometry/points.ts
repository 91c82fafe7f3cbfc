import { ArgumentError } from "../../gpu/errors.ts";
import type { ParamValue } from "../language/values.ts";

/** Points, x and y each: a list for all samples, one such list per sample, a tensor `[K, 2]` or `[N, K, 2]`, or a distribution. */
export type PointsValue = ParamValue | readonly (readonly (readonly number[])[])[];

/** Points as a list of pairs, or as one such list per sample, become rows of numbers. */
function flatOf(value: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(value[0])) return value;
  if (Array.isArray(value[0][0])) return value.map((points) => (Array.isArray(points) ? points.flat() : points));
  return value.every((pair) => Array.isArray(pair) && pair.length === 2) ? value.flat() : value;
}

/** How many points there are, of what stands for them; undefined where that does not say. */
function countOf(value: unknown): number | undefined {
  const { shape } = (value ?? {}) as { shape?: readonly number[] };
  if (Array.isArray(shape)) return shape.at(-1) === 2 && shape.length > 1 ? shape.at(-2) : (shape.at(-1) ?? 0) / 2;
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
  const [first] = value as unknown as unknown[];
  const row = Array.isArray(first) ? first : value;
  return (row as ArrayLike<number>).length / 2;
}

/**
 * Settings whose parameters `names` are points, in one form or another: they become rows of numbers, and the option `points` how many
 * there are.
 */
export function withPoints(
  transform: string,
  names: readonly string[],
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const given = names.filter((name) => settings[name] !== undefined);
  const rows = Object.fromEntries(given.map((name) => [name, flatOf(settings[name])]));
  let points = settings.points as number | undefined;
  for (const name of given) {
    const count = countOf(rows[name]);
    if (count === undefined) continue;
    points ??= count;
    if (!Number.isInteger(count) || count !== points) {
      const allowed = `${points} points, [x, y] each`;
      throw new ArgumentError(`${transform}.${name}`, `${count} points`, allowed);
    }
  }
  return { ...settings, ...rows, ...(points === undefined ? {} : { points }) };
}
