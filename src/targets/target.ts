import { ArgumentError, check, checkedLater, describe, flag, number, oneOf, readOptions, rule } from "../gpu/index.ts";
import { type DType, Tensor } from "../tensor/index.ts";
import type {
  AnyTarget,
  AsIs,
  Boxes,
  BoxOptions,
  Heatmap,
  ImageTarget,
  KeypointOptions,
  Keypoints,
  LabelOptions,
  Labels,
  Mask,
  MaskOptions,
  Nested,
  Paths,
  Raster,
  Rows,
  VectorOptions,
  Vectors,
} from "./types.ts";

export type * from "./types.ts";

const made = new WeakSet<object>();

/** Marks a value as a target: something that only looks like one is none. */
export function enlistTarget<T extends { readonly target: string }>(target: T): T {
  made.add(target);
  return Object.freeze(target);
}

/** Whether a value is what {@link asBoxes} or one of its like made. */
export const isTarget = (value: unknown): value is AnyTarget =>
  typeof value === "object" && value !== null && made.has(value);

const COUNTS = rule(
  "a whole number for each image",
  (value) => Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0),
);
const TENSOR = rule("a tensor [N, K]", (value) => value instanceof Tensor);
const FINITE = number();

const MASK = { fill: FINITE, erased: flag };
const BOXES = {
  format: oneOf("xyxy", "xywh", "cxcywh", "oriented"),
  normalized: flag,
  outline: oneOf("corners", "ellipse"),
  clip: flag,
  minArea: number({ least: 0 }),
  minVisibility: number({ least: 0, most: 1 }),
  minWidth: number({ least: 0 }),
  minHeight: number({ least: 0 }),
  maxAspect: rule("a number of at least 1", (value) => typeof value === "number" && value >= 1),
  counts: COUNTS,
};
const BOX_DEFAULTS = {
  format: "xyxy",
  normalized: false,
  outline: "corners",
  clip: true,
  minArea: 0,
  minVisibility: 0,
  minWidth: 0,
  minHeight: 0,
  maxAspect: Infinity,
} as const;

/** Pairs of different points, each of which is in one pair at most. */
const PAIRS = rule("pairs of different points, each point in one pair at most: [[1, 2], [3, 4]]", (value) => {
  if (!Array.isArray(value) || !value.every((pair) => Array.isArray(pair) && pair.length === 2)) return false;
  const all = value.flat();
  return all.every((at) => Number.isSafeInteger(at) && at >= 0) && new Set(all).size === all.length;
});

const checkData = (what: string, data: unknown): void => {
  check(`data of ${what}()`, data, A_TENSOR);
};
const A_TENSOR = rule("a tensor", (value) => value instanceof Tensor);
const RASTER = rule(
  "a tensor, or a list with a tensor for each image",
  (value) =>
    value instanceof Tensor ||
    (Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof Tensor)),
);
const checkRaster = (what: string, data: unknown): void => {
  check(`data of ${what}()`, data, RASTER);
};
const ROWS = rule("a tensor, or a list with a tensor or null for each image", (value) =>
  Array.isArray(value) ? value.every((each) => each === null || each instanceof Tensor) : value instanceof Tensor,
);
/** A copy that its giver cannot change. */
const frozenRows = <T>(data: T): T =>
  (Array.isArray(data) ? Object.freeze(Array.from(data, (each) => frozenRows(each))) : data) as T;

/**
 * Images under a name that says nothing: they get the whole pipeline, with the same draws as all other images.
 * @param data `[N, C, H, W]`, or a list of N images `[C, H, W]`, which may differ in size
 */
export function asImage<D extends DType, F extends Raster<D> = Tensor<D>>(data: F & Raster<D>): ImageTarget<D, F> {
  checkRaster("asImage", data);
  return enlistTarget({ target: "image", data: frozenRows(data) as F });
}

/**
 * A mask or a label map: it moves by whole pixels, so that no value comes up that was not there, and keeps its storage type.
 * @param data `[N, C, H, W]`, `[N, H, W]`, or a volume `[N, C, D, H, W]`, all of whose slices move alike: as many and as large as the
 * images; or a list with one of these, without N, for each image
 */
export function asMask<D extends DType, F extends Raster<D> = Tensor<D>>(
  data: F & Raster<D>,
  options?: MaskOptions,
): Mask<D, F> {
  return layerOf("mask", "asMask", data, options) as Mask<D, F>;
}

/** A raster of labels. */
function layerOf<Name extends string>(target: Name, what: string, data: Raster, options: MaskOptions | undefined) {
  checkRaster(what, data);
  const own = readOptions<MaskOptions>(what, options, MASK);
  return enlistTarget({ target, data: frozenRows(data), fill: 0, erased: true, ...own });
}

/**
 * A heat map, or another map of numbers: it moves as the image does, interpolated, and nothing else is done to it.
 * @param data `[N, C, H, W]`, or `[N, H, W]`, or a volume `[N, C, D, H, W]`, all of whose slices move alike; or a list with one of
 * these, without N, for each image
 */
export function asHeatmap<D extends DType, F extends Raster<D> = Tensor<D>>(
  data: F & Raster<D>,
  options?: MaskOptions,
): Heatmap<D, F> {
  return layerOf("heatmap", "asHeatmap", data, options) as Heatmap<D, F>;
}

/**
 * Boxes. The new box is the tightest one around the moved outline of the old one, cut off at the edges of the image. A box that is
 * not finite, or has no area, stays in its place and is not kept.
 * @param data `[N, K, 4]`, or a list with a tensor `[K, 4]` for each image, or `null` for an image without boxes. Further columns go
 * along. Five numbers of a box, where it is oriented
 */
export function asBoxes(data: Rows, options?: BoxOptions): Boxes {
  check("data of asBoxes()", data, ROWS);
  const own = readOptions<BoxOptions>("asBoxes", options, BOXES);
  if (own.format === "oriented" && own.normalized)
    throw new ArgumentError(
      "normalized",
      "true for oriented boxes",
      "false: a side that is turned is no part of the width",
    );
  return enlistTarget({ target: "boxes", data: frozenRows(data), kept: null, weight: null, ...BOX_DEFAULTS, ...own });
}

/**
 * Keypoints: (x, y) in pixels, pixel centres on whole numbers. Points that leave the image keep their places beyond it, and are not kept.
 * @param data `[N, K, 2]`, or `[N, J, K, 2]` for J instances, or a list with a tensor `[K, 2]` for each image, or `null` for an image
 * without points. Further columns, such as whether a point is seen, go along
 */
export function asKeypoints(data: Rows, options?: KeypointOptions): Keypoints {
  check("data of asKeypoints()", data, ROWS);
  const rules = { swap: PAIRS, angle: TENSOR, scale: TENSOR, counts: COUNTS };
  const { swap = [], ...own } = readOptions<KeypointOptions>("asKeypoints", options, rules);
  return enlistTarget({
    target: "keypoints",
    data: frozenRows(data),
    kept: null,
    weight: null,
    swap: frozenRows(swap),
    ...own,
  });
}

/** Polygons: their corners move. Between corners a polygon is straight, where a field may bend the image. They are not cut off. */
export const asPolygons = (data: Nested): Paths => paths("polygons", "asPolygons", data);

/** Strings of lines: their points move, as those of {@link asPolygons}. */
export const asLines = (data: Nested): Paths => paths("lines", "asLines", data);

function paths(target: "polygons" | "lines", what: string, data: Nested): Paths {
  if (!(data instanceof Tensor) && !Array.isArray(data))
    throw new ArgumentError(`data of ${what}()`, describe(data), "a tensor [N, …, 2], or a list for each image");
  return enlistTarget({ target, data: frozenRows(data), kept: null });
}

/**
 * Labels of whole images: numbers of classes `[N]`, or shares `[N, K]`. Only a mix changes them: it blends shares. Numbers of classes become
 * shares where `classes` says of how many.
 */
export function asLabels(data: Tensor, options?: LabelOptions): Labels {
  checkData("asLabels", data);
  const own = readOptions<LabelOptions>("asLabels", options, { classes: number({ least: 1, whole: true }) });
  return enlistTarget({ target: "labels", data, ...own });
}

/**
 * A field of vectors, such as optical flow: it moves as the image does, and its values turn along.
 * @param data `[N, C, H, W]`: x to the right and y down, and further channels, which keep their values; or a list with `[C, H, W]` for
 * each image
 */
export function asVectors<F extends Raster<"f32"> = Tensor>(data: F, options?: VectorOptions): Vectors<F> {
  checkRaster("asVectors", data);
  const own = readOptions<VectorOptions>("asVectors", options, { values: oneOf("displacement", "direction") });
  return enlistTarget({ target: "vectors", data: frozenRows(data), values: "displacement", ...own });
}

/** A value of any kind that goes through as it is: a name, an index of a data set. */
export function asIs<T>(data: T): AsIs<T> {
  check("data of asIs()", data, checkedLater);
  return enlistTarget({ target: "asIs", data });
}
