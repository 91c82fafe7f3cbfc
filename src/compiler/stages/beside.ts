/** Images beside the input: what a caller may give, and the tensors that passes get. */
import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { type Shape, show, type Tensor } from "../../tensor/index.ts";
import type { ParamSpec } from "../../transforms/index.ts";
import { kinds, type Making } from "../kinds/index.ts";
import { type Bound, besideOf, type Pass } from "../pass.ts";
import { isTensorLike } from "./bind.ts";

/** Checks an image that stands beside images of a shape. */
export function bindImage(argument: string, value: unknown, { channels }: ParamSpec, input: Shape): Tensor {
  const [n, c, h, w] = input;
  const counts = channels === "any" ? "C" : c === 1 ? "1" : `${c} or 1`;
  const allowed = `a tensor [${n}, ${counts}, ${h}, ${w}] of f32; 1 in the place of ${n} shares it`;
  if (!isTensorLike(value)) throw new ArgumentError(argument, describe(value), allowed);
  const { shape, dtype } = value as Tensor;
  if (dtype !== "f32") throw new ArgumentError(argument, `a tensor of ${dtype}`, allowed);
  const fits =
    shape.length === 4 &&
    (shape[0] === n || shape[0] === 1) &&
    (channels === "any" ? shape[1] >= 1 : shape[1] === c || shape[1] === 1) &&
    shape[2] === h &&
    shape[3] === w;
  if (!fits) throw new ShapeError(argument, `a tensor ${show(shape)}`, allowed);
  return value as Tensor;
}

const NOTHING = { tensors: [], dispose: () => {} };

/** The images that a pass sees beside its input, one for each sample; and how to let go of them. */
export function besideTensors(
  pass: Pass,
  links: readonly Bound[],
  samples: number,
): { tensors: readonly Tensor[]; dispose: () => void } {
  const beside = besideOf(pass);
  if (beside.length === 0) return NOTHING;
  const made: Tensor[] = [];
  const tensors = beside.map(({ link, name }) => {
    const own = links[link].images![name];
    if (own.shape[0] === samples) return own;
    const spread = kinds[pass.kind].spread!(own, [samples, ...own.shape.slice(1)]);
    made.push(spread);
    return spread;
  });
  return { tensors, dispose: () => made.forEach((tensor) => tensor.dispose()) };
}

/** The images among them that are repeated for every sample, with the links that see them. */
export const besideMaking = (
  pass: Pass,
  links: readonly Bound[],
  samples: number,
): readonly { link: Bound; making: Making }[] =>
  besideOf(pass).flatMap(({ link, name }) => {
    const from = links[link].images![name].shape;
    if (from[0] === samples) return [];
    const to = [samples, ...from.slice(1)];
    const what = `${name} for all samples`;
    return [{ link: links[link], making: { what, from, to, dispatches: { forward: 1, backward: 1 } } }];
  });
