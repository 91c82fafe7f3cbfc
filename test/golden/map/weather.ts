// Weather and light.
//  - Kornia's lights are images that it stores. What it made them of is in the case: augrad makes the light of that, and the stored
//    image has the gradient. The middle of its Gaussian is rounded to whole pixels, and half a pixel before them where the size is even.
//  - Rain begins where Kornia's random numbers say, as parts of what a drop leaves of the image less one pixel. Its points along a side
//    are PyTorch's linspace of whole numbers: from 8 points on it adds up two truncated numbers, and then misses some, and ends.
//  - Its directions are numbers: 0 below, 1 above, 2 right, 3 left; its corners are numbered as augrad's.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
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

/** Kornia's drops: each of `number` has numbers (y, x) of 0..1 among as many as the sample with the most drops has. */
const rain = point((m, i, x) => {
  const [n, , h, w] = x.shape;
  const [number, height, width] = ["number_of_drops", "drop_height", "drop_width"].map((name) =>
    Array.from(m.drawnNumbers(i, `${name}_factor`)),
  );
  const parts = m.drawnNumbers(i, "coordinates_factor");
  const most = parts.length / (2 * n);
  const starts = (axis: 0 | 1, start: (part: number, k: number) => number) =>
    number.map((_, k) =>
      Array.from({ length: most }, (_, d) => Math.trunc(start(parts[2 * (k * most + d) + axis], k))),
    );
  const place = {
    x: starts(1, (part, k) => part * (w - Math.abs(width[k]) - 1) + Math.max(-width[k], 0)),
    y: starts(0, (part, k) => part * (h - height[k] - 1)),
  };
  const sizes = height.map((side, k) => Math.max(side, Math.abs(width[k])));
  const longest = Math.max(...sizes);
  if (longest < 8) return run(x, ag.raindrops({ ...place, drops: number, height, width }));
  // Point by point.
  return Array.from({ length: longest }, (_, at) => at).reduce((y, at) => {
    const moved = (list: number[][], sides: number[]) =>
      list.map((own, k) => own.map((v) => v + linspace(sides[k], sizes[k], at)));
    const drops = number.map((count, k) => (at < sizes[k] ? count : 0));
    return run(y, ag.raindrops({ x: moved(place.x, width), y: moved(place.y, height), drops, height: 1 }));
  }, x);
});

/** Number `at` of PyTorch's linspace(0, end, steps) of whole numbers: whole eights go four by four, from the first of each four. */
function linspace(end: number, steps: number, at: number): number {
  const step = steps > 1 ? end / (steps - 1) : 0;
  if (at >= steps - (steps % 8)) return Math.trunc(at < steps / 2 ? step * at : end - step * (steps - 1 - at));
  return Math.trunc(step * (at - (at % 4))) + Math.trunc(step * (at % 4));
}

const ANGLES = [270, 90, 0, 180];

export const classes: Classes = {
  RandomRain: rain,
  RandomSnow: through(ag.RandomSnow, (m, i) => ({
    coefficient: drawnOf(m, i, "snow_coefficient"),
    brightness: drawnOf(m, i, "brightness"),
  })),
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
