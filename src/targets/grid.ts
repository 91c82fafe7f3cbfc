import { broadcastTo, concat, noGrad, reshape, slice, transpose } from "../autograd/index.ts";
import { batched } from "../autograd/view.ts";
import { apply, cast } from "../compiler/index.ts";
import { ArgumentError, checkedLater, describe, number, readOptions, ShapeError } from "../gpu/index.ts";
import { checkImage, type DType, full, keeping, show, Tensor } from "../tensor/index.ts";
import { pad } from "../transforms/index.ts";
import { drawBoxes, drawKeypoints, tintMasks } from "./drawn.ts";
import type { Rows } from "./target.ts";

/** Options of {@link grid}. */
export interface GridOptions {
  /** Images in a row; as many as make the sheet about square, unless given. */
  columns?: number;
  /** Pixels between images; 2 unless given. */
  gap?: number;
  /** What is shown between and beside images, 0..1; 1, white, unless given. */
  fill?: number;
  /** Boxes to outline, as edges (x0, y0, x1, y1): `[N, K, 4]`, or a list with a tensor for each image, `null` for one without. */
  boxes?: Rows;
  /** Points to mark, (x, y): `[N, K, 2]`, or a list with a tensor for each image. */
  keypoints?: Rows;
  /** Masks to tint: `[N, 1, H, W]`, or `[N, K, H, W]` for K things in colours of their own; a pixel above one half belongs to it. */
  masks?: Tensor | readonly (Tensor | null)[];
  /** Width of outlines and of marks, in pixels; 2 unless given. */
  thickness?: number;
}

const A_LIST = checkedLater;
const RULES = {
  columns: number({ least: 1, whole: true }),
  gap: number({ least: 0, most: 1024, whole: true }),
  fill: number({ least: 0, most: 1 }),
  boxes: A_LIST,
  keypoints: A_LIST,
  masks: A_LIST,
  thickness: number({ above: 0 }),
};

/** What may be drawn on an image, in the order in which it is drawn, and how many dimensions an image's own has. */
const LABELS = {
  masks: { draw: tintMasks, rank: 3, allowed: "[N, K, H, W]" },
  boxes: { draw: drawBoxes, rank: 2, allowed: "[N, K, 4]" },
  keypoints: { draw: drawKeypoints, rank: 2, allowed: "[N, K, 2]" },
} as const;
type Kind = keyof typeof LABELS;

/**
 * A contact sheet: images side by side in rows, with their labels drawn on them, as one image `[1, C, H, W]`. Everything stays on the GPU;
 * `toImageData` of the result goes to a canvas or a file. Images of unequal size lie in the middle of cells as large as the largest.
 * Things of an image have eight colours in turn. There is no text.
 *
 *     const { image, boxes } = augment({ image: x, boxes: b }, { step });
 *     const { data, width, height } = await toImageData(grid(image, { boxes }));
 * @param images `[N, C, H, W]`, `[C, H, W]`, or a list of images `[C, H, W]`, in 0..1, with 1 or 3 channels; labels need 3, and make 3 of 1
 * @throws ArgumentError or ShapeError for what is no image, for labels of other images, and for unknown options
 */
export function grid(images: Tensor<DType> | readonly Tensor<DType>[], options?: GridOptions): Tensor {
  const read = readOptions<GridOptions>("grid", options, RULES);
  const { gap = 2, fill = 1, thickness = 2 } = read;
  const listed = Array.isArray(images);
  const given = (listed ? images : [images]) as readonly Tensor<DType>[];
  if (given.length === 0) throw new ArgumentError("images of grid()", "an empty array", "at least one image");
  // An array may have holes, which forEach() leaves out.
  for (const [i, image] of given.entries()) checkPart(listed ? `images[${i}]` : "images", image, listed);
  const { gpu } = given[0];
  return noGrad(() =>
    keeping(gpu, () => {
      const batches = given.map((image) => batchOf(image));
      const count = batches.reduce((n, { shape }) => n + shape[0], 0);
      const kinds = (Object.keys(LABELS) as Kind[]).filter((kind) => read[kind] !== undefined);
      const channels = kinds.length > 0 || batches.some(({ shape }) => shape[1] === 3) ? 3 : 1;
      const parts = kinds.some((kind) => Array.isArray(read[kind])) ? batches.flatMap(eachOf) : batches;
      let first = 0;
      const drawn = parts.map((part) => {
        const [n, , h, w] = part.shape;
        const from = first;
        first += n;
        const whole = broadcastTo(part, [n, channels, h, w]);
        return kinds.reduce((image, kind) => {
          const labels = labelsOf(kind, read[kind], { from, n, count, height: h, width: w });
          return labels ? LABELS[kind].draw(image, labels, thickness) : image;
        }, whole);
      });
      return sheet(drawn, Math.min(read.columns ?? Math.ceil(Math.sqrt(count)), count), gap, fill);
    }),
  );
}

function checkPart(argument: string, image: unknown, listed: boolean): void {
  const allowed = listed ? "a tensor [C, H, W], or [N, C, H, W]" : "a tensor [N, C, H, W], or a list of images";
  if (!(image instanceof Tensor)) throw new ArgumentError(`${argument} of grid()`, describe(image), allowed);
  if (image.shape.length !== 3) checkImage(image.shape, `${argument} of grid()`);
  const channels = image.shape.at(-3)!;
  if (channels !== 1 && channels !== 3)
    throw new ShapeError(`${argument} of grid()`, show(image.shape), "1 or 3 channels");
}

/** A batch of f32. */
function batchOf(image: Tensor<DType>): Tensor {
  const batch = batched(image);
  return batch.dtype === "f32" ? (batch as Tensor) : cast(batch, "f32");
}

const eachOf = (batch: Tensor): Tensor[] => Array.from({ length: batch.shape[0] }, (_, i) => slice(batch, 0, i, i + 1));

/** Which images labels are for. */
interface Place {
  readonly from: number;
  readonly n: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** The labels of some of the images, with a dimension for these; null for none. */
function labelsOf(kind: Kind, given: unknown, { from, n, count, height, width }: Place): Tensor | null {
  const { rank, allowed } = LABELS[kind];
  const name = `${kind} of grid()`;
  const last = kind === "masks" ? [height, width] : [kind === "boxes" ? 4 : 2];
  const fits = (labels: Tensor, lead: number): boolean =>
    labels.shape.length === rank + lead &&
    labels.dtype === "f32" &&
    last.every((size, i) => labels.shape[labels.shape.length - last.length + i] === size);
  if (given instanceof Tensor) {
    if (!fits(given, 1) || given.shape[0] !== count)
      throw new ShapeError(name, `${show(given.shape)} of ${given.dtype}`, `${allowed} of f32, for ${count} images`);
    return n === count ? given : slice(given, 0, from, from + n);
  }
  if (!Array.isArray(given) || given.length !== count)
    throw new ArgumentError(name, describe(given), `a tensor ${allowed}, or a list of ${count}, one for each image`);
  const own = given[from];
  if (own === null) return null;
  if (!(own instanceof Tensor) || !fits(own, 0))
    throw new ArgumentError(
      `${kind}[${from}] of grid()`,
      describe(own),
      `null, or a tensor ${allowed.replace("N, ", "")} of f32`,
    );
  return reshape(own, [1, ...own.shape]);
}

/** Images in rows, each in the middle of a cell, with a gap around every cell. */
function sheet(parts: readonly Tensor[], columns: number, gap: number, fill: number): Tensor {
  const [height, width] = [2, 3].map((axis) => Math.max(...parts.map(({ shape }) => shape[axis])));
  const around = (part: Tensor): Tensor => {
    const [, , h, w] = part.shape;
    const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
    // Each cell has the gap on its right and below; the first ones' is added at the end.
    const [bottom, right] = [height - h - top + gap, width - w - left + gap];
    return top + left + bottom + right === 0 ? part : framed(part, { top, left, bottom, right }, fill);
  };
  const cells = concat(parts.map(around));
  const [count, channels, h, w] = cells.shape;
  const rows = Math.ceil(count / columns);
  const missing = rows * columns - count;
  const { gpu } = cells;
  const all = missing === 0 ? cells : concat([cells, full(gpu, [missing, channels, h, w], fill)]);
  const placed = transpose(reshape(all, [rows, columns, channels, h, w]), [2, 0, 3, 1, 4]);
  const image = reshape(placed, [1, channels, rows * h, columns * w]);
  return gap === 0 ? image : framed(image, { top: gap, left: gap, bottom: 0, right: 0 }, fill);
}

const framed = (image: Tensor, sides: Parameters<typeof pad>[0], fill: number): Tensor =>
  apply(image, pad({ ...sides, fill }));
