import { reshape } from "../autograd/index.ts";
import { ArgumentError, isPlainObject } from "../gpu/index.ts";
import { type DType, show, Tensor } from "../tensor/index.ts";
import { type AnyTarget, enlistTarget, isTarget } from "./target.ts";

// The targets of one image [C, H, W] are those of a batch of one, without the first dimension.

/** Changes every tensor of a target, and of the targets in it. */
export function mapped(value: unknown, change: (tensor: Tensor<DType>) => Tensor<DType>): unknown {
  if (value instanceof Tensor) return change(value as Tensor<DType>);
  if (!isPlainObject(value)) return value;
  const parts = Object.entries(value).map(([name, each]) => [name, mapped(each, change)]);
  const result = Object.fromEntries(parts);
  return isTarget(value) ? enlistTarget(result as unknown as AnyTarget) : result;
}

/** Targets of one image as those of a batch of one, and back. */
export interface Single {
  batched: (target: AnyTarget, at: string) => AnyTarget;
  /** What becomes of them; what nothing has changed is what was given. */
  alone: (moved: AnyTarget) => AnyTarget;
}

/** The way to a batch of one and back. Makes tensors, in the scope that is open. */
export function single(): Single {
  const given = new Map<Tensor<DType>, Tensor<DType>>();
  const added = (at: string) => (tensor: Tensor<DType>) => {
    if (tensor.dtype !== "f32") {
      const allowed = `f32, or ${show([1, ...tensor.shape])} beside an image of 4 dimensions`;
      throw new ArgumentError(at, `a tensor of ${tensor.dtype} of one image`, allowed);
    }
    const made = reshape(tensor as Tensor, [1, ...tensor.shape]);
    given.set(made, tensor);
    return made;
  };
  const taken = (tensor: Tensor<DType>) => given.get(tensor) ?? reshape(tensor as Tensor, tensor.shape.slice(1));
  return {
    batched: (target, at) => {
      if (target.target === "asIs") return target;
      if ((target.target === "polygons" || target.target === "lines") && !(target.data instanceof Tensor))
        return enlistTarget({ ...target, data: [target.data] });
      checkNoList(target, at);
      return mapped(target, added(at)) as AnyTarget;
    },
    alone: (moved) => {
      if ((moved.target === "polygons" || moved.target === "lines") && !(moved.data instanceof Tensor))
        return enlistTarget({ ...moved, data: moved.data[0] as typeof moved.data });
      return mapped(moved, taken) as AnyTarget;
    },
  };
}

/** One image needs no list with something for each. */
function checkNoList(target: AnyTarget, at: string): void {
  const lists = target.target === "instances" ? Object.values(target.data) : [target.data];
  const data = lists.map((each) => (isTarget(each) ? each.data : each));
  if (data.some(Array.isArray))
    throw new ArgumentError(at, "a list beside an image [C, H, W]", "a tensor without the dimension of samples");
}
