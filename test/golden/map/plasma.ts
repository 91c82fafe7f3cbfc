// Plasma fractals. What Kornia draws is in the case: the numbers of each step, in the order in which they are asked for. Its masks of
// what is larger than 0 say nothing, as its random numbers are.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import type { Material } from "../material.ts";
import { point } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

/** The random numbers of a case, one tensor after the other. */
function numbers(m: Material): () => Tensor {
  let at = 0;
  return () => m.input(`noise${String(at++).padStart(2, "0")}`);
}

const fractal = (m: Material, i: number, [n, c, h, w]: readonly number[]): Tensor =>
  ag.diamondSquare([n, c, h, w], { random: numbers(m), roughness: m.drawn(i, "roughness") });

/** A value of each sample, for its pixels. */
const each = (t: Tensor): Tensor => ag.reshape(t, [t.size, 1, 1, 1]);

export const operations: Operations = {
  "contrib.diamond_square": (m) =>
    ag.diamondSquare(m.option<number[]>("output_size", []), {
      random: numbers(m),
      roughness: m.param("roughness"),
      randomScale: m.param("random_scale"),
      normalizeRange: m.option<[number, number] | undefined>("normalize_range", undefined),
    }),
};

export const classes: Classes = {
  RandomPlasmaBrightness: point((m, i, x) => {
    const light = ag.mul(ag.sub(ag.mul(fractal(m, i, x.shape), 2), 1), each(m.drawn(i, "intensity")));
    return ag.clamp(ag.add(x, light), 0, 1);
  }),
  RandomPlasmaContrast: point((m, i, x) => {
    const factor = ag.mul(fractal(m, i, x.shape), 4);
    return ag.clamp(ag.add(ag.mul(ag.sub(x, 0.5), factor), 0.5), 0, 1);
  }),
  RandomPlasmaShadow: point((m, i, x) => {
    const [n, , h, w] = x.shape;
    const shaded = ag.less(fractal(m, i, [n, 1, h, w]).detach(), each(m.drawn(i, "shade_quantity")));
    return ag.clamp(ag.add(x, ag.mul(shaded, each(m.drawn(i, "shade_intensity")))), 0, 1);
  }),
};
