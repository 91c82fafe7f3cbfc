import { ArgumentError, describe, type Gpu } from "../gpu/index.ts";
import { type ImageList, readList } from "../targets/list.ts";
import { type Motion, type MotionForm, motionOf, motionThrough, tensorsOf } from "../targets/motion.ts";
import { groupsBehind, motionBySize } from "../targets/motion-by-size.ts";
import type { ImageSize } from "../targets/sizes.ts";
import { checkImage, keepingIn, type Shape, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { transformAt } from "./rows.ts";
import { checkWithin, onlyTransforms, type Step } from "./steps.ts";
import { frontOfMix } from "./unequal.ts";

/** Images whose motion is asked for: how many they are, and what becomes of steps that were made for so many. */
export interface Moving {
  readonly gpu: Gpu;
  readonly n: number;
  readonly channels: number;
  /** Their shapes as batches, one for each size that there is. */
  readonly shapes: readonly Shape[];
  motion(steps: readonly Step[]): Motion<MotionForm>;
}

/** @throws ArgumentError or ShapeError for what is no image, nor a list of images */
export function readMoving(x: unknown): Moving {
  const argument = "x of motion()";
  if (Array.isArray(x)) {
    const list = readList(x, argument);
    const [{ gpu }] = list.images;
    return {
      gpu,
      n: list.images.length,
      channels: list.channels,
      shapes: list.groups.map((group) => group.shape),
      motion: (of) => motionOfList(gpu, list, onlyTransforms(of, "pipeline of images of unequal size")),
    };
  }
  if (!(x instanceof Tensor))
    throw new ArgumentError(argument, describe(x), "a batch of images [N, C, H, W], or a list of images");
  const shape = x.shape.length === 3 ? [1, ...x.shape] : x.shape;
  checkImage(shape);
  const { gpu } = x;
  const [n, channels] = shape;
  const motion: Moving["motion"] = (of) => {
    checkWithin(of, "pipeline of motion()");
    return motionThrough(gpu, of, shape) as Motion<MotionForm>;
  };
  return { gpu, n, channels, shapes: [shape], motion };
}

/** The motion of images in a list: one for each size, up to where they have one. */
function motionOfList(gpu: Gpu, list: ImageList, transforms: readonly Transform[]): Motion<MotionForm> {
  const { images, groups, channels } = list;
  const n = images.length;
  const front = frontOfMix(list, transforms);
  const made = (): Motion<MotionForm, MotionForm> => {
    const first = groups.map(({ places, shape }) => {
      const own = transforms.slice(0, front).map((each) => transformAt(each, n, places));
      const looks = own.flatMap((each, i) => (each.field === transforms[i].field ? [] : tensorsOfField(each)));
      return { places, motion: motionOf(gpu, own, shape), looks };
    });
    const looks = first.flatMap((each) => each.looks);
    const { after } = first[0].motion;
    const before = sizesOf(list);
    const whole = motionBySize(gpu, n, first, { before, after }, looks);
    if (front === transforms.length) return whole;
    const rest = motionOf(gpu, transforms.slice(front), [n, channels, ...after]);
    const { groups: both, parts } = groupsBehind(whole, rest);
    return motionBySize(gpu, n, both, { before, after: rest.after }, [whole, rest, ...parts]);
  };
  return keepingIn(gpu, made, tensorsOf) as Motion<MotionForm>;
}

const tensorsOfField = ({ field }: Transform): readonly Tensor[] =>
  field === undefined ? [] : field instanceof Tensor ? [field] : field;

const sizesOf = ({ images }: ImageList): readonly ImageSize[] =>
  images.map(({ shape }) => shape.slice(-2) as unknown as ImageSize);
