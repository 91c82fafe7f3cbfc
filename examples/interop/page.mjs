// Both recipes at work. Shows what came, beside what augrad computes alone.
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
// Without this import a bundler drops TensorFlow.js's gradients.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { apply, brightness, gaussianBlur, grad, mean, parameter, requestGpu, rotate, square, tensor } from "augrad";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import * as ort from "onnxruntime-web/webgpu";
import { model } from "./model.mjs";
import { infer, openSession } from "./onnx.mjs";
import { compiled, differentiable, shareDevice } from "./tensorflow.mjs";

const shape = [2, 3, 24, 20];
const pixels = Float32Array.from({ length: 2880 }, (_, i) => 0.5 + 0.4 * Math.sin(0.37 * i));
const augment = (x, angle, factor) =>
  apply(x, [rotate({ angle, padding: "reflection" }), gaussianBlur({ sigma: 1 }), brightness({ factor })]);
const worst = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

/** The gradients of mean(augment(x)²) in x, angle and factor, through TensorFlow.js. */
async function throughTensorFlow(gpu) {
  await shareDevice(tf, WebGPUBackend, gpu);
  const inputs = [tf.tensor(pixels.slice(), shape), tf.tensor([12, -7]), tf.tensor([1.1, 0.8])];
  const inside = differentiable(tf, gpu, augment);
  const loss = (...given) => {
    const y = inside(...given);
    // Between forward and backward TensorFlow.js uses its memory again, as a model of many layers would.
    for (let i = 0; i < 8; i++) tf.tidy(() => tf.add(tf.ones(shape), i).dataToGPU());
    return tf.mean(tf.square(y));
  };
  const gradients = await compiled(gpu, () => tf.grads(loss)(inputs));
  const before = gpu.stats.bytesInUse;
  tf.dispose(tf.tidy(() => tf.grads(loss)(inputs)));
  const held = gpu.stats.bytesInUse - before;
  return { gradients: await Promise.all(gradients.map((one) => one.data())), held };
}

/** The same by augrad alone. */
async function alone(gpu) {
  const inputs = [
    tensor(gpu, pixels, shape, { requiresGrad: true }),
    parameter(gpu, [12, -7]),
    parameter(gpu, [1.1, 0.8]),
  ];
  return Promise.all(grad(mean(square(augment(...inputs))), inputs).map((one) => one.read()));
}

/** What a model makes of augmented images, and what it should make. */
async function throughOnnx(gpu) {
  ort.env.wasm.wasmPaths = { wasm };
  ort.env.wasm.numThreads = 1;
  const session = await openSession(ort, gpu, model());
  const x = augment(tensor(gpu, pixels, shape), 12, 1.1);
  const expected = (await x.read()).map((value) => 1 - 3 * value);
  const results = [];
  // The second run gets memory of the first: its result has to be unharmed.
  for (let i = 0; i < 2; i++) results.push(await infer(ort, session, x));
  const [first, again] = await Promise.all(results.map((result) => result.read()));
  const blurred = await apply(results[0], gaussianBlur({ sigma: 1 })).read();
  await session.release();
  return { error: Math.max(worst(first, expected), worst(again, expected)), blurred: blurred.length };
}

const show = (id, words) => {
  document.getElementById(id).textContent = words;
};

try {
  const gpu = await requestGpu();
  const onnx = await throughOnnx(gpu);
  show("onnx", `ONNX Runtime Web: its results differ from the formula by ${onnx.error.toExponential(1)}.`);
  const [there, here] = [await throughTensorFlow(gpu), await alone(gpu)];
  const angles = (gradients) => [...gradients[1]].map((value) => value.toPrecision(5)).join(", ");
  show(
    "tensorflow",
    `TensorFlow.js: the gradient of the angles is ${angles(there.gradients)}; augrad alone: ${angles(here)}.`,
  );
  window.results = {
    onnx,
    held: there.held,
    tensorflow: there.gradients.map((one) => Array.from(one)),
    alone: here.map((one) => Array.from(one)),
  };
} catch (error) {
  window.results = { failed: `${error.stack ?? error}` };
  show("tensorflow", String(error.message));
}
