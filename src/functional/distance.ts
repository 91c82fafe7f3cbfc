import distanceWgsl from "../../shaders/functional/distance.wgsl";
import { floatBits, type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { number, readOptions, rule } from "../gpu/index.ts";
import { checkImage, count, type Tensor, zeros } from "../tensor/index.ts";
import { step } from "./step.ts";

const DISTANCE_KERNEL: Kernel = { wgsl: distanceWgsl, words: 8 };
const [STEP, RESULT, BACK] = [0, 1, 2];

/** How {@link distanceTransform} measures. */
export interface DistanceTransformOptions {
  /** Odd side of the window that one step looks at, from 3 to 99: larger windows are nearer to Euclid's distance; 3 unless given. */
  kernelSize?: number;
  /** Softness of the least distance, in pixels: the smaller, the nearer to the true least; 0.35 unless given. */
  h?: number;
}

const DISTANCE_RULES = {
  kernelSize: rule(
    "an odd whole number from 3 to 99",
    (v) => Number.isSafeInteger(v) && (v as number) % 2 === 1 && (v as number) >= 3 && (v as number) <= 99,
  ),
  h: number({ above: 0 }),
};

/** A kernel of one thread for each pixel of the image. */
function run(op: number, image: Tensor, reads: readonly Tensor[], writes: Tensor, words: readonly number[]): Tensor {
  runWhole({
    kernel: DISTANCE_KERNEL,
    label: "distanceTransform",
    constants: { op },
    reads,
    writes,
    words: [count(image.shape), ...image.shape.slice(2), ...words],
    threads: count(image.shape),
    perGroup: THREADS,
  });
  return writes;
}

/**
 * The soft distance of every pixel to what is not 0 in its plane, in pixels, by a cascade of convolutions (Pham et al. 2021, A
 * Differentiable Distance Transform Layer). In step i = 0, 1, … a pixel without a distance gets i r − h ln Σ exp(−d / h) v over the
 * window around it, of radius r, where that is less than infinite and more than i r; after the step v is 1 there. Edges repeat.
 * 0 where all of the plane is 0. The gradient is that of each pixel's step, as in Kornia.
 * @param image `[N, C, H, W]`, 0 where nothing is, 1 where something is
 * @returns the same shape
 * @throws ArgumentError, ShapeError; LimitError where three images are larger than one binding of the device
 */
export function distanceTransform(image: Tensor, options: DistanceTransformOptions = {}): Tensor {
  const what = "distanceTransform";
  checkTensor(image, what, "image");
  checkTogether([image], what, "image");
  checkImage(image.shape, `image of ${what}()`);
  const { kernelSize = 3, h = 0.35 } = readOptions<DistanceTransformOptions>(what, options, DISTANCE_RULES);
  const { gpu, shape } = image;
  const radius = (kernelSize - 1) / 2;
  const steps = Math.ceil(Math.max(shape[2], shape[3]) / radius);
  const planes = [3, count(shape)];
  const softness = floatBits(h);
  let [state, other] = [zeros(gpu, planes), result(planes, image)];
  for (let now = 1; now <= steps; now++) {
    run(STEP, image, [image, state, image], other, [radius, now, softness]);
    [state, other] = [other, state];
  }
  other.dispose();
  const y = run(RESULT, image, [image, state, image], result(shape, image), [radius, 0, softness]);
  const made = step(what, [image], y, [image, state], (g, [x, found]) => [
    run(BACK, x, [x, found, g], result(shape, x), [radius, 0, softness]),
  ]);
  state.dispose();
  return made;
}
