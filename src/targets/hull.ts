import hullWgsl from "../../shaders/targets/box_hull.wgsl";
import { floatBits, type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { step } from "../functional/step.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import { FORMATS } from "./outline.ts";
import type { KernelSizes } from "./sizes.ts";
import type { Boxes } from "./target.ts";

const KERNEL: Kernel = { wgsl: hullWgsl, words: 20 };
const OPS = { boxes: 0, pullPoints: 1, pullRows: 2, left: 3 };

/** Boxes of which something is made. */
export interface Hulls {
  /** Places around each box where it has gone, `[N, K, P, 2]`; null where boxes have stayed. */
  readonly points: Tensor | null;
  /** The boxes as they were, `[N, K, 4]` or wider. */
  readonly rows: Tensor;
  /** What is said of them. */
  readonly as: Boxes;
  readonly sizes: KernelSizes;
}

function compute(op: keyof typeof OPS, { points, rows, as, sizes }: Hulls, g: Tensor, shape: Shape): Tensor {
  const [n, k, columns] = rows.shape;
  const around = points ?? rows;
  const writes = result(shape, around, rows, g);
  const flags = [as.normalized, as.clip, as.format === "oriented"].map(Number);
  const limits = [
    as.minArea,
    as.minVisibility,
    as.minWidth,
    as.minHeight,
    as.maxAspect === Infinity ? 0 : as.maxAspect,
  ];
  const words = [k, columns, points ? points.shape[2] : 0, FORMATS[as.format], ...flags, n * k];
  runWhole({
    kernel: KERNEL,
    label: `hull of boxes, ${op}`,
    constants: { op: OPS[op], listed: Number(sizes.each !== null) },
    reads: [around, rows, sizes.each ?? rows, g],
    writes,
    words: [...words, ...sizes.all, ...limits.map(floatBits)],
    threads: n * k,
    perGroup: THREADS,
  });
  return writes;
}

/** The boxes around points, cut off at the image if they are to be, in the format that they had, `[N, K, …]`. Further columns stay. */
export function hullOf(of: Hulls): Tensor {
  const { points, rows } = of;
  const made = compute("boxes", of, rows, rows.shape);
  const inputs = points ? [rows, points] : [rows];
  const { each } = of.sizes;
  return step("hull of boxes", inputs, made, each ? [...inputs, each] : inputs, (g, [before, ...saved], needs) => {
    const around = points ? saved[0] : null;
    const again = { ...of, rows: before, points: around, sizes: { ...of.sizes, each: each && saved.at(-1)! } };
    return [
      needs[0] ? compute("pullRows", again, g, before.shape) : null,
      ...(around ? [needs[1] ? compute("pullPoints", again, g, around.shape) : null] : []),
    ];
  });
}

/** 1 for boxes of which enough is left in the image, else 0: `[N, K]`, a constant. */
export const leftOf = (of: Hulls): Tensor => compute("left", of, of.rows, of.rows.shape.slice(0, 2));
