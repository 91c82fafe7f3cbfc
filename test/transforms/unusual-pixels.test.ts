import { describe, expect, test } from "vitest";
import {
  apply,
  type Declaration,
  grad,
  hsvSaturation,
  parameter,
  registry,
  resize,
  tensor,
  translate,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { fromArray, randomImage, type Shape4 } from "../reference/image.ts";
import { overflows, reference } from "../reference/index.ts";
import { check } from "./check.ts";
import { exampleOf, exampleTransform, fixedOf } from "./examples.ts";

// Pixels that are no intensities of 0..1: what bicubic overshoots to, what normalize leaves, what overflowed.

const device = testGpu();
const points = [...registry.values()].filter(({ kind }) => kind === "point");
const named = points.map((declaration) => [declaration.name, declaration] as const);
const COLOUR = [-1e30, -2, -0.3, 0, 1e-37, 1e-20, 0.4, 1, 3, 1e30];

/** Parameters that have a gradient. */
const learnable = (declaration: Declaration): string[] =>
  Object.keys(declaration.params).filter((name) => exampleOf(declaration, name) !== null);

/** The example of a transform, one row for each parameter. */
function rowsOf(declaration: Declaration): Record<string, number[][]> {
  const fixed = fixedOf(declaration);
  const names = Object.keys(declaration.params);
  return Object.fromEntries(names.map((name) => [name, [fixed[name] ?? exampleOf(declaration, name)!]]));
}

/** The float64 reference of the example of a transform. */
function expected(declaration: Declaration, image: ArrayLike<number>, shape: Shape4, options = {}) {
  const params = Object.fromEntries(
    Object.entries(rowsOf(declaration)).map(([name, rows]) => [name, rows.map((row) => row.map(Math.fround))]),
  );
  return reference[declaration.name](fromArray(image, shape), params, options).data;
}

describe("negative, zero, tiny and huge pixels", () => {
  // Every triple of them, a column for each; a row of images, as a mean of huge pixels says nothing about others.
  const of = (colours: readonly number[]) =>
    colours.flatMap((r) => colours.flatMap((g) => colours.map((b) => [r, g, b].map(Math.fround))));
  const [all, moderate] = [of(COLOUR), of(COLOUR.filter((v) => v === 0 || Math.abs(Math.log10(Math.abs(v))) < 6))];

  test.each(named)("%s", async (name, declaration) => {
    const { gpu } = device;
    const triples = overflows(name) ? moderate : all;
    const shape: Shape4 = [1, 3, 1, triples.length];
    const data = Float32Array.from([0, 1, 2].flatMap((c) => triples.map((t) => t[c])));
    const x = tensor(gpu, data, shape, { requiresGrad: true });
    const leaves = learnable(declaration).map((name) => {
      const example = exampleOf(declaration, name)!;
      return [name, parameter(gpu, example, example.length > 1 ? [example.length] : [])] as const;
    });
    const y = apply(x, exampleTransform(declaration, Object.fromEntries(leaves)));
    const found = await y.read();
    const right = expected(declaration, data, shape);
    // Units of their own, such as an L of 0 to 100, have errors in parts of them: up to 2e-5, where colours that nobody sees cancel.
    const units = overflows(name) ? 2 * Math.max(...Array.from(right, Math.abs)) : 0;
    const huge = declaration.statistic ? 1e30 : units;
    for (let i = 0; i < found.length; i++) {
      const scale = Math.max(1, huge, ...triples[i % triples.length].map(Math.abs));
      expect(
        Math.abs(found[i] - right[i]) / scale,
        `${triples[i % triples.length]}: ${found[i]}, ${right[i]}`,
      ).toBeLessThan(1e-5);
    }
    const seed = tensor(
      gpu,
      Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
      y.shape,
    );
    const gradients = grad(y, [x, ...leaves.map(([, leaf]) => leaf)], { gradient: seed });
    for (const [k, gradient] of gradients.entries()) {
      const list = await gradient.read();
      expect(
        list.findIndex((v) => !Number.isFinite(v)),
        k ? `gradient of ${leaves[k - 1][0]}` : "image",
      ).toBe(-1);
    }
  });

  test.each(named)(
    "%s, gradients of pixels from -1.5 to 2",
    async (name, declaration) => {
      await check(device.gpu, [{ name, params: rowsOf(declaration) }], {
        image: randomImage([1, 3, 6, 7], 21, -1.5, 2),
      });
    },
  );

  test("a grey image that overshoots keeps its grey", async () => {
    const plane = Array.from({ length: 32 }, (_, i) => (i % 8 >= 4 ? 1 : 0));
    const x = tensor(device.gpu, [...plane, ...plane, ...plane], [1, 3, 4, 8]);
    for (const before of [
      resize({ width: 16, height: 8, interpolation: "bicubic" }),
      translate({ x: 0.5, interpolation: "bicubic", padding: "border" }),
    ]) {
      const grey = await apply(x, before).read();
      expect(Math.min(...grey)).toBeLessThan(0);
      expect(await apply(x, [before, hsvSaturation({ factor: 1.2 })]).read()).toEqual(grey);
    }
  });
});
