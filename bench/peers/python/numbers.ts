/** Numbers of the float64 reference that other programs compare with: inputs.py and check.py say what they are for. */
import { catalogue, taskOf } from "../../catalogue.ts";
import type { Shape } from "../../engine.ts";
import { inputsOf, reference, slope } from "../reference.ts";

/** Values of an array at some places. */
export interface Samples {
  at: number[];
  values: number[];
}

export interface WorkNumbers {
  shape: Shape;
  /** Checksums of the inputs, by name. */
  sums: Record<string, number>;
  /** `y`, `x` (the gradient of the pixels) and the gradients of the learned parameters. */
  expected: Record<string, Samples>;
}

const RESULTS = 200;
const PIXELS = 60;

/** A sum that the order of the numbers matters to. */
const checksum = (values: Float32Array) =>
  values.reduce((sum, value, i) => sum + value * ((i % 97) + 1), 0) / values.length;

export const places = (of: number, count: number) =>
  of <= count
    ? Array.from({ length: of }, (_, i) => i)
    : Array.from({ length: count }, (_, i) => ((i * 2_654_435_761) >>> 0) % of);

/** By work, on a small batch. */
export function referenceNumbers(): Record<string, WorkNumbers> {
  return Object.fromEntries(
    catalogue.map((work) => {
      const shape: Shape = work.id === "choice" ? [8, 3, 20, 24] : [4, 3, 40, 36];
      const task = taskOf(work, "both", shape);
      const inputs = inputsOf(task);
      const named = { x: task.x, seed: task.seed, ...task.parameters };
      const sums = Object.fromEntries(Object.entries(named).map(([name, values]) => [name, rounded(checksum(values))]));
      const y = reference(task);
      const sampled = (at: number[], value: (place: number) => number): Samples => ({
        at,
        values: at.map((place) => rounded(value(place))),
      });
      const expected: Record<string, Samples> = { y: sampled(places(y.length, RESULTS), (place) => y[place]) };
      for (const name of ["x", ...task.learned]) {
        const values = name === "x" ? inputs.x : inputs.parameters[name];
        const at = places(values.length, name === "x" ? PIXELS : Number.POSITIVE_INFINITY);
        expected[name] = sampled(at, (place) => slope(task, inputs, name, place));
      }
      return [work.id, { shape, sums, expected }];
    }),
  );
}

/** To seven digits: what differs between machines is beyond. */
export const rounded = (value: number) => Number(value.toPrecision(7));
