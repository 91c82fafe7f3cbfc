/** Transforms that Kornia has too, with the settings that both sides take: bench/peers/python/transforms.json. */

import { constructorOf } from "../docs/reference/examples.ts";
import { reshape, type Tensor, type Transform } from "../src/index.ts";
import { imagesOf, spread } from "./catalogue.ts";
import type { Mode, Shape, Task } from "./engine.ts";
import table from "./peers/python/transforms.json";
import { EVERY } from "./record.ts";

interface Entry {
  /** Per sample, spread evenly from one bound to the other; `both` takes their gradients. `down` is the parameter `y`. */
  learned?: Record<string, readonly [number, number]>;
  /** Several numbers, the same for all samples; `both` takes their gradients. */
  rows?: Record<string, readonly number[]>;
  /** A parameter of two values per pixel that is given; `both` takes its gradient. */
  noise?: string;
  /** Whether sample i is mixed with sample i + 1, the last with the first. */
  partner?: boolean;
  settings?: Record<string, unknown>;
}

/** By name. */
export const compared: Readonly<Record<string, Entry>> = table as unknown as Record<string, Entry>;

export const COMPARED_SHAPE: Shape = [8, 3, 224, 224];

/** Numbers between -1 and 1 without a pattern. */
const pattern = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));

/** The inputs of a transform: transforms.py makes the same. */
export function comparedTask(name: string, mode: Mode, shape: Shape = COMPARED_SHAPE): Task {
  const { learned = {}, rows = {}, noise } = compared[name];
  const [n, c, h, w] = shape;
  const parameters: Record<string, Float32Array> = {};
  for (const [key, [from, to]] of Object.entries(learned)) parameters[key] = spread(n, from, to);
  for (const [key, row] of Object.entries(rows))
    parameters[key] = Float32Array.from({ length: n * row.length }, (_, i) => row[i % row.length]);
  if (noise) parameters[noise] = pattern(2 * n * h * w);
  const [x, seed] = [imagesOf(shape), pattern(n * c * h * w)];
  return { work: `${EVERY}${name}`, mode, shape, x, seed, parameters, learned: Object.keys(parameters) };
}

/** Whether a work is one of these transforms. */
export const isCompared = (work: string): boolean => work.startsWith(EVERY) && work.slice(EVERY.length) in compared;

/** The transform of such a work, with its learned parameters. */
export function comparedTransform(work: string, [n, , h, w]: Shape, tensors: Record<string, Tensor>): Transform {
  const name = work.slice(EVERY.length);
  const entry = compared[name];
  const partner = entry.partner && { partner: Array.from({ length: n }, (_, i) => (i + 1) % n) };
  const noise = entry.noise && { [entry.noise]: reshape(tensors[entry.noise], [n, 2, h, w]) };
  // `y` is the result in what is compared.
  const { down, ...named } = tensors;
  return constructorOf(name)({ ...entry.settings, ...named, ...(down && { y: down }), ...partner, ...noise });
}
