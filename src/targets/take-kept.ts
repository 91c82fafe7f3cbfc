import { gather, reshape, slice } from "../autograd/index.ts";
import { ArgumentError, describe } from "../gpu/index.ts";
import { keeping, show, Tensor, tensor } from "../tensor/index.ts";
import {
  type AnyTarget,
  asIs,
  type Boxes,
  enlistTarget,
  type Instances,
  isTarget,
  type Keypoints,
  type Rows,
} from "./target.ts";

/** What {@link takeKept} makes of a target: bare members of instances have become lists. */
export type Taken<T> =
  T extends Instances<infer M>
    ? Instances<{ [K in keyof M]: M[K] extends Tensor ? readonly (Tensor | null)[] : M[K] }>
    : T;

/** Which rows of each image are taken. */
type Places = readonly (readonly number[])[];

/**
 * What is left of boxes, keypoints or instances behind a pipeline, in lists: each image has a tensor of the rows that are kept, or `null`
 * where there is none. All members of instances lose the same rows. It waits for the GPU; a step of training that must not wait weighs its
 * losses by `kept` instead.
 * @param target a result, which has `kept`
 * @throws ArgumentError for what no pipeline has moved
 */
export async function takeKept<T extends Boxes | Keypoints | Instances>(target: T): Promise<Taken<T>> {
  const argument = "target of takeKept()";
  const allowed = "boxes, keypoints [N, K, 2] or instances behind a pipeline";
  const known: Boxes | Keypoints | Instances = target;
  if (!isTarget(known) || !TAKEN.includes(known.target)) throw new ArgumentError(argument, describe(target), allowed);
  const { kept } = known;
  if (kept === null) throw new ArgumentError(argument, `${known.target} that nothing has moved`, allowed);
  const places = await placesOf(kept, argument, allowed);
  if (known.target !== "instances") return taken(known, kept, places) as Taken<T>;
  const data = Object.entries(known.data).map(([name, value]) => [
    name,
    isTarget(value) ? takenMember(value, kept, places) : rowsAt(value as Rows, places),
  ]);
  return enlistTarget({
    ...known,
    data: Object.fromEntries(data),
    kept: rowsAt(kept, places),
    weight: known.weight && rowsAt(known.weight, places),
  }) as Instances as Taken<T>;
}

/** What has rows, and says which of them are kept. */
const TAKEN: readonly string[] = ["boxes", "keypoints", "instances"];

/** The places of ones, image by image. */
async function placesOf(kept: Rows, argument: string, allowed: string): Promise<Places> {
  const ones = (flags: ArrayLike<number>) => Array.from(flags).flatMap((flag, k) => (flag ? [k] : []));
  if (!(kept instanceof Tensor))
    return Promise.all(kept.map(async (each) => (each === null ? [] : ones(await each.read()))));
  const [n, k] = kept.shape;
  if (kept.shape.length !== 2) throw new ArgumentError(argument, `${show(kept.shape)} of \`kept\``, allowed);
  const flags = await kept.read();
  return Array.from({ length: n }, (_, i) => ones(flags.subarray(i * k, (i + 1) * k)));
}

const takenMember = (target: AnyTarget, kept: Rows, places: Places): AnyTarget =>
  target.target === "asIs"
    ? asIs(rowsAt(target.data as Rows, places))
    : taken(target as Boxes | Keypoints, kept, places);

function taken(target: Boxes | Keypoints, kept: Rows, places: Places): Boxes | Keypoints {
  if (target.target === "keypoints" && (target.angle || target.scale))
    throw new ArgumentError(
      "target of takeKept()",
      "keypoints with `angle` or `scale`",
      "keypoints without: lists have none",
    );
  const { counts: _, ...rest } = target;
  return enlistTarget({
    ...rest,
    data: rowsAt(target.data, places),
    kept: rowsAt(kept, places),
    weight: target.weight && rowsAt(target.weight, places),
  }) as typeof target;
}

const rowsAt = (rows: Rows, places: Places): Rows =>
  Object.freeze(places.map((at, n) => (at.length === 0 ? null : rowsOf(rows, n, at))));

function rowsOf(rows: Rows, n: number, at: readonly number[]): Tensor {
  const { gpu } = rows instanceof Tensor ? rows : rows[n]!;
  return keeping(gpu, () => {
    const own = rows instanceof Tensor ? reshape(slice(rows, 0, n, n + 1), rows.shape.slice(1)) : rows[n]!;
    return gather(own, { axis: 0, index: tensor(gpu, at) });
  });
}
