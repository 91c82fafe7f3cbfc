import { reshape } from "../autograd/index.ts";
import { unbatched } from "../autograd/view.ts";
import { transformPoints } from "../functional/points.ts";
import { ArgumentError, describe, type Gpu, ShapeError } from "../gpu/index.ts";
import { keeping, show, Tensor } from "../tensor/index.ts";
import { printable } from "../transforms/language/show.ts";
import { eachInOrder, inOrder, type Places, readList, samplesAt, sizeOf, stackImages } from "./list.ts";
import { checkPoints, gpuOf, motionAt, showMotion } from "./motion.ts";
import type { Motion, MotionForm, MotionImageOptions } from "./motion-value.ts";
import { areEqual, areListed, type ImageSizes, wordsOf } from "./sizes.ts";

// The motion of images that differ in size, before or behind, is one for each size.

/** The motion of the images of one size. */
export interface MotionOfSize extends Places {
  readonly motion: Motion;
}

/** The sizes of all images. */
export interface Sizes {
  readonly before: ImageSizes;
  readonly after: ImageSizes;
}

interface Parts {
  readonly gpu: Gpu;
  readonly groups: readonly MotionOfSize[];
  /** What is freed with it. */
  readonly own: readonly (Tensor | Motion<MotionForm, MotionForm>)[];
}

const known = new WeakMap<object, Parts>();

/** What a motion of images that differ in size consists of; undefined for another one. */
export const partsBySize = (motion: Motion<MotionForm, MotionForm>): Parts | undefined =>
  typeof motion === "object" && motion !== null ? known.get(motion) : undefined;

/**
 * One motion of those of each size, which it owns.
 * @param looks what else it looks through, and owns
 */
export function motionBySize(
  gpu: Gpu,
  samples: number,
  groups: readonly MotionOfSize[],
  { before, after }: Sizes,
  looks: Parts["own"] = [],
): Motion<MotionForm, MotionForm> {
  const own = [...groups.map(({ motion }) => motion), ...looks];
  const matrix = matrixOf(gpu, groups);
  const still = groups.every(({ motion }) => motion.still);
  const value: Motion<MotionForm, MotionForm> = {
    samples,
    before,
    after,
    still,
    matrix,
    points: (points: Tensor) => {
      const all = checkPoints(points, gpu, samples);
      return keeping(gpu, () => {
        if (still) return reshape(all(), all().shape);
        if (matrix) return transformPoints(matrix, all());
        const moved = groups.map(({ motion, places }) => motion.points(samplesAt(all(), places)));
        return inOrder(moved, groups);
      });
    },
    inverse: () => {
      const turned = groups.map(({ places, motion }) => ({ places, motion: motion.inverse() }));
      return motionBySize(gpu, samples, turned, { before: after, after: before });
    },
    image: (x, options?: MotionImageOptions) => imageBySize(made, x, options) as never,
    followedBy: (next) => joined(made, next) as never,
    dispose: () => {
      matrix?.dispose();
      for (const each of own) each.dispose();
    },
  };
  const made = Object.freeze(printable(value, () => showMotion(value)));
  known.set(made, { gpu, groups, own });
  return made;
}

/** The matrices of all images, where all have one. */
function matrixOf(gpu: Gpu, groups: readonly MotionOfSize[]): Tensor | null {
  const matrices = groups.flatMap(({ motion: { matrix } }) => (matrix ? [matrix] : []));
  if (matrices.length < groups.length) return null;
  return groups.length === 1 ? matrices[0] : keeping(gpu, () => inOrder(matrices, groups));
}

/** Images, size by size. */
function imageBySize(
  own: Motion<MotionForm, MotionForm>,
  x: unknown,
  options?: MotionImageOptions,
): Tensor | readonly Tensor[] {
  const { gpu, groups } = known.get(own)!;
  const images = readImages(own, x);
  return keeping(gpu, () => {
    const parts = groups.map(({ places, motion }) =>
      motion.image(
        images instanceof Tensor ? samplesAt(images, places) : stackImages(places.map((i) => images[i])),
        options,
      ),
    );
    return areListed(own.after) ? eachInOrder(parts, groups).map(unbatched) : inOrder(parts, groups);
  });
}

/** Checks images against the sizes before. */
function readImages({ samples, before }: Motion<MotionForm, MotionForm>, x: unknown) {
  const argument = "x of image()";
  if (!areListed(before)) {
    if (!(x instanceof Tensor)) throw new ArgumentError(argument, describe(x), "a tensor of images [N, C, H, W]");
    if (x.shape.length !== 4 || x.shape[0] !== samples || sizeOf(x.shape).join() !== before.join())
      throw new ShapeError(argument, show(x.shape), `[${samples}, C, ${before.join(", ")}]`);
    return x as Tensor;
  }
  if (!Array.isArray(x) || x.length !== samples)
    throw new ArgumentError(argument, describe(x), `a list of ${samples} images [C, H, W]`);
  const { images } = readList(x, argument);
  for (const [i, { shape }] of images.entries())
    if (sizeOf(shape).join() !== before[i].join())
      throw new ShapeError(`x[${i}] of image()`, show(shape), `[C, ${before[i].join(", ")}]`);
  return images;
}

const all = (samples: number): readonly number[] => Array.from({ length: samples }, (_, n) => n);

const groupsOf = (motion: Motion<MotionForm, MotionForm>): readonly MotionOfSize[] =>
  partsBySize(motion)?.groups ?? [{ places: all(motion.samples), motion: motion as Motion }];

/** A motion of a batch, and then one of images that differ in size behind. */
export const behindBatch = (own: Motion, next: Motion<MotionForm, MotionForm>): Motion<MotionForm, MotionForm> =>
  joined(own, next);

function joined(
  own: Motion<MotionForm, MotionForm>,
  next: Motion<MotionForm, MotionForm>,
): Motion<MotionForm, MotionForm> {
  const gpu = gpuOf(next, "next");
  if (gpuOf(own, "next") !== gpu) throw new ArgumentError("next", "a motion of another device", "one of this device");
  const { samples, before, after } = own;
  if (next.samples !== samples || !areEqual(samples, after, next.before))
    throw new ArgumentError(
      "next",
      `a motion of ${wordsOf(next.samples, next.before)}`,
      `one of ${wordsOf(samples, after)}`,
    );
  const { groups, parts } = groupsBehind(own, next);
  return motionBySize(gpu, samples, groups, { before, after: next.after }, parts);
}

/** The motions of each size where another motion goes on, and what was made for them beside. */
export function groupsBehind(own: Motion<MotionForm, MotionForm>, next: Motion<MotionForm, MotionForm>) {
  const parts: Motion[] = [];
  const some = ({ places: whole, motion }: MotionOfSize, places: readonly number[]): Motion => {
    const index = places.map((place) => whole.indexOf(place));
    const part = motionAt(motion, index);
    if (part !== motion) parts.push(part);
    return part;
  };
  const groups = groupsOf(own).flatMap((a) =>
    groupsOf(next).flatMap((b): MotionOfSize[] => {
      const places = a.places.filter((place) => b.places.includes(place));
      return places.length > 0 ? [{ places, motion: some(a, places).followedBy(some(b, places)) }] : [];
    }),
  );
  return { groups, parts };
}
