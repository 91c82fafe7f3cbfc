import { reshape } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { type DType, show, type Tensor } from "../tensor/index.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import type { Heatmap, ImageTarget, Mask } from "./target.ts";

/** ImageTarget: the whole pipeline. */
export const image: Rule<ImageTarget> = {
  check: ({ data }, scene, at) => checkRaster(at, data, scene, { rank: [4] }),
  move: (target, scene) => ({ ...target, data: scene.image(target.data) }),
};

/** Masks: what moves, by whole pixels. */
export const mask: Rule<Mask> = {
  check: ({ data }, scene, at) => checkRaster(at, data, scene, { rank: [3, 4, 5], types: STORED }),
  move: (target, scene) => moved(target, scene, true),
};

/** Heat maps: what moves, interpolated. */
export const heatmap: Rule<Heatmap> = {
  check: ({ data }, scene, at) => checkRaster(at, data, scene, { rank: [3, 4, 5], types: STORED }),
  move: (target, scene) => moved(target, scene, false),
};

const STORED: readonly DType[] = ["f32", "f16", "u8"];

function moved<T extends Mask | Heatmap>(target: T, scene: Scene, nearest: boolean): T {
  const { data, fill, erased } = target;
  const { shape } = data;
  const [h, w] = shape.slice(-2);
  const planes = shape.slice(1, -2).reduce((product, size) => product * size, 1);
  const seen = shape.length === 4 ? data : reshape(data as Tensor, [shape[0], planes, h, w]);
  const result = scene.raster(seen, { nearest, fill, erased });
  const whole =
    shape.length === 4 ? result : reshape(result as Tensor, [...shape.slice(0, -2), ...result.shape.slice(-2)]);
  return { ...target, data: whole };
}

/** What a raster has to look like. */
interface RasterShape {
  /** Numbers of dimensions that it may have. */
  rank: readonly number[];
  /** The fewest channels. */
  channels?: number;
  /** Storage types; any unless given. */
  types?: readonly DType[];
}

const WORDS: Readonly<Record<number, string>> = { 3: "[N, H, W]", 4: "[N, C, H, W]", 5: "[N, C, D, H, W]" };

/** Checks that a raster is as many and as large as the images. @throws ShapeError, ArgumentError */
export function checkRaster(
  at: string,
  data: Tensor<DType>,
  scene: Scene,
  { rank, channels = 1, types }: RasterShape,
): void {
  const { shape, dtype } = data;
  const [n, h, w] = [scene.samples, ...scene.before];
  const fits =
    rank.includes(shape.length) && shape[0] === n && shape.at(-2) === h && shape.at(-1) === w && shape[1] >= channels;
  if (!fits) {
    const forms = rank.map((each) => WORDS[each]).join(" or ");
    const least = channels > 1 ? `, C at least ${channels},` : "";
    throw new ShapeError(at, show(shape), `${forms}${least} as large as the images: N = ${n}, H = ${h}, W = ${w}`);
  }
  if (types && !types.includes(dtype))
    throw new ArgumentError(at, `a tensor of ${dtype}`, `a tensor of ${types.join(", ")}`);
  if (shape.length !== 4 && dtype !== "f32")
    throw new ArgumentError(at, `a tensor ${show(shape)} of ${dtype}`, `[N, C, H, W] of ${dtype}, or f32`);
}
