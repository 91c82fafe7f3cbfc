import outlineWgsl from "../../shaders/targets/box_outline.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { add, concat, max, min, reshape } from "../autograd/index.ts";
import { step } from "../functional/step.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import type { Corners } from "./apart.ts";
import { cornersBehind, takesApart } from "./apart-moves.ts";
import type { Leg } from "./leg.ts";
import type { KernelSizes } from "./sizes.ts";
import type { Boxes, BoxFormat } from "./target.ts";

const KERNEL: Kernel = { wgsl: outlineWgsl, words: 12 };
const OPS = { points: 0, pull: 1 };

/** How a format is numbered in kernels. */
export const FORMATS: Readonly<Record<BoxFormat, number>> = { xyxy: 0, xywh: 1, cxcywh: 2, oriented: 0 };

/** How many stretches a side has where it may bend. */
const STRETCHES = 16;
/** Points of an ellipse: what lies between them reaches at most 0.13% of a radius further. */
const AROUND = 64;

/** Points of an outline, and the stretches that a side is divided into, if there are sides. `bends`: whether sides may not stay straight. */
const OUTLINES: Readonly<Record<Boxes["outline"], (bends: boolean) => readonly [points: number, stretches: number]>> = {
  corners: (bends) => (bends ? [4 * STRETCHES, STRETCHES] : [4, 1]),
  ellipse: () => [AROUND, 0],
};

/**
 * Points around boxes.
 * @param rows `[N, K, 4]` or wider, in the format of `boxes`
 * @param bends whether straight sides may not stay straight
 * @returns `[N, K, P, 2]`, places in pixels: the edge e is the place e − 0.5
 */
export function outlineOf(
  rows: Tensor,
  { format, normalized, outline }: Pick<Boxes, "format" | "normalized" | "outline">,
  sizes: KernelSizes,
  bends: boolean,
): Tensor {
  const [n, k, columns] = rows.shape;
  const [points, stretches] = OUTLINES[outline](bends);
  const compute = (op: keyof typeof OPS, of: Tensor, each: Tensor | null, g: Tensor, shape: Shape): Tensor => {
    const writes = result(shape, of, g);
    const threads = op === "points" ? n * k * points : n * k;
    const words = [k, columns, points, stretches, FORMATS[format], Number(normalized), threads, 0];
    runWhole({
      kernel: KERNEL,
      label: "outline of boxes",
      constants: { op: OPS[op], listed: Number(each !== null) },
      reads: [of, each ?? of, g],
      writes,
      words: [...words, ...sizes.all],
      threads,
      perGroup: THREADS,
    });
    return writes;
  };
  const made = compute("points", rows, sizes.each, rows, [n, k, points, 2]);
  const saved = sizes.each ? [rows, sizes.each] : [rows];
  return step("outline of boxes", [rows], made, saved, (g, [before, each = null]) => [
    compute("pull", before, each, g, before.shape),
  ]);
}

/** Two corners of each box, `[N, K, 2, 2]`, behind a motion that takes images apart: the hull of what became of its parts. */
function hullsApart(
  rows: Tensor,
  as: Parameters<typeof movedOutline>[1],
  sizes: KernelSizes,
  motion: ReturnType<Leg["motion"]>,
): Tensor {
  const start = extremes(outlineOf(rows, { ...as, outline: "corners" }, sizes, false));
  const behind = cornersBehind(motion, start, (boxes, points, bends) => {
    // An ellipse is one as long as it is whole.
    const outline = boxes === start ? as.outline : "corners";
    const edges = add(concat([boxes.least, boxes.most], 2), 0.5);
    const around = outlineOf(edges, { format: "xyxy", normalized: false, outline }, IN_PIXELS, bends);
    const [n, k, p] = around.shape;
    return extremes(reshape(points(reshape(around, [n, k * p, 2])), [n, k, p, 2]));
  });
  const [n, k] = behind.least.shape;
  const corner = (of: Tensor) => reshape(of, [n, k, 1, 2]);
  return concat([corner(behind.least), corner(behind.most)], 2);
}

/** Boxes in pixels need no size. */
const IN_PIXELS: KernelSizes = { each: null, all: [0, 0, 0, 0] };

const extremes = (points: Tensor): Corners => ({ least: min(points, 2), most: max(points, 2) });

/** Where the outlines of boxes go, `[N, K, P, 2]`; null where nothing moves. */
export function movedOutline(
  rows: Tensor,
  as: Pick<Boxes, "format" | "normalized" | "outline">,
  { motion, sizes }: Leg,
): Tensor | null {
  const moves = motion();
  if (moves.still) return null;
  if (takesApart(moves)) return hullsApart(rows, as, sizes(), moves);
  const around = outlineOf(rows, as, sizes(), moves.matrix === null);
  const [n, k, p] = around.shape;
  return reshape(moves.points(reshape(around, [n, k * p, 2])), [n, k, p, 2]);
}
