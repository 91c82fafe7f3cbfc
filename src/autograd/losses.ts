import crossEntropyWgsl from "../../shaders/tensor/cross_entropy.wgsl";
import { ArgumentError, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { count, type Shape, sameShape, show, type Tensor } from "../tensor/index.ts";
import { floatBits, type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { reduce } from "./folds.ts";
import { record } from "./graph.ts";
import { checkTensor, checkTogether } from "./operands.ts";

const CROSS_ENTROPY_KERNEL: Kernel = { wgsl: crossEntropyWgsl, words: 8 };

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** What becomes of the losses: their mean (the default), their sum, or each by itself. */
  reduction?: "mean" | "sum" | "none";
  /** 0 (default) to 1: the share of a target that is spread evenly over all classes (Szegedy et al. 2016). */
  labelSmoothing?: number;
}

/**
 * The cross entropy between logits and targets, −Σₖ tₖ · log softmax(logits)ₖ, as PyTorch's `cross_entropy`.
 *
 * Logits are `[K]`, `[N, K]` or `[N, K, ...]`. Targets are either the index of a class, in the shape of the logits without
 * K (whole numbers as f32), or shares of all classes, in the shape of the logits. With smoothing s, t becomes
 * (1 − s) · t + s / K. Large logits do not overflow; a class of share 0 counts nothing, even where its logit is −∞. The loss
 * of an index that names no class is NaN, because no error can come from the GPU.
 *
 * The mean is over all N · ... losses, as in PyTorch, not over classes. Gradients flow to the logits, and to targets that
 * are shares.
 * @returns a scalar; with `reduction: "none"` the shape of the logits without K
 * @throws ShapeError when targets have neither shape; ArgumentError for an index that requires a gradient; LimitError where
 * the logits are larger than one binding of the device
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkTensor(logits, "crossEntropy", "logits");
  checkTensor(targets, "crossEntropy", "targets");
  const { reduction = "mean", labelSmoothing = 0 } = readOptions<CrossEntropyOptions>("crossEntropy", options, {
    reduction: oneOf("mean", "sum", "none"),
    labelSmoothing: number({ least: 0, most: 1 }),
  });
  checkTogether([logits, targets], "crossEntropy");
  const rows = checkTargets(logits, targets);
  const call: Call = { logits, targets, soft: sameShape(logits.shape, targets.shape), labelSmoothing };
  const each = entropy("loss", call, null, rows);
  const factor = reduction === "mean" ? 1 / each.size : 1;
  const y = reduction === "none" ? each : total(each, factor);
  logits.gpu.untrack(y);
  return record(
    "crossEntropy",
    [logits, targets],
    { shape: y.shape, storage: y.storage },
    [logits, targets],
    (g, [x, t], needs) => {
      const kept = { ...call, logits: x, targets: t };
      const flowing = { g, factor };
      return [
        needs[0] ? entropy("logits", kept, flowing, x.shape) : null,
        needs[1] ? entropy("targets", kept, flowing, x.shape) : null,
      ];
    },
  );
}

/** The shape of the losses, one for each row of logits. */
function checkTargets(logits: Tensor, targets: Tensor): Shape {
  const { shape } = logits;
  if (shape.length === 0) throw new ShapeError("logits of crossEntropy()", "[]", "[K], [N, K] or [N, K, ...]");
  const at = Math.min(1, shape.length - 1);
  const rows = shape.filter((_, i) => i !== at);
  if (sameShape(targets.shape, shape)) return rows;
  if (!sameShape(targets.shape, rows)) {
    const allowed = `${show(rows)} for indices of classes, or ${show(shape)} for shares of all classes`;
    throw new ShapeError("targets of crossEntropy()", show(targets.shape), allowed);
  }
  if (targets.requiresGrad)
    throw new ArgumentError(
      "targets of crossEntropy()",
      "indices that require a gradient",
      "a constant, as from detach(), or shares of all classes, which have a gradient",
    );
  return rows;
}

function total(each: Tensor, factor: number): Tensor {
  const axes = each.shape.map((_, i) => i);
  const y = reduce("sum", each, axes, [], factor);
  each.dispose();
  return y;
}

interface Call {
  logits: Tensor;
  targets: Tensor;
  soft: boolean;
  labelSmoothing: number;
}

const OPS = { loss: 0, logits: 1, targets: 2 };

/** The loss of every row, or the gradient in logits or targets of what flows back. */
function entropy(
  op: keyof typeof OPS,
  { logits, targets, soft, labelSmoothing }: Call,
  flowing: { g: Tensor; factor: number } | null,
  shape: Shape,
): Tensor {
  const g = flowing?.g ?? logits;
  const y = result(shape, logits, targets, g);
  const classes = logits.shape[Math.min(1, logits.shape.length - 1)];
  const rows = logits.size / classes;
  runWhole({
    kernel: CROSS_ENTROPY_KERNEL,
    label: "crossEntropy",
    constants: { op: OPS[op], soft: Number(soft) },
    reads: [logits, targets, g],
    writes: y,
    words: [
      rows,
      classes,
      count(logits.shape.slice(2)),
      Number(g.size > 1),
      floatBits(labelSmoothing),
      floatBits(flowing?.factor ?? 1),
    ],
    threads: rows,
    perGroup: THREADS,
  });
  return y;
}
