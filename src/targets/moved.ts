import type { ResultType, StoredType } from "../compiler/index.ts";
import type { DType, Tensor } from "../tensor/index.ts";
import type { MotionForm } from "./motion.ts";
import type { AsIs, Heatmap, ImageTarget, Mask, Raster, Target, Vectors } from "./target.ts";

/** The names of masks, heat maps and volumes, whose tensors keep their storage type. */
export type RasterName =
  | "mask"
  | "masks"
  | "labelMap"
  | "labelMaps"
  | "segmentation"
  | "heatmap"
  | "heatmaps"
  | "volume"
  | "volumes";

/** The names of images, and of vectors, which move as these do. */
export type ImageName = "image" | "images" | "input" | "inputs" | "video" | "videos" | "flow" | "normals";

/** A name, and which one of several: `mask2`, `mask_left`. */
export type Numbered<N extends string> = N | `${N}${number}` | `${N}_${string}` | `${N}-${string}`;

/** A raster behind: one batch, also of a list, unless images have sizes of their own behind. */
export type MovedRaster<D extends DType, A extends MotionForm> = A extends "list" ? readonly Tensor<D>[] : Tensor<D>;

/**
 * What becomes of an object of targets: the same shape of object. A list of images of unequal size, and what belongs to them, becomes a
 * batch. `A`: how images come out.
 */
export type Moved<T, D extends StoredType | undefined = undefined, A extends MotionForm = "batch"> =
  T extends Tensor<infer X>
    ? Tensor<ResultType<X, D>>
    : T extends ImageTarget<infer X, Raster<infer X>>
      ? ImageTarget<ResultType<X, D>, MovedRaster<ResultType<X, D>, A>>
      : T extends Mask<infer X, Raster<infer X>>
        ? Mask<X, MovedRaster<X, A>>
        : T extends Heatmap<infer X, Raster<infer X>>
          ? Heatmap<X, MovedRaster<X, A>>
          : T extends Vectors<Raster<"f32">>
            ? Vectors<MovedRaster<"f32", A>>
            : T extends AsIs<infer V>
              ? V
              : T extends Target<string, unknown>
                ? T
                : T extends object
                  ? { [K in keyof T]: MovedPart<K, T[K], D, A> }
                  : T;

/** What becomes of a part, by its name. */
export type MovedPart<K, V, D extends StoredType | undefined, A extends MotionForm> =
  K extends Numbered<RasterName>
    ? V extends Raster<infer X>
      ? MovedRaster<X, A>
      : Moved<V, D, A>
    : K extends Numbered<ImageName>
      ? V extends Raster<infer X>
        ? MovedRaster<ResultType<X, D>, A>
        : Moved<V, D, A>
      : Moved<V, D, A>;
