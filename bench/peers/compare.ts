/** How far what an engine computes is from the reference. */
import type { Prepared, Result, Task } from "../engine.ts";
import { inputsOf, reference, slope } from "./reference.ts";

/** The largest differences in one task, by name. Differences of gradients are relative to the largest gradient of that name, or 1. */
export type Differences = Record<string, number>;

/** Pixels whose gradients are compared; of the parameters all are. */
const PIXELS = 300;
/** Numbers that a reference may go through for the pixels' gradients. */
const WORK = 3e8;

/** Some numbers below `of`, always the same. */
function places(of: number, count: number): number[] {
  if (of <= count) return Array.from({ length: of }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => ((i * 2_654_435_761) >>> 0) % of);
}

/** @throws Error where the result has not the size it should have. */
export function differences(task: Task, { y, gradients }: Result): Differences {
  const expected = reference(task);
  if (y.length !== expected.length) throw new Error(`The result has ${y.length} numbers, not ${expected.length}.`);
  const found: Differences = { y: largest(y, expected) };
  if (task.mode === "forward") return found;
  const inputs = inputsOf(task);
  for (const name of ["x", ...task.learned]) {
    const values = name === "x" ? inputs.x : inputs.parameters[name];
    const gradient = gradients?.[name];
    if (gradient?.length !== values.length) throw new Error(`There is no gradient of ${name} in its shape.`);
    const pixels = Math.min(PIXELS, Math.ceil((WORK * task.shape[0]) / task.x.length / 100));
    const at = places(values.length, name === "x" ? pixels : Number.POSITIVE_INFINITY);
    const slopes = at.map((place) => slope(task, inputs, name, place));
    const scale = Math.max(1, ...slopes.map(Math.abs));
    found[`d${name}`] =
      largest(
        at.map((place) => gradient[place]),
        slopes,
      ) / scale;
  }
  return found;
}

/** The largest difference; NaN where one of the numbers is none. */
function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Number.NaN;
    most = Math.max(most, difference);
  }
  return most;
}

export const isPrepared = (prepared: Prepared | { missing: string }): prepared is Prepared => "issue" in prepared;
