import type { DType, Tensor } from "../tensor/index.ts";

/** Rows of values per image, such as boxes: one tensor for all images, or a list with a tensor for each, `null` for an image without. */
export type Rows = Tensor | readonly (Tensor | null)[];

/** A value whose type is said, for what moves it. A plain, frozen value. */
export interface Target<Name extends string, Data> {
  /** Which type of target it is. */
  readonly target: Name;
  /** What was given; in a result, what it became. */
  readonly data: Data;
}

/** A tensor for all images, or a list with one for each, which may differ in size as the images do. */
export type Raster<D extends DType = DType> = Tensor<D> | readonly Tensor<D>[];

/** ImageTarget, which get the whole pipeline. */
export type ImageTarget<D extends DType = DType, F extends Raster<D> = Tensor<D>> = Target<"image", F>;

/** Options of {@link asMask}. */
export interface MaskOptions {
  /** What lies beyond the mask where the image shows a constant; 0 unless given, such as 255 for "ignore". */
  fill?: number;
  /** Whether it is 0 where the image is erased; true unless given. */
  erased?: boolean;
}

/** A mask or a label map, which moves by whole pixels: no value comes up that was not there. */
export type Mask<D extends DType = DType, F extends Raster<D> = Tensor<D>> = Target<"mask", F> &
  Readonly<Required<MaskOptions>>;

/** A heat map, which is interpolated. */
export type Heatmap<D extends DType = DType, F extends Raster<D> = Tensor<D>> = Target<"heatmap", F> &
  Readonly<Required<MaskOptions>>;

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
  /** Whether boxes are cut off at the edges of the image, and to what a mix shows of their sample; true unless given. Oriented boxes are not. */
  clip?: boolean;
  /** Least area of what is left in the image, in square pixels; anything above 0 unless given. */
  minArea?: number;
  /** Least part of the moved box that is left in the image, and that no other sample of a mix hides, 0 to 1; 0 unless given. */
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
     * aspect, else 0; for each box, `[N, K]`, or a list of `[K]`. Behind a mix, those of partners too. `null` before.
     */
    readonly kept: Rows | null;
    /**
     * Which part of its image the sample of each is, 0 to 1, where a mix such as `mixup` blends samples: `[N, K]`, or a list of `[K]`, with the
     * gradient of the shares, to weigh losses by. `null` elsewhere.
     */
    readonly weight: Rows | null;
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
    /** Which points of a result lie in the image, and are seen: 1 or 0 for each point, `[N, K]`, or a list of `[K]`. `null` before. */
    readonly kept: Rows | null;
    /**
     * Which part of its image the sample of each is, 0 to 1, where a mix such as `mixup` blends samples: `[N, K]`, or a list of `[K]`, with the
     * gradient of the shares, to weigh losses by. `null` elsewhere.
     */
    readonly weight: Rows | null;
  };

/** Polygons or lines: points, however they are nested. */
export type Paths = Target<"polygons" | "lines", Nested> & {
  /** Which points of a result lie in the image and are seen: 1 or 0 for each, nested as they are, `[N, …, V]`. `null` before. */
  readonly kept: Nested | null;
};

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
export type Vectors<F extends Raster<"f32"> = Tensor> = Target<"vectors", F> & Readonly<Required<VectorOptions>>;

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
    /**
     * Which part of its image the sample of each is, 0 to 1, where a mix such as `mixup` blends samples: `[N, K]`, or a list of `[K]`, with the
     * gradient of the shares, to weigh losses by. `null` elsewhere.
     */
    readonly weight: Rows | null;
  };

/** Everything that {@link asBoxes} and its like make. */
export type AnyTarget =
  | ImageTarget<DType, Raster>
  | Mask<DType, Raster>
  | Heatmap<DType, Raster>
  | Boxes
  | Keypoints
  | Paths
  | Labels
  | Vectors<Raster<"f32">>
  | Instances
  | AsIs;

/** Every type of target by name. */
export type Targets = { [T in AnyTarget as T["target"]]: T };
