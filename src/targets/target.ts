import { ArgumentError, check, checkedLater, describe, flag, number, oneOf, readOptions, rule } from "../gpu/index.ts";
import { type DType, Tensor } from "../tensor/index.ts";

/** Rows of values per image, such as boxes: one tensor for all images, or a list with a tensor for each, `null` for an image without. */
export type Rows = Tensor | readonly (Tensor | null)[];

/** A value whose type is said, for what moves it. A plain, frozen value. */
export interface Target<Name extends string, Data> {
  /** Which type of target it is. */
  readonly target: Name;
  /** What was given; in a result, what it became. */
  readonly data: Data;
}

/** ImageTarget, which get the whole pipeline. */
export type ImageTarget<D extends DType = DType> = Target<"image", Tensor<D>>;

/** Options of {@link asMask}. */
export interface MaskOptions {
  /** What lies beyond the mask where the image shows a constant; 0 unless given, such as 255 for "ignore". */
  fill?: number;
  /** Whether it is 0 where the image is erased; true unless given. */
  erased?: boolean;
}

/** A mask or a label map, which moves by whole pixels: no value comes up that was not there. */
export type Mask<D extends DType = DType> = Target<"mask", Tensor<D>> & Readonly<Required<MaskOptions>>;

/** A heat map, which is interpolated. */
export type Heatmap<D extends DType = DType> = Target<"heatmap", Tensor<D>> & Readonly<Required<MaskOptions>>;

/** Ways to write a box: edges; the upper left corner and the size; the centre and the size; the same with an angle. */
export type BoxFormat = "xyxy" | "xywh" | "cxcywh" | "oriented";

/** Options of {@link asBoxes}. */
export interface BoxOptions {
  /**
   * `xyxy` unless given: the edges (x0, y0, x1, y1), the whole image being (0, 0, W, H). `xywh`: (x0, y0) and the size. `cxcywh`: the
   * centre and the size. `oriented`: these and an angle in degrees, counter-clockwise as seen, by which the width's axis turns from the right.
   */
  format?: BoxFormat;
  /** Whether x and width are in parts of the image's width, y and height of its height; false unless given. YOLO's are, in `cxcywh`. */
  normalized?: boolean;
  /** What is taken to be in the box, and so what the new box is around: its `corners`, or the `ellipse` in it; `corners` unless given. */
  outline?: "corners" | "ellipse";
  /** Whether boxes are cut off at the edges of the image; true unless given. Oriented boxes are not. */
  clip?: boolean;
  /** Least area of what is left in the image, in square pixels; anything above 0 unless given. */
  minArea?: number;
  /** Least part of the moved box that is left in the image, 0 to 1; 0 unless given. */
  minVisibility?: number;
  /** Least width of what is left, in pixels; 0 unless given. */
  minWidth?: number;
  /** Least height of what is left, in pixels; 0 unless given. */
  minHeight?: number;
  /** How much longer one side of what is left may be than the other; any, unless given. */
  maxAspect?: number;
  /** How many boxes each image has, where a tensor is padded with further rows; all unless given. */
  counts?: readonly number[];
}

/** Boxes. */
export type Boxes = Target<"boxes", Rows> &
  Readonly<Required<Omit<BoxOptions, "counts">>> & {
    readonly counts?: readonly number[];
    /**
     * Which boxes of a result are left: 1 for those that have an area in the image and pass what was asked of area, visibility, size and
     * aspect, else 0; for each box, `[N, K]`, or a list of `[K]`. `null` before.
     */
    readonly kept: Rows | null;
  };

/** Options of {@link asKeypoints}. */
export interface KeypointOptions {
  /** Pairs of points that change places where an image is mirrored, such as `[[1, 2], [3, 4]]` for eyes and ears; none unless given. */
  swap?: readonly (readonly [number, number])[];
  /** The angle of each point, `[N, K]`, in degrees, counter-clockwise as seen: it turns with the image, and is −180 to 180 then. */
  angle?: Tensor;
  /** The size of each point, `[N, K]`, in pixels: it grows with the image. */
  scale?: Tensor;
  /** How many points each image has, where a tensor is padded with further rows; all unless given. */
  counts?: readonly number[];
}

/** Keypoints. */
export type Keypoints = Target<"keypoints", Rows> &
  Readonly<KeypointOptions> & {
    readonly swap: readonly (readonly [number, number])[];
    /** Which points of a result lie in the image: 1 or 0 for each point, `[N, K]`, or a list of `[K]`. `null` before. */
    readonly kept: Rows | null;
  };

/** Polygons or lines: points, however they are nested. */
export type Paths = Target<"polygons" | "lines", Nested>;

/** Points of lines, `[N, …, 2]`, or lists, one for each image, of tensors `[V, 2]` or lists of them. */
export type Nested = Tensor | readonly NestedRows[];
/** What one image has of {@link Nested}. */
export type NestedRows = Tensor | null | readonly NestedRows[];

/** Labels of whole images. */
export type Labels = Target<"labels", Tensor> & {
  /** How many classes the numbers of classes are out of. */
  readonly classes?: number;
};

/** Options of {@link asLabels}. */
export interface LabelOptions {
  /** How many classes there are: labels `[N]`, numbers of classes, become shares `[N, classes]`. */
  classes?: number;
}

/** A field of vectors in x and y, whose values turn with the image. */
export type Vectors = Target<"vectors", Tensor> & Readonly<Required<VectorOptions>>;

/** Options of {@link asVectors}. */
export interface VectorOptions {
  /**
   * What vectors mean. `displacement` unless given: from a pixel to another place of the image, in pixels, as optical flow has it; such a
   * vector grows with the image. `direction`: of what is seen at a pixel, such as normals of a surface; such a vector turns, and keeps its length.
   */
  values?: "displacement" | "direction";
}

/** A value that stays as it is. */
export type AsIs<T = unknown> = Target<"asIs", T>;

/** Options of {@link asInstances}. */
export interface InstanceOptions {
  /** What boxes are made of: of their own `outline`, or of the `masks`, as tight as those are behind; `outline` unless given. */
  boxesOf?: "outline" | "masks";
}

/** Members of instances: boxes, masks, keypoints, labels, and rows of anything else. */
export type Instances<T extends object = object> = Target<"instances", T> &
  Readonly<Required<InstanceOptions>> & {
    /** Which instances of a result are left: 1 or 0 for each, `[N, K]`, or a list of `[K]`. `null` before. */
    readonly kept: Rows | null;
  };

/** Everything that {@link asBoxes} and its like make. */
export type AnyTarget = ImageTarget | Mask | Heatmap | Boxes | Keypoints | Paths | Labels | Vectors | Instances | AsIs;

/** Every type of target by name. */
export type Targets = { [T in AnyTarget as T["target"]]: T };

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
const ROWS = rule("a tensor, or a list with a tensor or null for each image", (value) =>
  Array.isArray(value) ? value.every((each) => each === null || each instanceof Tensor) : value instanceof Tensor,
);
/** A copy that its giver cannot change. */
const frozenRows = <T>(data: T): T =>
  (Array.isArray(data) ? Object.freeze(Array.from(data, (each) => frozenRows(each))) : data) as T;

/** ImageTarget under a name that says nothing: they get the whole pipeline, with the same draws as all other images. */
export function asImage<D extends DType>(data: Tensor<D>): ImageTarget<D> {
  checkData("asImage", data);
  return enlistTarget({ target: "image", data });
}

/**
 * A mask or a label map: it moves by whole pixels, so that no value comes up that was not there, and keeps its storage type.
 * @param data `[N, C, H, W]`, or `[N, H, W]`: as many and as large as the images
 */
export function asMask<D extends DType>(data: Tensor<D>, options?: MaskOptions): Mask<D> {
  checkData("asMask", data);
  return enlistTarget({ target: "mask", data, fill: 0, erased: true, ...readOptions("asMask", options, MASK) });
}

/**
 * A heat map, or another map of numbers: it moves as the image does, interpolated, and nothing else is done to it.
 * @param data `[N, C, H, W]`, or `[N, H, W]`, or a volume `[N, C, D, H, W]`, all of whose slices move alike
 */
export function asHeatmap<D extends DType>(data: Tensor<D>, options?: MaskOptions): Heatmap<D> {
  checkData("asHeatmap", data);
  return enlistTarget({ target: "heatmap", data, fill: 0, erased: true, ...readOptions("asHeatmap", options, MASK) });
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
  return enlistTarget({ target: "boxes", data: frozenRows(data), kept: null, ...BOX_DEFAULTS, ...own });
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
  return enlistTarget({ target: "keypoints", data: frozenRows(data), kept: null, swap: frozenRows(swap), ...own });
}

/** Polygons: their corners move. Between corners a polygon is straight, where a field may bend the image. They are not cut off. */
export const asPolygons = (data: Nested): Paths => paths("polygons", "asPolygons", data);

/** Strings of lines: their points move, as those of {@link asPolygons}. */
export const asLines = (data: Nested): Paths => paths("lines", "asLines", data);

function paths(target: "polygons" | "lines", what: string, data: Nested): Paths {
  if (!(data instanceof Tensor) && !Array.isArray(data))
    throw new ArgumentError(`data of ${what}()`, describe(data), "a tensor [N, …, 2], or a list for each image");
  return enlistTarget({ target, data: frozenRows(data) });
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
 * @param data `[N, C, H, W]`: x to the right and y down, and further channels, which keep their values
 */
export function asVectors(data: Tensor, options?: VectorOptions): Vectors {
  checkData("asVectors", data);
  const own = readOptions<VectorOptions>("asVectors", options, { values: oneOf("displacement", "direction") });
  return enlistTarget({ target: "vectors", data, values: "displacement", ...own });
}

/** A value of any kind that goes through as it is: a name, an index of a data set. */
export function asIs<T>(data: T): AsIs<T> {
  check("data of asIs()", data, checkedLater);
  return enlistTarget({ target: "asIs", data });
}
