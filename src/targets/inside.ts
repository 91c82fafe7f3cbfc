import insideWgsl from "../../shaders/targets/point_inside.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import type { Tensor } from "../tensor/index.ts";
import type { KernelSizes } from "./sizes.ts";

const KERNEL: Kernel = { wgsl: insideWgsl, words: 8 };

/** 1 where a place lies in its image, else 0, of rows `[N, …, 2]` or wider: `[N, …]`, a constant. */
export function insideOf(rows: Tensor, { each, all }: KernelSizes): Tensor {
  const shape = rows.shape.slice(0, -1);
  const columns = rows.shape[shape.length];
  const threads = rows.size / columns;
  const writes = result(shape, rows);
  runWhole({
    kernel: KERNEL,
    label: "points in the image",
    constants: { listed: Number(each !== null) },
    reads: [rows, each ?? rows],
    writes,
    words: [threads / rows.shape[0], columns, threads, 0, ...all],
    threads,
    perGroup: THREADS,
  });
  return writes;
}
