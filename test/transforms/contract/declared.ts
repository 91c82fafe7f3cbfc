/** What a declaration is enough for. */
import { expect } from "vitest";
import { apply, type Declaration, type Gpu, type Transform, tensor } from "../../../src/index.ts";
import { randomImage } from "../../reference/image.ts";
import { check } from "../check.ts";
import { exampleOf, fixedOf } from "../examples.ts";

/** Whether it looks through a tensor, or at another image: then it has no example of its own, which is a plain value. */
export const isFed = ({ field, params }: Declaration): boolean =>
  field !== undefined || Object.values(params).some(({ role }) => role === "image");

/** A transform with some values and options, all else at its default. */
function made(declaration: Declaration, params: object, options: object): Transform {
  const filled = Object.entries(declaration.params).map(([name, spec]) => [name, spec.default]);
  const chosen = Object.entries(declaration.options ?? {}).map(([name, spec]) => [name, spec.default]);
  return {
    declaration,
    params: { ...Object.fromEntries(filled), ...params },
    options: { ...Object.fromEntries(chosen), ...options },
  };
}

/** The declaration's example can be run, stands away from the neutral values, and changes the image. */
export async function exampleRuns(gpu: Gpu, declaration: Declaration): Promise<void> {
  const params = Object.entries(declaration.params);
  const example = params.some(([, { role }]) => !role) ? declaration.example : (declaration.example ?? {});
  expect(example).toBeDefined();
  const away = params.filter(([name, { neutral }]) => neutral !== undefined && example!.params?.[name] === neutral);
  expect(away.map(([name]) => name)).toEqual([]);
  // A histogram of few pixels says nothing.
  const side = declaration.reads === "image" ? 17 : 8;
  const x = Float32Array.from({ length: 6 * side * side }, (_, i) => 0.05 + (((i % 384) * 37) % 91) / 101);
  const transform = made(declaration, example!.params ?? {}, example!.options ?? {});
  const y = await apply(tensor(gpu, x, [2, 3, side, side]), transform).read();
  expect(y.every(Number.isFinite)).toBe(true);
  expect(y).not.toEqual(x);
}

/** Gradients of pixels that are no intensities of 0..1. */
export async function largePixels(gpu: Gpu, declaration: Declaration): Promise<void> {
  const fixed = fixedOf(declaration);
  const names = Object.keys(declaration.params);
  const params = Object.fromEntries(names.map((name) => [name, [fixed[name] ?? exampleOf(declaration, name)!]]));
  await check(gpu, [{ name: declaration.name, params }], { image: randomImage([1, 3, 6, 7], 21, -1.5, 2) });
}
