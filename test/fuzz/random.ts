/** Random choices from a seed. */
import { randomNumbers } from "../reference/image.ts";

export interface Random {
  /** In [0, 1). */
  unit: () => number;
  /** A whole number from a to b. */
  whole: (a: number, b: number) => number;
  chance: (p: number) => boolean;
  pick: <T>(list: readonly T[]) => T;
  /** As f32 has it. */
  between: (a: number, b: number) => number;
}

export function randomFrom(...seeds: number[]): Random {
  let mixed = 0x9e3779b9;
  for (const seed of seeds) mixed = Math.imul(mixed ^ seed ^ (mixed >>> 15), 0x85ebca6b) ^ (mixed >>> 13);
  const unit = randomNumbers(mixed);
  return {
    unit,
    whole: (a, b) => a + Math.floor(unit() * (b - a + 1)),
    chance: (p) => unit() < p,
    pick: (list) => list[Math.floor(unit() * list.length)],
    between: (a, b) => Math.fround(a + unit() * (b - a)),
  };
}
