/**
 * A small convolutional network in jax-js, its Adam, and the one step of second order that the search needs.
 *
 * Its convolutions, of 4x4 and of 2x2 pixels with stride 2, are written as: fold 2x2 pixels into channels, lay neighbours side by
 * side (the first), multiply by a matrix. jax-js makes fast kernels of this also where there is no GPU. All weights are one
 * vector, so that Adam, and a step along a direction, are one kernel each.
 */
import { grad, jit, nn, numpy as np, valueAndGrad, vjp } from "@jax-js/jax";
import { CLASSES, generator, SIDE } from "./data.ts";

type Layers = Record<string, np.Array>;

const CHANNELS = [16, 32];
const HIDDEN = 64;
/** Shapes of the layers; a matrix has inputs as rows. */
const LAYOUT: [name: string, shape: number[]][] = [
  ["conv1", [16, CHANNELS[0]]],
  ["bias1", [CHANNELS[0]]],
  ["conv2", [4 * CHANNELS[0], CHANNELS[1]]],
  ["bias2", [CHANNELS[1]]],
  ["dense3", [16 * CHANNELS[1], HIDDEN]],
  ["bias3", [HIDDEN]],
  ["dense4", [HIDDEN, CLASSES]],
  ["bias4", [CLASSES]],
];
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** How far the two perturbed models of the search lie from the model, in the length of the weight vector. */
const STEP_ASIDE = 0.01;
/** How much of the earlier validation gradients is kept: they change slowly, and one batch of digits is noisy. */
const KEEP = 0.8;

/** The weights and the state of Adam, each one vector. */
export type Model = { weights: np.Array; mean: np.Array; square: np.Array };

/** Fresh weights (He et al. 2015). */
export function initialModel(seed: number): Model {
  const random = generator(seed * 7919 + 17);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const values = LAYOUT.flatMap(([, shape]) => {
    const deviation = shape.length > 1 ? Math.sqrt(2 / shape[0]) : 0;
    return Array.from({ length: sizeOf(shape) }, () => deviation * normal());
  });
  const zeros = () => np.array(new Float32Array(values.length));
  return { weights: np.array(new Float32Array(values)), mean: zeros(), square: zeros() };
}

function unpack(weights: np.Array): Layers {
  const layers: Layers = {};
  let at = 0;
  for (const [name, shape] of LAYOUT) {
    const end = at + sizeOf(shape);
    layers[name] = weights.ref.slice([at, end]).reshape(shape);
    at = end;
  }
  weights.dispose();
  return layers;
}

/** The biases alone. */
function biases(layers: Layers): np.Array[] {
  return LAYOUT.flatMap(([name, shape]) => {
    if (shape.length === 1) return [layers[name]];
    layers[name].dispose();
    return [];
  });
}

const pack = (layers: Layers) => np.concatenate(LAYOUT.map(([name]) => layers[name].flatten()));

/** [N, H, W, C] to its 2x2 squares: [N, H/2, W/2, 4 C]. */
function squares(x: np.Array): np.Array {
  const [n, height, width, channels] = x.shape;
  const [h, w] = [height / 2, width / 2];
  return x
    .reshape([n, h, 2, w, 2, channels])
    .transpose([0, 1, 3, 2, 4, 5])
    .reshape([n, h, w, 4 * channels]);
}

/** [N, H, W, C] to its 4x4 windows with stride 2: [N, H/2 - 1, W/2 - 1, 16 C]. */
function windows(x: np.Array): np.Array {
  const folded = squares(x);
  const [, h, w] = folded.shape;
  const cut = (i: number, j: number) => folded.ref.slice([], [i, h - 1 + i], [j, w - 1 + j], []);
  const result = np.concatenate([cut(0, 0), cut(0, 1), cut(1, 0), cut(1, 1)], 3);
  folded.dispose();
  return result;
}

/** x [.., K] times a matrix [K, C], plus a bias; in several parts, so that the matrix's gradient is summed in parallel. */
function product(x: np.Array, matrix: np.Array, bias: np.Array): np.Array {
  const [inputs, outputs] = matrix.shape;
  const rows = sizeOf(x.shape) / inputs;
  const parts = [8, 4, 2, 1].find((count) => rows % count === 0)!;
  const spread = np.broadcastTo(matrix, [parts, inputs, outputs]);
  return np.matmul(x.reshape([parts, rows / parts, inputs]), spread).add(bias);
}

/** A product over many inputs as the sum of two: from 512 on jax-js sums across a workgroup, which is slow without a GPU. */
function inHalves(x: np.Array, matrix: np.Array): np.Array {
  const inputs = matrix.shape[0];
  const half = (from: number, to: number) => np.matmul(x.ref.slice([], [from, to]), matrix.ref.slice([from, to]));
  const result = half(0, inputs / 2).add(half(inputs / 2, inputs));
  x.dispose();
  matrix.dispose();
  return result;
}

const padded = (x: np.Array, before: number, after: number) =>
  np.pad(x, [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ]);

/** Images [N, 1, 28, 28], at half their size, as the windows of the first convolution: [N, 7, 7, 16]. */
function firstWindows(images: np.Array): np.Array {
  const n = images.shape[0];
  const half = SIDE / 2;
  const small = np.mean(images.reshape([n, half, 2, half, 2]), [2, 4]);
  return windows(padded(small.reshape([n, half, half, 1]), 1, 1));
}

/** Scores [N, 10]. */
function logits(layers: Layers, seen: np.Array): np.Array {
  const n = seen.shape[0];
  const first = nn.relu(product(seen, layers.conv1, layers.bias1)).reshape([n, 7, 7, CHANNELS[0]]);
  const second = nn
    .relu(product(squares(padded(first, 0, 1)), layers.conv2, layers.bias2))
    .reshape([n, 16 * CHANNELS[1]]);
  const hidden = nn.relu(inHalves(second, layers.dense3).add(layers.bias3));
  return np.matmul(hidden, layers.dense4).add(layers.bias4);
}

/** Mean cross-entropy of what {@link firstWindows} made; labels one-hot [N, 10]. */
function loss(layers: Layers, seen: np.Array, labels: np.Array): np.Array {
  return np.mean(np.sum(nn.logSoftmax(logits(layers, seen), 1).mul(labels), 1)).neg();
}

/** Images [N, 1, 28, 28] and one-hot labels [N, 10] of the digits whose numbers are given. */
export const gather = jit((images: np.Array, labels: np.Array, indices: np.Array) => ({
  images: np.take(images, indices.ref, 0).reshape([indices.shape[0], 1, SIDE, SIDE]),
  labels: nn.oneHot(np.take(labels, indices, 0), CLASSES),
}));

/** One step of Adam. `rates`: [learning rate / (1 - 0.9^t), 1 / (1 - 0.999^t)]. */
export const trainStep = jit((model: Model, images: np.Array, labels: np.Array, rates: np.Array) => {
  const [value, gradients] = valueAndGrad(loss)(unpack(model.weights.ref), firstWindows(images), labels);
  const gradient = pack(gradients as Layers);
  const mean = model.mean.mul(0.9).add(gradient.ref.mul(0.1));
  const square = model.square.mul(0.999).add(np.square(gradient).mul(0.001));
  const root = np.sqrt(square.ref.mul(rates.ref.slice(1))).add(1e-8);
  const weights = model.weights.sub(mean.ref.mul(rates.slice(0)).div(root));
  return { model: { weights, mean, square }, loss: value };
});

/** The rates of {@link trainStep}. @param t the step, from 1 */
export const ratesOf = (rate: number, t: number) =>
  np.array(new Float32Array([rate / (1 - 0.9 ** t), 1 / (1 - 0.999 ** t)]));

/**
 * What one training step does to the validation loss, as a gradient in the images that the step learns from. `after` is the
 * model one step later. With v the gradient of its validation loss, the chain rule through the step asks for the derivative of
 * the training loss's image gradient along v, which is a finite difference: (g(w - e v) - g(w + e v)) / 2e (Liu et al. 2019).
 * augrad's backward pass, linear in what it is given, takes this difference on to the widths.
 */
export const searchStep = jit(
  (
    weights: np.Array,
    after: np.Array,
    direction: np.Array,
    validation: { images: np.Array; labels: np.Array },
    training: { images: np.Array; labels: np.Array },
  ) => {
    const [value, gradients] = valueAndGrad(loss)(unpack(after), firstWindows(validation.images), validation.labels);
    const mixed = direction.mul(KEEP).add(pack(gradients as Layers).mul(1 - KEEP));
    const norm = np.sqrt(np.sum(np.square(mixed.ref))).add(1e-12);
    const aside = mixed.ref.mul(np.reciprocal(norm).mul(STEP_ASIDE));
    // Everything before the weights is linear: both models share it, and its backward pass takes the difference.
    const [seen, pullBack] = vjp(firstWindows, [training.images]);
    const gradientAt = (moved: np.Array) => {
      const ofSeen = (x: np.Array, layers: Layers, labels: np.Array) => loss(layers, x, labels);
      // The gradients of the biases are asked for so that jax-js keeps the gradient of each layer, which it would
      // otherwise compute again inside the loops of the next.
      return grad(ofSeen, { argnums: [0, 1] })(seen.ref, unpack(moved), training.labels.ref) as [np.Array, Layers];
    };
    const [above, layersAbove] = gradientAt(weights.ref.add(aside.ref));
    const [below, layersBelow] = gradientAt(weights.sub(aside));
    seen.dispose();
    training.labels.dispose();
    const [cotangent] = pullBack(below.sub(above).mul(1 / (2 * STEP_ASIDE)));
    const kept = [biases(layersAbove), biases(layersBelow)];
    return { direction: mixed, cotangent, loss: value, kept };
  },
);

/** The share of digits that the model classifies correctly. */
export const accuracy = jit((weights: np.Array, images: np.Array, labels: np.Array) => {
  const named = np.argmax(logits(unpack(weights), firstWindows(images)), 1);
  return np.mean(np.equal(named, np.argmax(labels, 1)).astype(np.float32));
});

/** Zeros as long as the weights: the first direction of {@link searchStep}. */
export const noDirection = () => np.array(new Float32Array(LAYOUT.reduce((sum, [, shape]) => sum + sizeOf(shape), 0)));
