/** Whether two engines computed the same. */
import type { Result } from "./engine.ts";
import type { Check } from "./record.ts";

/**
 * Values may differ by this share of the mean magnitude of theirs: f32 sums in another order, and other `exp` and `pow`.
 * Gradients of a whole image's parameters are sums of 50,000 terms of either sign, so theirs is wider.
 */
const TOLERANCE = { values: 2e-3, sums: 2e-2 };
/** This share of the values may lie beyond: at kinks (clipping, a hue's sector, an image's edge) rounding decides the side. */
const STRAYS = 0.01;
/** Mean difference in mean magnitudes up to which two results count as equal, strays included. */
const MEAN = 0.01;

type Differences = Check["differences"];

/**
 * Compares a result with that of another engine.
 * @param precision the coarser of the two engines' steps of values, 0 for f32
 */
export function compare(found: Result, expected: Result, against: string, precision = 0): Check {
  const named = (result: Result) => ({ y: result.y, ...result.gradients });
  const [a, b]: Record<string, Float32Array>[] = [named(found), named(expected)];
  const differences: Differences = {};
  const wrong: string[] = [];
  for (const name of Object.keys(b)) {
    if (!a[name]) {
      wrong.push(`it does not give ${label(name)}`);
    } else if (a[name].length !== b[name].length) {
      wrong.push(`${label(name)} has ${a[name].length} values instead of ${b[name].length}`);
    } else {
      const isSum = name !== "y" && name !== "x";
      const difference = distance(a[name], b[name], isSum ? TOLERANCE.sums : TOLERANCE.values, precision);
      differences[name] = difference;
      const allowed = { beyond: isSum ? 0 : STRAYS, mean: isSum ? TOLERANCE.sums : MEAN + precision };
      // A NaN is beyond every bound.
      if (difference.beyond <= allowed.beyond && difference.mean <= allowed.mean) continue;
      wrong.push(`${label(name)}: ${tell(difference)}`);
    }
  }
  const agrees = wrong.length === 0;
  const worst = Object.entries(differences).sort(([, p], [, q]) => q.mean - p.mean)[0];
  const text = agrees
    ? `agrees with ${against}; largest mean difference, of ${label(worst[0])}: ${share(worst[1].mean)} of the mean magnitude`
    : `differs from ${against}: ${wrong.join("; ")}`;
  return { against, agrees, text, differences };
}

const label = (name: string): string => (name === "y" ? "the result" : `the gradient of ${name}`);
/** "3e-7", "0.32%", "120%". */
const share = (value: number): string =>
  value < 1e-4 ? value.toExponential(0) : `${Number((value * 100).toPrecision(value < 1 ? 2 : 3))}%`;
const tell = ({ beyond, mean }: Differences[string]): string =>
  mean < NOT_FINITE
    ? `${share(beyond)} of the values are beyond the tolerance, the mean difference is ${share(mean)} of the mean magnitude`
    : "it is not finite";

function distance(a: Float32Array, b: Float32Array, tolerance: number, precision: number): Differences[string] {
  let magnitude = 0;
  let sum = 0;
  for (let i = 0; i < b.length; i++) {
    magnitude += Math.abs(b[i]);
    sum += Math.abs(a[i] - b[i]);
  }
  const unit = Math.max(magnitude / b.length, 1e-12);
  let beyond = 0;
  for (let i = 0; i < b.length; i++) {
    // Bytes are off by a step after every operation, and a normalize multiplies that by four.
    const allowed = tolerance * Math.max(unit, Math.abs(b[i])) + 8 * precision;
    if (!(Math.abs(a[i] - b[i]) <= allowed)) beyond++;
  }
  return { beyond: beyond / b.length, mean: finite(sum / b.length / unit) };
}

/** JSON has neither NaN nor infinity. */
const NOT_FINITE = Number.MAX_VALUE;
const finite = (value: number): number => (Number.isFinite(value) ? value : NOT_FINITE);
