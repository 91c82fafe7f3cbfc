import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { show, Tensor } from "../../tensor/index.ts";
import type { Bound, Scale } from "../../transforms/index.ts";

/** The largest number of f32. */
export const LARGEST = 3.4028234663852886e38;

/** Whether a bound lives on the GPU. */
export const isLearnable = (bound: Bound): bound is Tensor | (() => Tensor) =>
  bound instanceof Tensor || typeof bound === "function";

/** The tensor of a bound on the GPU; `keep` gets what a function makes, before anything about it is refused. */
export function tensorOf(name: string, bound: Tensor | (() => Tensor), keep: (made: Tensor) => void): Tensor {
  const made = typeof bound === "function" ? bound() : bound;
  if (!(made instanceof Tensor)) throw new ArgumentError(name, describe(made), "a function that returns a tensor");
  if (made !== bound) keep(made);
  checkTensor(name, made);
  return made;
}

/** Refuses a tensor that has not shape [], [1] or [components]. */
export function checkWidth(name: string, { size, shape }: Tensor, components: number): void {
  if (size !== 1 && size !== components)
    throw new ShapeError(name, show(shape), components === 1 ? "[] or [1]" : `[], [1] or [${components}]`);
}

/** Refuses a tensor that is not a list [length]; any length unless given. */
export function checkLength(name: string, { size, shape }: Tensor, length = size): void {
  if (shape.length !== 1 || length !== size) throw new ShapeError(name, show(shape), `[${length}], one value for each`);
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

/** Refuses a tensor that is no bound. */
export function checkTensor(name: string, tensor: Tensor): void {
  tensor.gpu.assertAlive();
  void tensor.storage;
  if (tensor.dtype !== "f32") throw new ArgumentError(name, `a tensor of ${tensor.dtype}`, "a tensor of f32");
  if (tensor.shape.length > 1)
    throw new ShapeError(name, show(tensor.shape), "[], [1] or [K], one value per component");
}

/** Refuses a bound that is no finite number within `least` and `most`, no array of them, no tensor and no function. */
export function checkBound(name: string, bound: unknown, scale: Scale, least = -Infinity, most = Infinity): void {
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

/** Refuses two bounds with different numbers of components of their own. */
export function checkComponents(name: string, a: Bound, b: Bound): void {
  const [x, y] = [componentsOf(a), componentsOf(b)];
  if (x !== y && x !== 1 && y !== 1)
    throw new ShapeError(name, `${y} components beside ${x}`, "as many components as the other bound, or one");
}

/** A bound that nobody changes: an array is copied. */
export const frozen = (bound: Bound): Bound => (Array.isArray(bound) ? Object.freeze([...bound]) : bound);
