import { assembled } from "../autograd/assemble.ts";
import { concat, gather, reshape, slice } from "../autograd/index.ts";
import { ArgumentError, type Gpu, ShapeError } from "../gpu/index.ts";
import { count, type Shape, sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import { followed, type Journey, placesBehind } from "./journey.ts";
import { stretchOf } from "./list.ts";
import type { Rows } from "./target.ts";

/** What rows have to look like. */
export interface RowShape {
  /** How many samples the batch has. */
  samples: number;
  /** The fewest columns. */
  columns: number;
  /** The most dimensions of a tensor for all images. */
  rank: number;
  /** The fewest; 3 unless given. */
  least?: number;
  /** Whether tensors of a list may differ in more than the number of rows: masks of images that differ in size. */
  apart?: boolean;
  /** How rows are meant, for messages: `[N, K, 4]`. */
  words: string;
}

/** Checks rows: as many as images, of one width. @throws ShapeError */
export function checkRows(at: string, rows: Rows, counts: readonly number[] | undefined, like: RowShape): void {
  const { samples, columns, rank, least = 3, apart = false, words } = like;
  const fits = (shape: Shape, leading: number) =>
    shape.length >= least - 2 + leading && shape.length <= rank - 2 + leading && shape[shape.length - 1] >= columns;
  if (rows instanceof Tensor) {
    const { shape } = rows;
    checkF32(at, rows);
    if (!fits(shape, 2) || shape[0] !== samples)
      throw new ShapeError(at, show(shape), `${words}, with N = ${samples} as the images have it`);
    if (counts) checkCounts(at, counts, samples, shape[1]);
    return;
  }
  if (counts) throw new ArgumentError(`counts of ${at}`, "counts beside a list", "none: each tensor has its own");
  if (rows.length !== samples)
    throw new ShapeError(at, `a list of ${rows.length}`, `a list of ${samples}, one for each image`);
  const first = rows.find((each) => each !== null);
  rows.forEach((each, n) => {
    if (each === null) return;
    checkF32(`${at}[${n}]`, each);
    const { shape } = each;
    if (!fits(shape, 1)) throw new ShapeError(`${at}[${n}]`, show(shape), `one image's part of ${words}, or null`);
    if (!apart && !sameShape(shape.slice(1), first!.shape.slice(1)))
      throw new ShapeError(
        `${at}[${n}]`,
        show(shape),
        `${show(["K" as never, ...first!.shape.slice(1)])}, as the others`,
      );
  });
}

function checkF32(at: string, rows: Tensor): void {
  if (rows.dtype !== "f32") throw new ArgumentError(at, `a tensor of ${rows.dtype}`, "a tensor of f32");
}

function checkCounts(at: string, counts: readonly number[], samples: number, most: number): void {
  if (counts.length === samples && counts.every((count) => count <= most)) return;
  throw new ArgumentError(`counts of ${at}`, show(counts), `${samples} whole numbers from 0 to ${most}`);
}

/** Rows of all images in one tensor, `[N, K, …]`. */
export interface Batch {
  /** `null` where no image has a row. */
  readonly tensor: Tensor | null;
  /** 1 for rows that are there, 0 for those that fill up, `[N, K]`; `null` where all are there. */
  readonly there: () => Tensor | null;
  /** A tensor `[N, K, …]` in the form in which the rows were given. */
  readonly back: (rows: Tensor) => Rows;
}

/**
 * Rows as one tensor: lists are filled up with zeros.
 * @param journey of the samples, where they meet: what comes back has the rows of partners, too, `[N, S · K, …]`
 */
export function batchOf(gpu: Gpu, rows: Rows, counts?: readonly number[], journey: Journey | null = null): Batch {
  if (rows instanceof Tensor) {
    const there = () => (counts ? followed(thereOf(gpu, counts, rows.shape[1]), journey) : null);
    return { tensor: rows, there, back: (moved) => moved };
  }
  const sizes = rows.map((each) => each?.shape[0] ?? 0);
  const most = Math.max(...sizes);
  const first = rows.find((each) => each !== null);
  if (!first) return { tensor: null, there: () => null, back: () => rows };
  const rest = first.shape.slice(1);
  const row = count(rest);
  const given = rows.flatMap((each, n) => (each ? [{ each, n }] : []));
  const runs = given.map(({ n }, of) => ({ of, from: 0, to: n * most * row, values: sizes[n] * row }));
  return {
    tensor: assembled(
      given.map(({ each }) => each),
      [rows.length, most, ...rest],
      runs,
    ),
    there: () => followed(thereOf(gpu, sizes, most), journey),
    back: (moved) => {
      const places = placesBehind(sizes, most, journey);
      return places.map((own, n) => (own.length === 0 ? null : taken(gpu, moved, n, own)));
    },
  };
}

/** The rows of one image at places, which ascend. */
function taken(gpu: Gpu, rows: Tensor, n: number, places: readonly number[]): Tensor {
  const rest = rows.shape.slice(2);
  const [first, size] = [places[0], places.length];
  if (places[size - 1] === first + size - 1) return reshape(stretchOf(rows, n, first, size), [size, ...rest]);
  return gather(reshape(stretchOf(rows, n, 0), rows.shape.slice(1)), { axis: 0, index: tensor(gpu, places) });
}

const thereOf = (gpu: Gpu, counts: readonly number[], most: number): Tensor =>
  tensor(
    gpu,
    counts.flatMap((count) => Array.from({ length: most }, (_, k) => Number(k < count))),
    [counts.length, most],
  );

/** A part of the last dimension. */
export function columns(x: Tensor, from: number, to = from + 1): Tensor {
  const last = x.shape.length - 1;
  return from === 0 && to === x.shape[last] ? x : slice(x, last, from, to);
}

/** Columns beside each other, and those of `given` from `from` on behind them. */
export function besides(parts: readonly Tensor[], given: Tensor, from: number): Tensor {
  const last = given.shape.length - 1;
  const all = given.shape[last] > from ? [...parts, slice(given, last, from)] : parts;
  return all.length === 1 ? all[0] : concat(all, last);
}
