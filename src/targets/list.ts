import { assembled } from "../autograd/assemble.ts";
import { gather, noGrad } from "../autograd/index.ts";
import { batched, viewed } from "../autograd/view.ts";
import { cast } from "../compiler/index.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { count, type DType, keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import type { ImageSize } from "./sizes.ts";

// What images have one by one, in lists: those of one size are a batch.

/** The places of all pieces of the samples at some places. */
export const piecesAt = (places: readonly number[], pieces: number): readonly number[] =>
  pieces === 1 ? places : places.flatMap((i) => Array.from({ length: pieces }, (_, k) => i * pieces + k));

/** Some samples of a batch, by their places in it. */
export interface Places {
  readonly places: readonly number[];
}

/** The images of one size. */
export interface Group extends Places {
  /** Shape of the group as a batch. */
  readonly shape: Shape;
}

/** A list of images, checked: each `[C, H, W]`, of one device, storage type and number of channels. */
export interface ImageList {
  readonly images: readonly Tensor<DType>[];
  readonly groups: readonly Group[];
  readonly channels: number;
  /** What it is called, for messages. */
  readonly argument: string;
}

/**
 * Reads a list of images, each `[C, H, W]` or `[1, C, H, W]`.
 * @throws ArgumentError or ShapeError that names the image
 */
export function readList(given: readonly unknown[], argument = "x"): ImageList {
  const images = Array.from(given, (image, i): Tensor<DType> => {
    const name = `${argument}[${i}]`;
    if (!(image instanceof Tensor)) throw new ArgumentError(name, describe(image), "a tensor [C, H, W]");
    void image.storage;
    if (image.shape.length !== 3 && !(image.shape.length === 4 && image.shape[0] === 1))
      throw new ShapeError(name, show(image.shape), "[C, H, W], one image");
    const first = given[0] as Tensor<DType>;
    if (image.gpu !== first.gpu)
      throw new ArgumentError(name, "a tensor of another device", `one of the device of ${argument}[0]`);
    if (image.dtype !== first.dtype)
      throw new ArgumentError(name, `a tensor of ${image.dtype}`, `${first.dtype}, as ${argument}[0]`);
    if (image.shape.at(-3) !== first.shape.at(-3))
      throw new ShapeError(name, show(image.shape), `${first.shape.at(-3)} channels, as ${argument}[0]`);
    return image;
  });
  if (images.length === 0) throw new ArgumentError(argument, "an empty array", "at least one image");
  images[0].gpu.assertAlive();
  const channels = images[0].shape.at(-3)!;
  return {
    images,
    groups: groupsOf(
      images.map(({ shape }) => sizeOf(shape)),
      channels,
    ),
    channels,
    argument,
  };
}

/** The size of what lies under the last two dimensions. */
export const sizeOf = (shape: Shape): ImageSize => [shape[shape.length - 2], shape[shape.length - 1]];

/** Images by their sizes, in the order in which these come first. */
export function groupsOf(sizes: readonly ImageSize[], channels: number): readonly Group[] {
  const bySize = new Map<string, number[]>();
  for (const [i, size] of sizes.entries()) {
    const places = bySize.get(size.join());
    if (places) places.push(i);
    else bySize.set(size.join(), [i]);
  }
  return [...bySize.values()].map((places) => ({ places, shape: [places.length, channels, ...sizes[places[0]]] }));
}

/** Images of one size as a batch of f32. */
export const stackImages = (images: readonly Tensor<DType>[]): Tensor => joined(images.map(batched));

/** Tensors of one shape as a batch of f32. */
export const stack = (each: readonly Tensor<DType>[]): Tensor =>
  joined(each.map((tensor) => viewed(tensor, [1, ...tensor.shape])));

function joined(batches: readonly Tensor<DType>[]): Tensor {
  const all = batches.map((batch) => (batch.dtype === "f32" ? (batch as Tensor) : cast(batch, "f32")));
  return inOrder(
    all,
    all.map((_, i) => ({ places: [i] })),
  );
}

/** The samples of groups, in the order of the list. */
export function inOrder(parts: readonly Tensor[], groups: readonly Places[]): Tensor {
  const [{ shape }] = parts;
  const n = groups.reduce((sum, { places }) => sum + places.length, 0);
  const values = count(shape.slice(1));
  const runs = groups.flatMap(({ places }, of) =>
    places.map((place, i) => ({ of, from: i * values, to: place * values, values })),
  );
  const isWhole = parts.length === 1 && runs.every(({ from, to }) => from === to);
  return isWhole ? parts[0] : assembled(parts, shape.with(0, n), runs);
}

/** The samples of groups as batches of one, in the order of the list. */
export function eachInOrder(parts: readonly Tensor[], groups: readonly Places[]): readonly Tensor[] {
  const each: Tensor[] = [];
  for (const [g, { places }] of groups.entries())
    for (const [i, place] of places.entries()) each[place] = stretchOf(parts[g], i, 0);
  return each;
}

/** Rows of one sample from `first` on, `[1, rows, …]`, or all of them. */
export function stretchOf(batch: Tensor, sample: number, first: number, rows = batch.shape[1] ?? 1): Tensor {
  const { shape } = batch;
  const row = count(shape.slice(2));
  const from = (sample * (shape[1] ?? 1) + first) * row;
  const made = shape.length > 1 ? [1, rows, ...shape.slice(2)] : [1];
  return assembled([batch], made, [{ of: 0, from, to: 0, values: rows * row }]);
}

/** Some samples of a batch; of all in their order the batch itself. */
export function samplesAt(batch: Tensor, places: readonly number[]): Tensor {
  if (places.length === batch.shape[0] && places.every((place, i) => place === i)) return batch;
  return keeping(batch.gpu, () => gather(batch, { axis: 0, index: noGrad(() => tensor(batch.gpu, places)) }));
}
