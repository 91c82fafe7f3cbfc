import type { Tensor } from "../tensor/index.ts";
import type { MapSettings } from "../transforms/index.ts";
import type { ImageSize } from "./sizes.ts";

/** How {@link Motion.image} looks between and beyond pixels. */
export type MotionImageOptions = MapSettings;

/** How images come: as a batch of one size, or as a list, in which each may have its own. */
export type MotionForm = "batch" | "list";
/** Sizes of images in a form. */
export type MotionSizes<F extends MotionForm> = F extends "list" ? readonly ImageSize[] : ImageSize;
/** Images in a form: `[N, C, H, W]`, or a list of `[C, H, W]`. */
export type MotionImages<F extends MotionForm> = F extends "list" ? readonly Tensor[] : Tensor;

/**
 * Where the pixels of images go: a value, which {@link motionOf} and {@link Pipeline.motion} make. Its tensors live until it is disposed of.
 * One of images in a list, which a pipeline gave one size, is a `Motion<"list">`, and its inverse a `Motion<"batch", "list">`.
 */
export interface Motion<Before extends MotionForm = "batch", After extends MotionForm = "batch"> {
  /** How many images there are. */
  readonly samples: number;
  /** Size of the images before, [height, width] in pixels; of a list one for each. */
  readonly before: MotionSizes<Before>;
  /** Size of the images behind; for a list one for each. */
  readonly after: MotionSizes<After>;
  /** Whether no pixel moves, and the size stays. */
  readonly still: boolean;
  /**
   * The matrices `[N, 3, 3]` that take points (x, y, 1) of the source to the destination, in pixels whose centres lie on whole numbers;
   * null where something bends lines, such as `elastic`. Differentiable in the transforms' parameters.
   */
  readonly matrix: Tensor | null;
  /**
   * Where points of the source go: (x, y) in pixels, centres on whole numbers. Gradients flow to the points and to the parameters of the
   * transforms that moved them; all points of a motion share the graph of these, which the first backward frees unless it says `retain`.
   *
   * A point on the horizon of a projective map has no place and is not divided, as in `transformPoints`; behind it, places are what the
   * division gives, as for pixels. Through a field, such as `elastic`, a point goes where the pixel lies that looks at it, which is
   * searched for on the GPU to a hundredth of a pixel. Where none does, it goes where one looks nearest to it; where several do, to one of
   * them. Beyond the result, a field that is a tensor goes on as its nearest pixel at the border moves.
   * @param points `[N, K, 2]`, or `[K, 2]` for all samples
   * @returns `[N, K, 2]`
   * @throws ShapeError for points of another shape
   */
  points(points: Tensor): Tensor;
  /**
   * The way back, from the destination to the source. It looks through the same tensors, and is of use as long as this motion is; its own
   * matrix is freed with its own `dispose`.
   */
  inverse(): Motion<After, Before>;
  /**
   * Images that are moved by it, interpolated once: what lies at a point before lies where `points` takes it. `inverse().image(y)` brings
   * results back into the frame of the images, as test-time augmentation needs it. Differentiable in the image and in the parameters.
   * @param x `[N, C, H, W]` of the size `before`, or a list of `[C, H, W]` of these sizes
   * @returns `[N, C, H, W]` of the size `after`, or a list of `[C, H, W]`
   */
  image(x: MotionImages<Before>, options?: MotionImageOptions): MotionImages<After>;
  /**
   * This motion, and then another one: `a.followedBy(b).points(p)` is `b.points(a.points(p))`. It looks through the tensors of both.
   * @throws ArgumentError where the other one is for other sizes, or another number of samples
   */
  followedBy<Last extends MotionForm>(next: Motion<After, Last>): Motion<Before, Last>;
  /** Frees what it was made of. What was computed with it stays. */
  dispose(): void;
}
