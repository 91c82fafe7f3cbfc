import { reshape, transpose } from "../autograd/index.ts";
import { viewed } from "../autograd/view.ts";
import { cast, type StoredType } from "../compiler/index.ts";
import { ShapeError } from "../gpu/index.ts";
import { planeSize } from "../tensor/dtype.ts";
import { count, type DType, type Shape, show, type Tensor } from "../tensor/index.ts";

// Clips are frames in a row: N clips of T frames are a batch of N · T images, those of the first clip first.

/** Order of the axes of clips. */
export type ClipLayout = "NTCHW" | "NCTHW";

/** How many clips there are, of which size, and how their axes lie. */
export interface Clips {
  readonly layout: ClipLayout;
  /** Clips, frames of each, channels, height and width, in whatever order they lie. */
  readonly size: readonly [n: number, t: number, c: number, h: number, w: number];
}

/** `[N, T, C, H, W]` */
export const axesOf = (layout: ClipLayout): string => `[${[...layout].join(", ")}]`;

/** Reads the shape of clips. @throws ShapeError for one that has not five axes */
export function readClips(shape: Shape, layout: ClipLayout, at: string): Clips {
  if (shape.length !== 5) throw new ShapeError(at, show(shape), axesOf(layout));
  return { layout, size: ordered(shape, layout) as Clips["size"] };
}

/** The shape of all frames as a batch. */
export const frameShape = ({ size: [n, t, ...image] }: Clips): Shape => [n * t, ...image];

/** Which axes change places, for time to come before channels. */
const swapOf = (rank: number): readonly number[] => [0, 2, 1, 3, 4, 5].slice(0, rank);

/** Sizes of clips, or of what belongs to them, time before channels; what has four axes has no channels. */
export const ordered = (shape: Shape, layout: ClipLayout): Shape =>
  layout === "NCTHW" && shape.length > 4 ? swapOf(shape.length).map((axis) => shape[axis]) : shape;

/** All frames as a batch, in any storage type. What has no channels gets one: so it may be stored as any type. */
export function framesOf<D extends DType>(x: Tensor<D>, layout: ClipLayout): Tensor<D> {
  const [n, t, ...image] = ordered(x.shape, layout);
  const shape = [n * t, ...(image.length === 2 ? [1] : []), ...image];
  return turned(x, layout === "NCTHW" && x.shape.length > 4, shape);
}

/** Frames as clips again, with as many axes as the clips had. */
export function clipsOf<D extends DType>(frames: Tensor<D>, { layout, size: [n, t] }: Clips, axes = 5): Tensor<D> {
  const shape = [n, t, ...frames.shape.slice(axes === 4 ? 2 : 1)];
  const clips = turned(frames, false, shape);
  return layout === "NCTHW" && axes > 4 ? turned(clips, true, ordered(shape, layout)) : clips;
}

/** A tensor under another shape, after time and channels have changed places. Packed values are unpacked where they would lie otherwise. */
export function turned<D extends DType>(x: Tensor<D>, swap: boolean, shape: Shape): Tensor<D> {
  if (!swap && (x.dtype === "f32" || lieAlike(x.shape, shape))) return viewed(x, shape);
  const plain = x.dtype === "f32" ? (x as Tensor<DType> as Tensor) : unpacked(x);
  const made = reshape(swap ? transpose(plain, swapOf(x.shape.length)) : plain, shape);
  return (x.dtype === "f32" ? made : packed(made, x.dtype as StoredType)) as Tensor<DType> as Tensor<D>;
}

/** Packed planes begin at a whole quad. */
const lieAlike = (a: Shape, b: Shape): boolean => {
  const [before, after] = [planeSize(a), planeSize(b)];
  return before === after || (before % 4 === 0 && after % 4 === 0);
};

/** A shape of images, whose values lie alike. */
const asImages = (shape: Shape): Shape => (shape.length === 4 ? shape : [1, 1, 1, count(shape)]);

const unpacked = (x: Tensor<DType>): Tensor => viewed(cast(viewed(x, asImages(x.shape)), "f32"), x.shape);

const packed = (x: Tensor, dtype: StoredType): Tensor<DType> =>
  viewed(cast(viewed(x, asImages(x.shape)), dtype) as Tensor<DType>, x.shape);
