import { logDensity, quantile } from "../../autograd/quantiles.ts";
import { readOptions } from "../../gpu/index.ts";
import type { Beta, Bound } from "../../transforms/index.ts";
import { checkBound, checkComponents, frozen, numberAt } from "./bounds.ts";
import {
  estimatorText,
  type Family,
  made,
  rounded,
  SMOOTH,
  type SmoothOptions,
  sharing,
  tailsOf,
  type Value,
} from "./family.ts";
import { HALF } from "./quantile.ts";

/** The least and the largest shape. */
const SHAPES = [1e-2, 1e4] as const;

/**
 * Beta: between 0 and 1, with density in proportion to xᵃ⁻¹ (1 − x)ᵇ⁻¹. `beta(1, 1)` is uniform, both small draws near the ends, both
 * large near a / (a + b). Where a or b is a tensor the gradient reaches it, that of the quantile: dx / da = −(∂F / ∂a) / density.
 * What is learned beyond 0.01 or 10,000 counts as that.
 * @throws ArgumentError for a or b that are no numbers from 0.01 to 10,000
 */
export function beta(a: Bound, b: Bound, options?: SmoothOptions): Beta {
  const { estimator = "pathwise", ...read } = readOptions<SmoothOptions>("beta", options, SMOOTH);
  checkBound("a", a, "linear", ...SHAPES);
  checkBound("b", b, "linear", ...SHAPES);
  checkComponents("b", a, b);
  return made(BETA, { distribution: "beta", a: frozen(a), b: frozen(b), estimator, ...sharing(read) });
}

export const BETA: Family<Beta> = {
  bounds: ({ a, b }) => [
    ["a", a],
    ["b", b],
  ],
  support: () => [[0, 1]],
  value,
  ...rounded(value),
  draw: ({ a, b }, tools) => tools.keep(quantile("beta", tailsOf(tools), [tools.bound("a", a), tools.bound("b", b)])),
  logProb: ({ a, b }, tools) =>
    tools.keep(logDensity("beta", tailsOf(tools), [tools.bound("a", a), tools.bound("b", b)])),
  text: ({ a, b, estimator }) => ({ given: [a, b], options: estimatorText(estimator, "pathwise") }),
};

function value({ a, b }: Beta, components: number): Value {
  const quantiles = Array.from({ length: components }, (_, k) => betaQuantile(numberAt(a, k), numberAt(b, k)));
  return (u, k) => Math.fround(quantiles[k](u + HALF, 1 - u - HALF));
}

/**
 * The quantile of a share p, q being 1 − p. The WGSL twin is shaders/tensor/beta.wgsl.
 *
 * On either side of (a + 1) / (a + b + 2) the continued fraction of the incomplete beta function (DLMF 8.17.22) converges fast for one of
 * I_x(a, b) and I_{1−x}(b, a). That one's logarithm, as a function of ln x, is concave or convex, so that Newton's steps converge.
 */
export function betaQuantile(a: number, b: number): (p: number, q: number) => number {
  const constant = logBeta(a, b);
  const middle = (a + 1) / (a + b + 2);
  const share = Math.exp(logShare(a, b, Math.log(middle), constant)[0]);
  const lower = (p: number) => solve(a, b, p, constant);
  const upper = (q: number) => 1 - solve(b, a, q, constant);
  return (p, q) => (p <= share ? lower(p) : upper(q));
}

/** ln I_x(a, b), and its slope, at ln x. */
function logShare(a: number, b: number, w: number, constant: number): [number, number] {
  const x = Math.exp(w);
  const sum = fraction(a, b, x);
  return [a * w + b * Math.log1p(-x) - constant - Math.log(a / sum), a / ((1 - x) * sum)];
}

function solve(a: number, b: number, p: number, constant: number): number {
  const goal = Math.log(p);
  const most = Math.log((a + 1) / (a + b + 2));
  let w = most;
  for (let i = 0; i < 40; i++) {
    const [level, slope] = logShare(a, b, w, constant);
    const next = Math.min(w + (goal - level) / slope, most);
    if (Math.abs(next - w) <= 1e-12) return Math.exp(next);
    w = next;
  }
  return Math.exp(w);
}

/** The continued fraction, from its far end: S with I_x(a, b) = xᵃ (1 − x)ᵇ S / (a B(a, b)). */
function fraction(a: number, b: number, x: number): number {
  let below = 1;
  for (let m = 12 + Math.ceil(3 * Math.sqrt(Math.max(a, b))); m > 0; m--) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    below = 1 + even / below;
    const odd = (-(a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
    below = 1 + odd / below;
  }
  return 1 / below;
}

/** ln B(a, b) of the smaller s and the larger l: ln Γ(1 + s) − ln s − ln Γ(l + s) + ln Γ(l). */
function logBeta(a: number, b: number): number {
  const s = Math.min(a, b);
  return logRise(1, s) - Math.log(s) - logRise(Math.max(a, b), s);
}

/** ln Γ(z + s) − ln Γ(z), in proportion to s where that is small. */
function logRise(z: number, s: number): number {
  let shift = 0;
  let from = z;
  for (; from < 10; from++) shift += Math.log1p(s / from);
  const to = from + s;
  const whole = (from - 0.5) * Math.log1p(s / from) + s * Math.log(to) - s;
  return whole + correction(to) - correction(from) - shift;
}

/** What Stirling's formula lacks of ln Γ(z). */
function correction(z: number): number {
  const r = 1 / (z * z);
  const terms = [-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];
  return terms.reduce((sum, each) => sum * r + each, 0) / z;
}
