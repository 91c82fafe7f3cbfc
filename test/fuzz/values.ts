/** What parameters are drawn from: what people use, the edges of what is allowed, and what is refused. */
import { registry } from "../../src/transforms/index.ts";
import type { Random } from "./random.ts";

/** A row of values of one parameter for one sample, of an image of `size` [H, W]. */
type Draw = (r: Random, size: readonly [number, number]) => number[];

const one =
  (usual: (r: Random, size: readonly [number, number]) => number, ...edges: number[]): Draw =>
  (r, size) => [Math.fround(edges.length && r.chance(0.12) ? r.pick(edges) : usual(r, size))];
const from = (a: number, b: number) => (r: Random) => r.between(a, b);
const channels = (usual: (r: Random) => number, ...edges: number[]) => one(usual, ...edges);

const angle = one(from(-180, 180), 0, 90, 180, -270, 45, 720.5);
const shift = one(from(-3, 3), 0, 1, -2, 0.5, 100, -1e5);
const factor = one(from(0.3, 2), 1, 0, -0.5, 8);
const stretch = one((r) => r.between(0.4, 2.2) * (r.chance(0.1) ? -1 : 1), 1, -1, 0.5, 2, 6, 0.06);
const slant = one(from(-45, 45), 0, 45, -60);
const middle =
  (axis: 0 | 1): Draw =>
  (r, size) => [r.between(-1, size[axis])];

/** A quadrangle near the corners of the image. */
const corners: Draw = (r, [h, w]) => {
  const near = (v: number, size: number) => Math.fround(v + r.between(-0.2, 0.2) * Math.max(size, 2));
  const [a, b] = [Math.max(w - 1, 1), Math.max(h - 1, 1)];
  if (r.chance(0.1)) return [0, 0, a, 0, a, b, 0, b];
  return [near(0, w), near(0, h), near(a, w), near(0, h), near(a, w), near(b, h), near(0, w), near(b, h)];
};

const projective: Draw = (r, [h, w]) => {
  // Mostly the horizon lies outside of the image, now and then within.
  const tilt = r.chance(0.15) ? 1.5 : 0.2;
  const linear = () => r.between(-0.3, 0.3);
  const last = r.chance(0.2) ? r.between(0.5, 2) * (r.chance(0.3) ? -1 : 1) : 1;
  return [1 + linear(), linear(), r.between(-2, 2), linear(), 1 + linear(), r.between(-2, 2)]
    .concat([r.between(-tilt, tilt) / w, r.between(-tilt, tilt) / h, last])
    .map(Math.fround);
};
const affine: Draw = (r, size) => projective(r, size).slice(0, 6);

const draws: Record<string, Draw> = {
  "contrast.pivot": one(from(0, 1), 0, 0.5),
  "brightnessShift.shift": one(from(-0.4, 0.4), 0, 1),
  "hsvSaturation.factor": one(from(0.2, 2.5), 1, 0),
  "hue.turns": one(from(-0.5, 0.5), 0, 1, 0.5, -7.25),
  "gamma.gamma": one(from(0.4, 2.5), 1, 0, 2),
  "invert.max": one(from(0.5, 1.5), 1, 0),
  "grayscale.weights": (r) => [r.between(-0.2, 0.8), r.between(0, 0.8), r.between(0, 0.8)],
  "normalize.mean": channels(from(0, 1), 0),
  "normalize.std": channels((r) => r.between(0.2, 1.5) * (r.chance(0.1) ? -1 : 1), 1),
  "denormalize.mean": channels(from(0, 1), 0),
  "denormalize.std": channels(from(-0.5, 1.5), 1, 0),
  "erasing.x": one((r, [, w]) => r.between(-1, w), 0, 1, -100),
  "erasing.y": one((r, [h]) => r.between(-1, h), 0, 1),
  "erasing.width": one((r, [, w]) => r.between(0, w + 1), 0, 1, 1e4),
  "erasing.height": one((r, [h]) => r.between(0, h + 1), 0, 2),
  "erasing.value": one(from(-0.2, 1.2), 0, 1),
  "shear.x": slant,
  "shear.y": one(from(-30, 30), 0),
  "affine.shearX": slant,
  "affine.shearY": one(from(-30, 30), 0),
  "translate.x": shift,
  "translate.y": shift,
  "affine.x": shift,
  "affine.y": shift,
  "scale.x": stretch,
  "scale.y": stretch,
  "perspective.startPoints": corners,
  "perspective.endPoints": corners,
  "warp.matrix": projective,
  "warpAffine.matrix": affine,
  "crop.x": one((r, [, w]) => r.between(-1, w / 2), 0, 1, 2),
  "crop.y": one((r, [h]) => r.between(-1, h / 2), 0, 1, 2),
  "gaussianBlur.sigmaX": one(from(0.3, 2.5), 0.001, 0.1, 8),
  "gaussianBlur.sigmaY": one(from(0.3, 2.5), 0.001, 0.1, 8),
};

/** A row of `width` values of a parameter that is allowed. */
export function drawRow(
  name: string,
  param: string,
  width: number,
  r: Random,
  size: readonly [number, number],
): number[] {
  const draw =
    draws[`${name}.${param}`] ??
    (param === "angle" ? angle : param === "centerX" ? middle(1) : param === "centerY" ? middle(0) : undefined) ??
    (param === "scaleX" || param === "scaleY" ? stretch : undefined) ??
    (param === "fill" ? one(from(-0.2, 1.2), 0) : undefined) ??
    (param === "factor" || param === "gain" ? factor : undefined);
  if (!draw) throw new Error(`nothing is drawn for ${name}.${param}: add it to test/fuzz/values.ts`);
  const row = draw(r, size);
  while (row.length < width) row.push(...draw(r, size));
  return row.slice(0, width);
}

/** A value beyond what is allowed, for a tensor: it counts as the nearest that is. Null where everything is allowed. */
export function valueBeyond(name: string, param: string, r: Random): number | null {
  const { min, max, nonzero } = registry.get(name)!.params[param];
  const beyond: number[] = [];
  if (min !== undefined) beyond.push(min - 1e-6, min - 0.5, min - 100);
  if (max !== undefined) beyond.push(max + 0.5);
  if (nonzero) beyond.push(0, 1e-9, -1e-9);
  return beyond.length > 0 ? Math.fround(r.pick(beyond)) : null;
}

/** Values that are refused as numbers, for a parameter of any transform. */
export function refusedValue(name: string, param: string, r: Random): number {
  const spec = registry.get(name)!.params[param];
  const wrong = [Number.NaN, Number.POSITIVE_INFINITY, 1e39];
  if (spec.min !== undefined) wrong.push(spec.min - 1e-6, spec.min - 1, -1e30);
  if (spec.max !== undefined) wrong.push(spec.max + 1);
  if (spec.nonzero) wrong.push(0, 1e-50, spec.nonzero === true ? 1e-13 : spec.nonzero / 2);
  return r.pick(wrong);
}
