import { ArgumentError, describe, flag, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { show, Tensor } from "../tensor/index.ts";
import type {
  Around,
  Bernoulli,
  Bound,
  Constant,
  Distribution,
  Estimator,
  Scale,
  Uniform,
} from "../transforms/index.ts";

import { printable, showDistribution } from "../transforms/language/show.ts";

export type { Around, Bernoulli, Bound, Constant, Distribution, Estimator, Scale, Uniform };

/** The largest number of f32. */
const LARGEST = 3.4028234663852886e38;

/**
 * Options of every distribution. A distribution is a random variable: where one object is given to several parameters of a
 * transform, they get the same draw (`scale({ x: s, y: s })` keeps the aspect); two objects are drawn apart.
 */
export interface DistributionOptions {
  /** One draw per sample for all components of a vector parameter, instead of one each. */
  shared?: boolean;
}

/** Options of {@link uniform} and {@link around}. */
export interface RangeOptions extends DistributionOptions {
  /** In what it is uniform; `linear` unless given. */
  scale?: Scale;
}

/** Options of {@link bernoulli}. */
export interface BernoulliOptions extends DistributionOptions {
  /** How the gradient passes the jump, where `p` learns; `straightThrough` unless given. */
  estimator?: Estimator;
  /** Temperature of the relaxed coin, above 0; 0.5 unless given. */
  temperature?: number;
}

const RANGE = { shared: flag, scale: oneOf("linear", "log") };
const COIN = { shared: flag, estimator: oneOf("straightThrough", "relaxed"), temperature: number({ above: 0 }) };

/**
 * Uniform on [lo, hi]: lo + u (hi - lo) with u in [0, 1), in f32. With `scale: "log"`, lo (hi / lo)^u.
 * Where a bound is a tensor the draw is made on the GPU, and its gradient reaches the bound.
 * @throws ArgumentError for bounds that are NaN, infinite or upside down, or not positive with `scale: "log"`
 */
export function uniform(lo: Bound, hi: Bound, options?: RangeOptions): Uniform {
  const { scale = "linear", shared = false } = readOptions<RangeOptions>("uniform", options, RANGE);
  checkBound("lo", lo, scale);
  checkBound("hi", hi, scale);
  const rows = Math.max(componentsOf(lo), componentsOf(hi));
  checkComponents("hi", lo, hi);
  for (let i = 0; i < rows; i++) {
    const a = numberAt(lo, i);
    const b = numberAt(hi, i);
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a number that is at most hi");
    if (Math.abs(b - a) > LARGEST)
      throw new ArgumentError("hi", `${b}, ${b - a} above lo`, "a range that f32 can hold");
  }
  return made({
    distribution: "uniform",
    lo: frozen(lo),
    hi: frozen(hi),
    scale,
    shared,
  });
}

/**
 * Uniform on [centre - width, centre + width]: centre + (2u - 1) width. With `scale: "log"`, centre exp((2u - 1) width):
 * the width is then in natural logarithms. A learned width may become negative: the range is the same.
 * @throws ArgumentError for a number that is NaN, infinite, or a negative width; for a centre that is not positive with `scale: "log"`
 */
export function around(centre: Bound, width: Bound, options?: RangeOptions): Around {
  const { scale = "linear", shared = false } = readOptions<RangeOptions>("around", options, RANGE);
  checkBound("centre", centre, scale);
  checkBound("width", width, "linear", 0);
  checkComponents("width", centre, width);
  for (let i = 0; i < Math.max(componentsOf(centre), componentsOf(width)); i++) {
    const c = numberAt(centre, i);
    const w = numberAt(width, i);
    const most = scale === "log" ? c * Math.exp(w) : Math.abs(c) + w;
    if (most > LARGEST) throw new ArgumentError("width", `${w} around ${c}`, "a range that f32 can hold");
  }
  return made({
    distribution: "around",
    centre: frozen(centre),
    width: frozen(width),
    scale,
    shared,
  });
}

/**
 * A coin: 1 where u < p, else 0. Where `p` is a tensor the jump has an estimator: `straightThrough` (default) throws the
 * hard coin and passes its gradient on to p unchanged; `relaxed` is the sigmoid of (logit p + logit u') / temperature,
 * between 0 and 1, with its true gradient (u' = 1 - u, so that both agree on which side of one half they fall).
 * @throws ArgumentError for p outside 0..1, a temperature that is not above 0, or an unknown estimator
 */
export function bernoulli(p: Bound, options?: BernoulliOptions): Bernoulli {
  const read = readOptions<BernoulliOptions>("bernoulli", options, COIN);
  const { estimator = "straightThrough", temperature = 0.5, shared = false } = read;
  checkBound("p", p, "linear", 0, 1);
  if (read.temperature !== undefined && estimator !== "relaxed")
    throw new ArgumentError("temperature", String(temperature), `only with estimator: "relaxed"`);
  return made({ distribution: "bernoulli", p: frozen(p), estimator, temperature, shared });
}

/** Always `value`, a finite number. */
export function constant(value: number): Constant {
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
    throw new ArgumentError("value", describe(value), "a finite number");
  return made({ distribution: "constant", value, shared: true });
}

const KINDS = ["uniform", "around", "bernoulli", "constant"];

/** Whether a parameter of a transform is a distribution. */
export function isDistribution(value: unknown): value is Distribution {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Tensor) &&
    KINDS.includes((value as { distribution?: string }).distribution as string)
  );
}

/** The bounds of a distribution by name. */
export function boundsOf(distribution: Distribution): [string, Bound][] {
  switch (distribution.distribution) {
    case "uniform":
      return [
        ["lo", distribution.lo],
        ["hi", distribution.hi],
      ];
    case "around":
      return [
        ["centre", distribution.centre],
        ["width", distribution.width],
      ];
    case "bernoulli":
      return [["p", distribution.p]];
    default:
      return [];
  }
}

/** Whether a bound lives on the GPU. */
export const isLearnable = (bound: Bound): bound is Tensor | (() => Tensor) =>
  bound instanceof Tensor || typeof bound === "function";

/** Whether a draw has to be made on the GPU, because a bound lives there. */
export const drawsOnGpu = (distribution: Distribution): boolean =>
  boundsOf(distribution).some(([, bound]) => isLearnable(bound));

/** The tensor of a bound on the GPU, checked to have shape [], [1] or [components]. */
export function boundTensor(name: string, bound: Tensor | (() => Tensor), components: number): Tensor {
  const made = typeof bound === "function" ? bound() : bound;
  if (!(made instanceof Tensor)) throw new ArgumentError(name, describe(made), "a function that returns a tensor");
  checkTensor(name, made);
  if (made.size !== 1 && made.size !== components) {
    throw new ShapeError(name, show(made.shape), components === 1 ? "[] or [1]" : `[], [1] or [${components}]`);
  }
  return made;
}

/** The i-th component of a bound of numbers; NaN for one that lives on the GPU. */
export function numberAt(bound: Bound, i: number): number {
  if (typeof bound === "number") return bound;
  if (isLearnable(bound)) return Number.NaN;
  return bound[bound.length === 1 ? 0 : i];
}

/** How many components a bound has of its own: 1 fits every parameter. Functions are known only when they run. */
export function componentsOf(bound: Bound): number {
  if (typeof bound === "number" || typeof bound === "function") return 1;
  return bound instanceof Tensor ? bound.size : bound.length;
}

function checkTensor(name: string, tensor: Tensor): void {
  tensor.gpu.assertAlive();
  void tensor.storage;
  if (tensor.dtype !== "f32") throw new ArgumentError(name, `a tensor of ${tensor.dtype}`, "a tensor of f32");
  if (tensor.shape.length > 1)
    throw new ShapeError(name, show(tensor.shape), "[], [1] or [K], one value per component");
}

function checkBound(name: string, bound: unknown, scale: Scale, least = -Infinity, most = Infinity): void {
  if (typeof bound === "function") return;
  if (bound instanceof Tensor) {
    checkTensor(name, bound);
    return;
  }
  const values = Array.isArray(bound) ? bound : [bound];
  const range =
    scale === "log"
      ? "above 0"
      : most < Infinity
        ? `from ${least} to ${most}`
        : least > -Infinity
          ? `at least ${least}`
          : "";
  const allowed = `a finite number${range ? ` ${range}` : ""}, an array of them, a tensor or a function that makes one`;
  if (values.length === 0) throw new ArgumentError(name, "an empty array", allowed);
  values.forEach((value, i) => {
    const fits = typeof value === "number" && Number.isFinite(value) && value >= least && value <= most;
    if (!fits || (scale === "log" && Math.fround(value) <= 0) || !Number.isFinite(Math.fround(value as number))) {
      throw new ArgumentError(values === bound ? `${name}[${i}]` : name, describe(value), allowed);
    }
  });
}

function checkComponents(name: string, a: Bound, b: Bound): void {
  const [x, y] = [componentsOf(a), componentsOf(b)];
  if (x !== y && x !== 1 && y !== 1)
    throw new ShapeError(name, `${y} components beside ${x}`, "as many components as the other bound, or one");
}

/** A distribution is a frozen value, which prints as the call that made it. */
const made = <T extends Distribution>(distribution: T): T =>
  Object.freeze(printable(distribution, () => showDistribution(distribution)));

const frozen = (bound: Bound): Bound => (Array.isArray(bound) ? Object.freeze([...bound]) : bound);
