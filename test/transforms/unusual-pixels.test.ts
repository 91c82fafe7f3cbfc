import { describe, expect, test } from "vitest";
import { apply, type Declaration, hsvSaturation, registry, resize, tensor, translate } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomImage } from "../reference/image.ts";
import { check } from "./check.ts";
import { exampleOf, fixedOf } from "./examples.ts";

// Pixels that are no intensities of 0..1: what bicubic overshoots to, what normalize leaves, what overflowed.

const device = testGpu();
const points = [...registry.values()].filter(({ kind }) => kind === "point");
const named = points.map((declaration) => [declaration.name, declaration] as const);

/** The example of a transform, one row for each parameter. */
function rowsOf(declaration: Declaration): Record<string, number[][]> {
  const fixed = fixedOf(declaration);
  const names = Object.keys(declaration.params);
  return Object.fromEntries(names.map((name) => [name, [fixed[name] ?? exampleOf(declaration, name)!]]));
}

// Results of any pixels are in the contract of every transform.
describe("negative, zero and large pixels", () => {
  test.each(named)("%s, gradients of pixels from -1.5 to 2", async (name, declaration) => {
    await check(device.gpu, [{ name, params: rowsOf(declaration) }], {
      image: randomImage([1, 3, 6, 7], 21, -1.5, 2),
    });
  });

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
