import type { ResultType, StoredType } from "../compiler/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { AsIs, ImageTarget, Target } from "./target.ts";

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

/** What becomes of an object of targets: the same shape of object. */
export type Moved<T, D extends StoredType | undefined = undefined> =
  T extends Tensor<infer X>
    ? Tensor<ResultType<X, D>>
    : T extends ImageTarget<infer X>
      ? ImageTarget<ResultType<X, D>>
      : T extends AsIs<infer V>
        ? V
        : T extends Target<string, unknown>
          ? T
          : T extends object
            ? { [K in keyof T]: K extends RasterName ? T[K] : Moved<T[K], D> }
            : T;
