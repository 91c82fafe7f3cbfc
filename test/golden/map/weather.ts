// Weather and light.
//  - Kornia's lights are images that it stores. What it made them of is in the case: augrad makes the light of that, and the stored
//    image has the gradient. The middle of its Gaussian is rounded to whole pixels, and half a pixel before them where the size is even.
//  - Its directions are numbers: 0 below, 1 above, 2 right, 3 left; its corners are numbered as augrad's.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { run } from "../conventions.ts";
import type { Material } from "../material.ts";
import { point } from "../stages.ts";
import type { Classes } from "./family.ts";

type Drawn = Record<string, number[]>;

/** Adds a light: the value of augrad's, of what was drawn, and the gradient of what is stored. */
const light = (make: (drawn: Drawn, size: readonly number[]) => Transform) =>
  point((m: Material, i: number, x: Tensor) => {
    const stored = m.drawn(i, "gradient");
    const { explicit } = m.item;
    if (!explicit) return ag.clamp(ag.add(x, stored), 0, 1);
    const own = run(m.constant(new Float32Array(x.size), x.shape), make(explicit, x.shape.slice(2)));
    return ag.clamp(ag.add(x, ag.add(own, ag.sub(stored, stored.detach()))), 0, 1);
  });

const strength = ({ gain, sign_draw }: Drawn) => ({
  gain,
  sign: sign_draw.map((draw) => (draw >= 0 ? 1 : -1)),
  clip: false,
});

/** To whole numbers, halves to even ones. */
const rounded = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
const middle = (part: number, size: number): number => (rounded(part * size) + (size % 2 ? 0.5 : 0)) / size;

const ANGLES = [270, 90, 0, 180];

export const classes: Classes = {
  RandomSnow: point((m, i, x) =>
    run(x, ag.snow({ coefficient: m.drawn(i, "snow_coefficient"), brightness: m.drawn(i, "brightness") })),
  ),
  RandomGaussianIllumination: light((drawn, [h, w]) =>
    ag.gaussianIllumination({
      ...strength(drawn),
      centerX: drawn.center_x_over_width.map((part) => middle(part, w)),
      centerY: drawn.center_y_over_height.map((part) => middle(part, h)),
      sigmaX: drawn.sigma_x_over_width,
      sigmaY: drawn.sigma_y_over_height,
    }),
  ),
  RandomLinearIllumination: light((drawn) =>
    ag.linearIllumination({ ...strength(drawn), angle: drawn.direction_draw.map((at) => ANGLES[Math.trunc(at)]) }),
  ),
  RandomLinearCornerIllumination: light((drawn) =>
    ag.linearCornerIllumination({ ...strength(drawn), corner: drawn.direction_draw.map(Math.trunc) }),
  ),
};
