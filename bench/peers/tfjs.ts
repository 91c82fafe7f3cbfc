/** TensorFlow.js (https://www.tensorflow.org/js) with its WebGPU backend as an engine. */
import type { Engine, Prepared, StartEngine, Task } from "../engine.ts";
import { fastest } from "./fastest.ts";
import { interleaved, planar } from "./layout.ts";
import type { Tensor, Tf } from "./tfjs-types.ts";
import { type TfInputs, type TfWork, tfWays } from "./tfjs-works.ts";

/** Where install.mjs puts what it made of the packages. */
const FILE = "./node_modules/.page/tfjs.js";

export const start: StartEngine = async (device) => {
  const tf = await load();
  if (device) {
    // Its kernels are registered for a backend of this name only.
    tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", () => new tf.WebGPUBackend(device, device.adapterInfo), 10);
  }
  if (!(await tf.setBackend("webgpu").catch(() => false))) throw new Error("TensorFlow.js finds no WebGPU here.");
  await tf.ready();
  return new TfEngine(tf);
};

async function load(): Promise<Tf> {
  try {
    return (await import(/* @vite-ignore */ new URL(FILE, import.meta.url).href)) as unknown as Tf;
  } catch {
    throw new Error("TensorFlow.js is not installed: node bench/peers/install.mjs installs it.");
  }
}

class TfEngine implements Engine {
  readonly name = "tfjs";
  readonly version: string;
  readonly #tf: Tf;

  constructor(tf: Tf) {
    this.#tf = tf;
    this.version = tf.version_core;
  }

  async prepare(task: Task): Promise<Prepared | { missing: string }> {
    const [n, channels] = task.shape;
    if (task.work === "choice" && n % 8 > 0)
      return { missing: "Written in TensorFlow.js only for batches of a multiple of 8." };
    if (channels !== 3) return { missing: "Written in TensorFlow.js only for three channels." };
    const ways = tfWays(this.#tf, task.work, task.mode);
    if (ways.length === 0) return { missing: `There is no ${task.work} in TensorFlow.js here.` };
    return fastest(ways.map((way) => () => new Program(this.#tf, way, task)));
  }

  dispose(): void {}
}

class Program implements Prepared {
  readonly #tf: Tf;
  readonly #work: TfWork;
  readonly #task: Task;
  readonly #x: Tensor;
  readonly #seed: Tensor | null;
  readonly #inputs: TfInputs;

  constructor(tf: Tf, work: TfWork, task: Task) {
    const { shape, mode, seed, parameters } = task;
    const [n, c, h, w] = shape;
    this.#tf = tf;
    this.#work = work;
    this.#task = task;
    const images = (values: Float32Array) => {
      const area = values.length / (n * c);
      const height = area === h * w ? h : Math.floor((h * 7) / 8);
      return tf.tensor(interleaved(values, c, area), [n, height, area / height, c]);
    };
    this.#x = images(task.x);
    this.#seed = mode === "both" ? images(seed) : null;
    const upload = () =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, values]) => [name, tf.tensor(values.slice(), [n, values.length / n])]),
      );
    this.#inputs = { p: upload(), apart: upload(), numbers: parameters, shape };
  }

  /** The result, and the gradients of the pixels and of the learned parameters. */
  #compute(): Tensor[] {
    const tf = this.#tf;
    const { learned } = this.#task;
    return tf.tidy(() => {
      if (!this.#seed) return [this.#work(this.#x, this.#inputs)];
      const both = tf.valueAndGrads((x, ...parameters) => {
        const p = { ...this.#inputs.p };
        learned.forEach((name, k) => {
          p[name] = parameters[k];
        });
        return this.#work(x, { ...this.#inputs, p });
      });
      const { value, grads } = both([this.#x, ...learned.map((name) => this.#inputs.p[name])], this.#seed);
      return [value, ...grads];
    });
  }

  issue(): void {
    this.#tf.dispose(this.#compute());
  }

  async settle(): Promise<void> {
    const backend = this.#tf.backend();
    // TensorFlow.js collects kernels, and would hand them over only with the next ones or a reading.
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    await backend.queue.onSubmittedWorkDone();
  }

  async result() {
    const tensors = this.#compute();
    const [, channels] = this.#task.shape;
    const images = async (tensor: Tensor) => planar(await tensor.data(), channels, tensor.shape[1] * tensor.shape[2]);
    const [y, x, ...learned] = tensors;
    const result: { y: Float32Array; gradients?: Record<string, Float32Array> } = { y: await images(y) };
    if (x) {
      result.gradients = { x: await images(x) };
      for (const [k, name] of this.#task.learned.entries()) result.gradients[name] = await learned[k].data();
    }
    this.#tf.dispose(tensors);
    return result;
  }

  dispose(): void {
    const { p, apart } = this.#inputs;
    this.#tf.dispose([this.#x, ...(this.#seed ? [this.#seed] : []), ...Object.values(p), ...Object.values(apart)]);
  }
}
