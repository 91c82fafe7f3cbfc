/** A case on the GPU against the float64 reference: the result, and all gradients. */
import { expect } from "vitest";
import { type Gpu, registry } from "../../../src/index.ts";
import { imageOfCase } from "../../reference/image.ts";
import { type Case64, type Params64, referenceChain, type Shape4 } from "../../reference/index.ts";
import { slopeError, slopesOf } from "../../reference/slopes.ts";
import { weightsFor } from "../check.ts";
import { asReference, image64, relativeError, rowsFor, runCase } from "./run.ts";

const SEED = 3;
/** Small: a direction moves every pixel at once, and the chance to cross a kink grows with it. */
const STEP = 1e-6;
const HEIGHT = 7;
export const WIDTH = 8;

export const channelsOf = ({ name }: Case64): number => registry.get(name)!.channels?.[0] ?? 3;
export const shapeOf = (made: Case64): Shape4 => made.shape ?? [2, channelsOf(made), HEIGHT, WIDTH];
export const imageOf = (made: Case64, shape: Shape4) => imageOfCase(made, shape, SEED).data;

/** Rows of a case for samples that take its first or its second row; one list is of all samples. */
export const spread = (made: Case64, samples: readonly number[], rows = rowsFor(made, shapeOf(made))): Params64 =>
  Object.fromEntries(
    Object.entries(rows).map(([name, own]) => {
      if (registry.get(made.name)!.params[name]?.list && own.length === 1) return [name, own];
      return [name, samples.map((n) => own[Math.min(n, own.length - 1)])];
    }),
  );

/** The result, and the gradients along directions of the image and along every value of every parameter. */
export async function againstReference(gpu: Gpu, made: Case64, shape: Shape4, directions = 8): Promise<void> {
  const rows = rowsFor(made, shape);
  const image = imageOf(made, shape);
  const { forward = 2e-5, backward = 2e-4, step = STEP, steps, kinks = 0 } = made;
  const ran = await runCase(gpu, { made, image, shape, rows });
  const link = asReference(made, rows);
  const expected = referenceChain([link], image64(image, shape));
  expect(ran.shape).toEqual(expected.shape);
  expect(relativeError(ran.y, expected.data), "error of the result").toBeLessThan(forward);

  const slopes = slopesOf([link], image64(image, shape), weightsFor(ran.y.length), { directions, steps, step });
  const found = slopeError(ran.image, slopes.image);
  expect(found.compared, "directions of the image without a kink").toBe(directions);
  expect(found.error, "gradient of the image").toBeLessThan(backward);
  if (shape[2] * shape[3] > 40)
    expect(
      ran.image.some((v) => v !== 0),
      "the image has a gradient",
    ).toBe(true);
  let kinked = 0;
  for (const [param, gradient] of Object.entries(ran.params)) {
    const own = slopeError(gradient, slopes.params[0][param]);
    kinked += slopes.params[0][param].length - own.compared;
    if (shape[2] * shape[3] > 40)
      expect(
        gradient.some((v) => v !== 0),
        `${param} has a gradient`,
      ).toBe(true);
    expect(own.error, `gradient of ${param}`).toBeLessThan(backward);
  }
  expect(kinked, "values of parameters on kinks").toBeLessThanOrEqual(kinks);
}
