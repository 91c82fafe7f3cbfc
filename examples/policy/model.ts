/** A small network of augrad's own tensor operations, which tells digits apart. */
import { add, crossEntropy, type Gpu, matmul, mean, parameter, relu, reshape, type Tensor } from "augrad";
import { CLASSES, generator, SIDE } from "../learn-augmentation/data.ts";

const HIDDEN = 32;
/** Digits are seen at half their size, which tells them apart as well, and takes a quarter of the time. */
const HALF = SIDE / 2;

/** Its weights: two matrices, each with a bias. */
export type Weights = readonly Tensor[];

/** Fresh weights (He et al. 2015). */
export function initialWeights(gpu: Gpu, seed: number): Weights {
  const random = generator(seed * 7919 + 17);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (inputs: number, outputs: number) =>
    parameter(
      gpu,
      Float32Array.from({ length: inputs * outputs }, () => normal() * Math.sqrt(2 / inputs)),
      [inputs, outputs],
    );
  const bias = (outputs: number) => parameter(gpu, new Float32Array(outputs), [outputs]);
  return [matrix(HALF * HALF, HIDDEN), bias(HIDDEN), matrix(HIDDEN, CLASSES), bias(CLASSES)];
}

/** Scores `[N, 10]` of images `[N, 1, 28, 28]`. */
export function scores(images: Tensor, [first, bias1, second, bias2]: Weights): Tensor {
  const [n] = images.shape;
  const half = mean(reshape(images, [n, HALF, 2, HALF, 2]), { axes: [2, 4] });
  const flat = reshape(half, [n, HALF * HALF]);
  const hidden = relu(add(matmul(flat, first), bias1));
  return add(matmul(hidden, second), bias2);
}

/** Mean cross-entropy; labels `[N]`. */
export const lossOf = (images: Tensor, labels: Tensor, weights: Weights): Tensor =>
  crossEntropy(scores(images, weights), labels);
