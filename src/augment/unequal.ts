import { concat, gather, noGrad } from "../autograd/index.ts";
import { batched } from "../autograd/view.ts";
import { type ApplyOptions, cast, type PlanOptions } from "../compiler/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { bindAll } from "../compiler/stages/apply.ts";
import { planned } from "../compiler/stages/plans.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { type DType, keeping, type Shape, sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { transformAt } from "./rows.ts";
import { run } from "./run.ts";
import { onlyTransforms, type Step } from "./steps.ts";

/** The images of one size, by their places in the list. */
interface Group {
  readonly places: readonly number[];
  /** Shape of the group as a batch. */
  readonly shape: Shape;
}

/** A list of images, checked: each `[C, H, W]`, of one device, storage type and number of channels. */
export interface ImageList {
  readonly images: readonly Tensor<DType>[];
  readonly groups: readonly Group[];
  readonly channels: number;
}

/**
 * Reads a list of images, each `[C, H, W]` or `[1, C, H, W]`.
 * @throws ArgumentError or ShapeError that names the image
 */
export function readList(given: readonly unknown[], argument = "x"): ImageList {
  const images = Array.from(given, (image, i): Tensor<DType> => {
    const name = `${argument}[${i}]`;
    if (!(image instanceof Tensor)) throw new ArgumentError(name, describe(image), "a tensor [C, H, W]");
    void image.storage;
    if (image.shape.length !== 3 && !(image.shape.length === 4 && image.shape[0] === 1))
      throw new ShapeError(name, show(image.shape), "[C, H, W], one image");
    const first = given[0] as Tensor<DType>;
    if (image.gpu !== first.gpu)
      throw new ArgumentError(name, "a tensor of another device", `one of the device of ${argument}[0]`);
    if (image.dtype !== first.dtype)
      throw new ArgumentError(name, `a tensor of ${image.dtype}`, `${first.dtype}, as ${argument}[0]`);
    if (image.shape.at(-3) !== first.shape.at(-3))
      throw new ShapeError(name, show(image.shape), `${first.shape.at(-3)} channels, as ${argument}[0]`);
    return image;
  });
  if (images.length === 0) throw new ArgumentError(argument, "an empty array", "at least one image");
  images[0].gpu.assertAlive();
  const bySize = new Map<string, number[]>();
  for (const [i, { shape }] of images.entries()) {
    const size = shape.slice(-3).join();
    const places = bySize.get(size);
    if (places) places.push(i);
    else bySize.set(size, [i]);
  }
  const groups = [...bySize.values()].map((places) => ({
    places,
    shape: [places.length, ...images[places[0]].shape.slice(-3)],
  }));
  return { images, groups, channels: groups[0].shape[1] };
}

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
    if (groups.length === 1) return run(stack(images), steps, { ...settings, dtype, into }) as Tensor;
    const transforms = onlyTransforms(steps, "pipeline of images of unequal size");
    const between = { ...settings, dtype: "f32" as const };
    const count = images.length;
    const parts = groups.map(({ places }) => ({
      x: stack(places.map((i) => images[i])),
      transforms: transforms.map((each) => transformAt(each, count, places)),
    }));
    const front = frontOf(list, parts, transforms, between);
    const results = parts.map((part) => run(part.x, part.transforms.slice(0, front), between) as Tensor);
    const whole = inOrder(concat(results), groups);
    return run(whole, transforms.slice(front), { ...settings, dtype, into }) as Tensor;
  });
}

interface Part {
  readonly x: Tensor<DType>;
  readonly transforms: readonly Transform[];
}

/** How many transforms run size by size. */
function frontOf(
  list: ImageList,
  parts: readonly Part[],
  transforms: readonly Transform[],
  options: PlanOptions,
): number {
  const mix = transforms.findIndex(({ declaration }) => declaration.mix);
  const most = mix < 0 ? transforms.length : mix;
  checkSizes(list, transforms.slice(0, most), mix < 0 ? "" : ` before ${transforms[mix].declaration.name}`);
  // A gate of a map runs as operations of its own.
  if (transforms.some(({ on }) => on instanceof Tensor)) return most;
  const [first, ...others] = parts.map((part) => equalAfter(part, most, options));
  return first.find((after) => others.every((list) => list.includes(after))) ?? most;
}

/** The numbers of transforms after which a pass ends, and the image has the size that it has in the end. */
function equalAfter({ x, transforms }: Part, most: number, options: PlanOptions): number[] {
  const chain = transforms.slice(0, most);
  const bound = bindAll(x, chain);
  const end = chain.reduce((shape, each) => outputSize(each, shape), x.shape);
  const ends: number[] = [];
  let done = 0;
  let last = -1;
  for (const pass of planned(x, bound, options)) {
    done += pass.positions.length;
    last = Math.max(last, ...pass.positions);
    // Whatever ran stands before whatever did not.
    if (last === done - 1 && done > 0 && sameShape(pass.output, end)) ends.push(done);
  }
  return ends;
}

function checkSizes({ groups }: ImageList, transforms: readonly Transform[], where: string): void {
  const sizes = groups.map(({ shape }) => transforms.reduce((size, each) => outputSize(each, size), shape).slice(1));
  const other = sizes.findIndex((size) => !sameShape(size, sizes[0]));
  if (other < 0) return;
  const name = (k: number) => `x[${groups[k].places[0]}]`;
  throw new ShapeError(
    "x",
    `images that differ in size${where}: ${name(0)} is ${show(sizes[0])}, ${name(other)} is ${show(sizes[other])}`,
    "images of one size, or a transform that gives all of them one, such as RandomResizedCrop({ size: 224 }), " +
      `resize({ height: 224, width: 224 }) or centerCrop({ height: 224, width: 224 })${where || " in the pipeline"}`,
  );
}

/** Images of one size as a batch of f32. */
function stack(images: readonly Tensor<DType>[]): Tensor {
  const each = images.map((image) => {
    const batch = batched(image);
    return batch.dtype === "f32" ? (batch as Tensor) : cast(batch, "f32");
  });
  return each.length === 1 ? each[0] : concat(each);
}

/** The samples of groups, one after the other, as they stood in the list. */
function inOrder(grouped: Tensor, groups: readonly Group[]): Tensor {
  const order = groups.flatMap(({ places }) => places);
  if (order.every((place, i) => place === i)) return grouped;
  const index = new Array<number>(order.length);
  for (const [at, place] of order.entries()) index[place] = at;
  return gather(grouped, { axis: 0, index: noGrad(() => tensor(grouped.gpu, index)) });
}
