/** Numbers of augrad that Kornia's are compared with, transform by transform, on a small batch. */
import type { Gpu } from "../../../src/index.ts";
import { augradEngine } from "../../augrad.ts";
import { comparedTask } from "../../compared.ts";
import type { Shape } from "../../engine.ts";
import { places, rounded, type Samples } from "./numbers.ts";

/** Small, but larger than what the transforms look at around a pixel, and divisible by the tiles. */
export const SMALL_SHAPE: Shape = [2, 3, 48, 64];

/** `y`, `x` (the gradient of the pixels) and the gradients of the learned parameters, each at some places. */
export async function transformNumbers(gpu: Gpu, name: string): Promise<Record<string, Samples>> {
  const made = await augradEngine(gpu).prepare(comparedTask(name, "both", SMALL_SHAPE));
  if ("missing" in made) throw new Error(made.missing);
  const { y, gradients } = await made.result();
  made.dispose();
  return Object.fromEntries(
    Object.entries({ y, ...gradients }).map(([key, values]) => {
      const at = places(values.length, key === "y" ? 120 : 60);
      return [key, { at, values: at.map((place) => rounded(values[place])) }];
    }),
  );
}
