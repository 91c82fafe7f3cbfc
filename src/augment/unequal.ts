import type { ApplyOptions, PlanOptions } from "../compiler/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import type { Bound } from "../compiler/pass.ts";
import { bindAll } from "../compiler/stages/apply.ts";
import { planned } from "../compiler/stages/plans.ts";
import { ShapeError } from "../gpu/index.ts";
import { type ImageList, inOrder, stackImages } from "../targets/list.ts";
import { type DType, keeping, type Shape, sameShape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { transformAt } from "./rows.ts";
import { run } from "./run.ts";
import { onlyTransforms, type Step } from "./steps.ts";

/**
 * Applies transforms that were made for a list of images, which may differ in size, to a batch of what they become, `[N, C, H, W]`.
 * Images of one size run together, through the passes until all have one size, and no further than a transform that sees other
 * samples; the rest runs on the whole batch. So every image gets what it would get alone.
 * @throws ShapeError where the images do not come out with one size
 */
export function runList(list: ImageList, steps: readonly Step[], options: ApplyOptions): Tensor<DType> {
  const { images, groups } = list;
  const { gpu, dtype: stored } = images[0];
  const { into, dtype = stored === "f16" ? "f16" : "f32", ...settings } = options;
  return keeping(gpu, () => {
    if (groups.length === 1) return run(stackImages(images), steps, { ...settings, dtype, into }) as Tensor;
    const transforms = onlyTransforms(steps, "pipeline of images of unequal size");
    const between = { ...settings, dtype: "f32" as const };
    const count = images.length;
    const parts = groups.map(({ places }) => ({
      x: stackImages(places.map((i) => images[i])),
      transforms: transforms.map((each) => transformAt(each, count, places)),
    }));
    const isGated = transforms.some(({ on }) => on instanceof Tensor);
    const chainsOf = (most: number) =>
      parts.map(({ x, transforms: own }) => ({
        shape: x.shape,
        dtype: x.dtype,
        bound: bindAll(x, own.slice(0, most)),
      }));
    const front = frontOf(list, transforms, isGated, chainsOf, between);
    const results = parts.map((part) => run(part.x, part.transforms.slice(0, front), between) as Tensor);
    const whole = inOrder(results, groups);
    return run(whole, transforms.slice(front), { ...settings, dtype, into }) as Tensor;
  });
}

/** A chain for images of one size. */
interface Chain {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly bound: readonly Bound[];
}

/**
 * How many transforms run size by size: up to where a pass ends, and all images have the size that they have in the end, in all chains.
 * @param chainsOf the chains of so many transforms, for each size
 */
export function frontOf(
  list: Sized,
  transforms: readonly Transform[],
  isGated: boolean,
  chainsOf: (most: number) => readonly Chain[],
  options: PlanOptions,
): number {
  const most = frontOfMix(list, transforms);
  // A gate of a map runs as operations of its own.
  if (isGated) return most;
  const [first, ...others] = chainsOf(most).map((chain) => equalAfter(chain, options));
  return first.find((after) => others.every((list) => list.includes(after))) ?? most;
}

/**
 * How many transforms may run size by size: all up to one that sees other samples.
 * @throws ShapeError where images do not have one size then
 */
export function frontOfMix(list: Sized, transforms: readonly Transform[]): number {
  const mix = transforms.findIndex(({ declaration }) => declaration.mix);
  const most = mix < 0 ? transforms.length : mix;
  checkSizes(list, transforms.slice(0, most), mix < 0 ? "" : ` before ${transforms[mix].declaration.name}`);
  return most;
}

/** Images by size, and what they are called. */
type Sized = Pick<ImageList, "groups" | "argument">;

/** The numbers of transforms after which a pass ends, and the image has the size that it has in the end. */
function equalAfter(chain: Chain, options: PlanOptions): number[] {
  const passes = planned(chain, chain.bound, options);
  const end = passes[passes.length - 1].output;
  const ends: number[] = [];
  let done = 0;
  let last = -1;
  for (const pass of passes) {
    done += pass.positions.length;
    last = Math.max(last, ...pass.positions);
    // Whatever ran stands before whatever did not.
    if (last === done - 1 && done > 0 && sameShape(pass.output, end)) ends.push(done);
  }
  return ends;
}

function checkSizes({ groups, argument }: Sized, transforms: readonly Transform[], where: string): void {
  const sizes = groups.map(({ shape }) => transforms.reduce((size, each) => outputSize(each, size), shape).slice(1));
  const other = sizes.findIndex((size) => !sameShape(size, sizes[0]));
  if (other < 0) return;
  const name = (k: number) => `${argument}[${groups[k].places[0]}]`;
  throw new ShapeError(
    argument,
    `images that differ in size${where}: ${name(0)} is ${show(sizes[0])}, ${name(other)} is ${show(sizes[other])}`,
    "images of one size, or a transform that gives all of them one, such as RandomResizedCrop({ size: 224 }), " +
      `resize({ height: 224, width: 224 }) or centerCrop({ height: 224, width: 224 })${where || " in the pipeline"}`,
  );
}
