import { reshape } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { type DType, type Shape, show, Tensor } from "../tensor/index.ts";
import { sizeBySize } from "./by-size.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import { areListed, type ImageSize, sizeAt } from "./sizes.ts";
import type { Heatmap, ImageTarget, Mask, Raster } from "./target.ts";

/** ImageTarget: the whole pipeline. */
export const image: Rule<ImageTarget<DType, Raster>> = {
  check: ({ data }, scene, at) => checkRaster(at, data, scene, { rank: [4] }),
  move: (target, scene) => ({ ...target, data: scene.image(target.data) }),
};

/** Masks: what moves, by whole pixels. */
export const mask: Rule<Mask<DType, Raster>> = {
  check: ({ data, fill, erased }, scene, at) => {
    checkRaster(at, data, scene, { rank: [3, 4, 5], types: STORED });
    scene.checkMasks(at, { nearest: true, fill, erased });
  },
  move: (target, scene) => ({ ...target, data: moved(target, scene, true) }),
};

/** Heat maps: what moves, interpolated. */
export const heatmap: Rule<Heatmap<DType, Raster>> = {
  check: ({ data }, scene, at) => checkRaster(at, data, scene, { rank: [3, 4, 5], types: STORED }),
  move: (target, scene) => ({ ...target, data: moved(target, scene, false) }),
};

const STORED: readonly DType[] = ["f32", "f16", "u8"];

const moved = ({ data, fill, erased }: Mask<DType, Raster> | Heatmap<DType, Raster>, scene: Scene, nearest: boolean) =>
  sizeBySize(data, scene, (x, { raster }) => {
    const { shape } = x;
    const [h, w] = shape.slice(-2);
    const planes = shape.slice(1, -2).reduce((product, size) => product * size, 1);
    const seen = shape.length === 4 ? x : reshape(x as Tensor, [shape[0], planes, h, w]);
    const result = raster(seen, { nearest, fill, erased });
    return shape.length === 4 ? result : reshape(result as Tensor, [...shape.slice(0, -2), ...result.shape.slice(-2)]);
  });

/** A raster where there are no lists. @throws ArgumentError that names `at` */
export function onlyTensor(at: string, data: Raster): Tensor<DType> {
  if (data instanceof Tensor) return data;
  throw new ArgumentError(at, `a list of ${data.length}`, "one tensor: only images may differ in size");
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

const WORDS: Readonly<Record<number, readonly string[]>> = {
  3: ["H", "W"],
  4: ["C", "H", "W"],
  5: ["C", "D", "H", "W"],
};

/** Checks that a raster is as many and as large as the images. @throws ShapeError, ArgumentError */
export function checkRaster(at: string, data: Raster, scene: Scene, like: RasterShape): void {
  const { samples, before } = scene;
  if (data instanceof Tensor) {
    const { shape } = data;
    if (areListed(before))
      throw new ShapeError(at, show(shape), `a list with one for each of the ${samples} images, which differ in size`);
    checkOne(at, data, shape, { ...like, samples, size: before });
    return;
  }
  if (data.length !== samples)
    throw new ShapeError(at, `a list of ${data.length}`, `a list of ${samples}, one for each image`);
  const [first] = data;
  for (const [i, each] of data.entries()) {
    const name = `${at}[${i}]`;
    // An image may be a batch of one.
    const own =
      each.shape.length === 4 && like.rank.includes(4) && !like.rank.includes(5) ? each.shape : [1, ...each.shape];
    checkOne(name, each, own, { ...like, size: sizeAt(before, i) });
    if (each.dtype !== first.dtype)
      throw new ArgumentError(name, `a tensor of ${each.dtype}`, `${first.dtype}, as ${at}[0]`);
    if (each.shape.length !== first.shape.length || each.shape.slice(0, -2).join() !== first.shape.slice(0, -2).join())
      throw new ShapeError(name, show(each.shape), `as many dimensions and channels as ${at}[0], ${show(first.shape)}`);
  }
}

/** `samples`: how many images there are; absent for what is of one image. */
function checkOne(
  at: string,
  { dtype, shape: given }: Tensor<DType>,
  shape: Shape,
  { rank, channels = 1, types, samples, size: [h, w] }: RasterShape & { samples?: number; size: ImageSize },
): void {
  const fits =
    rank.includes(shape.length) &&
    shape[0] === (samples ?? 1) &&
    shape.at(-2) === h &&
    shape.at(-1) === w &&
    shape[1] >= channels;
  if (!fits) {
    const forms = rank.map((each) => `[${[...(samples ? ["N"] : []), ...WORDS[each]].join(", ")}]`).join(" or ");
    const least = channels > 1 ? `, C at least ${channels},` : "";
    const whole = samples ? `the images: N = ${samples}, H = ${h}, W = ${w}` : `its image: H = ${h}, W = ${w}`;
    throw new ShapeError(at, show(given), `${forms}${least} as large as ${whole}`);
  }
  if (types && !types.includes(dtype))
    throw new ArgumentError(at, `a tensor of ${dtype}`, `a tensor of ${types.join(", ")}`);
  if (shape.length !== 4 && dtype !== "f32") {
    const form = samples ? "[N, C, H, W]" : "[C, H, W]";
    throw new ArgumentError(at, `a tensor ${show(given)} of ${dtype}`, `${form} of ${dtype}, or f32`);
  }
}
