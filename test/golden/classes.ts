// Steps through augrad's own class of the same name: what Kornia's constructor was given becomes its settings, and what Kornia drew
// a recipe, which is replayed. Only conventions of what is drawn are said for each class.

import { type RandomSpec, type Sampled, sequential, Tensor, type Transform } from "../../src/index.ts";
import { scaled, shifted } from "./conventions.ts";
import type { Material } from "./material.ts";
import type { ClassEntry } from "./stages.ts";

/** Values by parameter of the class's transform: numbers for the recipe, or tensors whose gradient the case knows. */
export type DrawnValues = Readonly<Record<string, Tensor | readonly number[] | readonly (readonly number[])[]>>;

/** What the class draws, from what Kornia drew at step `i` for images `x`. */
export type Convention = (m: Material, i: number, x: Tensor) => DrawnValues;

/** `times · v + plus` of what step `i` drew: a tensor where the case has its gradient, else numbers. */
export function drawnOf(m: Material, i: number, name: string, { times = 1, plus = 0 } = {}): Tensor | number[] {
  const stored = m.drawn(i, name);
  if (!stored.requiresGrad) return Array.from(m.drawnNumbers(i, name), (value) => times * value + plus);
  return shifted(scaled(stored, times), plus);
}

/** A step through a class. `settings` are those that are not Kornia's in camelCase. */
export const through =
  (
    make: { random: RandomSpec },
    convention: Convention = () => ({}),
    settings: (m: Material, i: number) => Readonly<Record<string, unknown>> = () => ({}),
  ): ClassEntry =>
  (m, i) => ({
    throwsCoins: true,
    image: (x) => replayed(madeOf(make, m, i, settings(m, i)), convention(m, i, x), m.drawnNumbers(i, "batch_prob"), x),
  });

/** What the class makes of Kornia's settings, and of others. */
export function madeOf(make: { random: RandomSpec }, m: Material, i: number, settings: object = {}): Transform {
  return (make as unknown as (settings: object) => Transform)({
    ...settingsOf(m, i, make.random.options),
    ...settings,
  });
}

/** The settings that Kornia's constructor was given under the same name. */
function settingsOf(m: Material, i: number, options: Readonly<Record<string, { allowed: string }>>): object {
  const named = Object.entries(options).map(([option, { allowed }]) => {
    const value = m.setting<unknown>(
      i,
      option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      undefined,
    );
    const isWord = typeof value === "string" && !allowed.split(", ").includes(value);
    return [option, isWord ? value.toLowerCase() : value] as const;
  });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** What a recipe of one transform with these values makes of images, or of an object; tensors among the values are the pipeline's own. */
export function replayed<X extends Tensor | object>(
  transform: Transform,
  values: DrawnValues,
  coins: Float32Array,
  x: X,
): X {
  const isTensor = ([, value]: [string, unknown]) => value instanceof Tensor;
  const tensors = Object.fromEntries(Object.entries(values).filter(isTensor)) as Record<string, Tensor>;
  const params = Object.fromEntries(Object.entries(values).filter((entry) => !isTensor(entry)));
  // What changes the size has no coin: it applies to all.
  const on = coins.every((coin) => coin > 0.5) ? {} : { on: Array.from(coins, (coin) => (coin > 0.5 ? 1 : 0)) };
  const p = "on" in on ? transform.p : undefined;
  const pipeline = sequential([{ ...transform, p, params: { ...transform.params, ...tensors } }]);
  const n = coins.length;
  return pipeline.replay(
    x as object,
    {
      version: 1,
      n,
      seed: 0,
      step: 0,
      samples: Array.from({ length: n }, (_, k) => k),
      transforms: [{ name: transform.declaration.name, ...on, params, units: {} }],
    } as Sampled,
  ) as X;
}
