import cumulateWgsl from "../../shaders/tensor/cumulate.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { record } from "../autograd/graph.ts";
import { checkAxis, checkList, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { count, keeping, show, type Tensor } from "../tensor/index.ts";

const CUMULATE_KERNEL: Kernel = { wgsl: cumulateWgsl, words: 4 };

/** Sums along an axis up to each place, or with `backward` from each place on. */
function cumulated(x: Tensor, axis: number, backward: boolean): Tensor {
  const y = result(x.shape, x);
  const places = x.shape[axis];
  const lines = x.size / places;
  runWhole({
    kernel: CUMULATE_KERNEL,
    label: "integral",
    constants: { backward: Number(backward) },
    reads: [x],
    writes: y,
    words: [lines, places, count(x.shape.slice(axis + 1))],
    threads: lines,
    perGroup: THREADS,
  });
  return y;
}

function cumulate(x: Tensor, axis: number): Tensor {
  const y = cumulated(x, axis, false);
  x.gpu.untrack(y);
  return record("integral", [x], { shape: y.shape, storage: y.storage }, [], (g) => [cumulated(g, axis, true)]);
}

/**
 * Sums over all that comes before a place along some axes, itself included: `[1, 1, 1]` becomes `[1, 2, 3]`. Differentiable.
 * @param axes the axes, each once; negative ones count from the end. The last one unless given
 * @returns a tensor of x's shape
 * @throws ArgumentError for an axis that is not there, or is there twice
 */
export function integralTensor(x: Tensor, axes: readonly number[] = [-1]): Tensor {
  const gpu = checkTogether([x], "integralTensor");
  checkList(axes, "integralTensor", "axes", "a list of axes");
  const places = axes.map((axis) => checkAxis(axis, x.shape.length, "integralTensor", "axes"));
  if (places.length === 0 || new Set(places).size < places.length)
    throw new ArgumentError("axes of integralTensor()", `[${axes.join(", ")}]`, "at least one axis, and each once");
  return keeping(gpu, () => places.reduce((sums, axis) => cumulate(sums, axis), x));
}

/**
 * The integral image, or summed-area table: at each pixel the sum of all that lie above and to the left, itself included.
 * Differentiable.
 * @param image `[..., H, W]`
 * @returns a tensor of its shape
 * @throws ShapeError when it has fewer than two dimensions
 */
export function integralImage(image: Tensor): Tensor {
  checkTogether([image], "integralImage");
  if (image.shape.length < 2) throw new ShapeError("image of integralImage()", show(image.shape), "[..., H, W]");
  return integralTensor(image, [-2, -1]);
}
