/** jax-js (https://github.com/ekzhang/jax-js) as an engine. It owns its device. */
import { getWebGPUDevice, init, jit, numpy as np, type numpy, vjp } from "@jax-js/jax";
import type { Engine, Prepared, StartEngine, Task } from "../engine.ts";
import { EVERY } from "../record.ts";
import { fastest } from "./fastest.ts";
import { jaxHas, jaxTransform } from "./jax-js-transforms.ts";
import { type JaxWork, type Parameters, waysOf } from "./jax-js-works.ts";

type JaxArray = numpy.Array;

export const start: StartEngine = async () => {
  const devices = await init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js finds no WebGPU here.");
  return new JaxEngine();
};

/** The name of a transform that is a work of its own. */
const transformOf = (work: string) => (work.startsWith(EVERY) ? work.slice(EVERY.length) : undefined);

class JaxEngine implements Engine {
  readonly name = "jax-js";
  readonly version = "0.1.25";

  does(work: string): boolean {
    const name = transformOf(work);
    return name !== undefined && jaxHas(name);
  }

  async prepare(task: Task): Promise<Prepared | { missing: string }> {
    const name = transformOf(task.work);
    const ways = name === undefined ? waysOf(task.work, task.mode) : [jaxTransform(name, task)];
    if (ways.length === 0) return { missing: `The peer has no ${task.work} in jax-js.` };
    const inputs = new Inputs(task);
    try {
      const program = await fastest(ways.map((way) => () => new Program(way, task, inputs)));
      return {
        issue: () => program.issue(),
        settle: () => program.settle(),
        result: () => program.result(),
        dispose: () => {
          program.dispose();
          inputs.dispose();
        },
      };
    } catch (error) {
      inputs.dispose();
      throw error;
    }
  }

  dispose(): void {}
}

/** What a task works on, on the device. */
class Inputs {
  readonly x: JaxArray;
  readonly learned: Parameters = {};
  readonly given: Parameters = {};
  readonly seed: JaxArray | null;

  constructor({ x, shape, parameters, learned, seed, mode }: Task) {
    const upload = (values: Float32Array, size: number[]) =>
      np.array(values.slice(), { device: "webgpu" }).reshape(size);
    this.x = upload(x, [...shape]);
    this.seed = mode === "both" ? upload(seed, [seed.length]) : null;
    for (const [name, values] of Object.entries(parameters)) {
      const group = learned.includes(name) ? this.learned : this.given;
      group[name] = upload(values, [shape[0], values.length / shape[0]]);
    }
  }

  dispose(): void {
    for (const array of [this.x, this.seed, ...Object.values(this.learned), ...Object.values(this.given)])
      array?.dispose();
  }
}

const refs = (arrays: Parameters): Parameters =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.ref]));

/** A work for one shape, compiled as one `jit`. */
class Program implements Prepared {
  readonly #program: (() => Record<string, JaxArray>) & { dispose(): void };

  constructor(work: JaxWork, { shape, mode }: Task, inputs: Inputs) {
    const forward = jit((x: JaxArray, learned: Parameters, given: Parameters) => ({
      y: work(x, { ...learned, ...given }, shape),
    }));
    const both = jit((x: JaxArray, learned: Parameters, given: Parameters, seed: JaxArray) => {
      const [y, pullBack] = vjp(
        (image: JaxArray, p: Parameters) => work(image, { ...p, ...given }, shape),
        [x, learned],
      );
      const [gradient, ofLearned] = pullBack(seed.reshape(y.shape)) as [JaxArray, Parameters];
      return { y, x: gradient, ...ofLearned };
    });
    const { x, learned, given, seed } = inputs;
    const run =
      mode === "both"
        ? () => both(x.ref, refs(learned), refs(given), seed!.ref)
        : () => forward(x.ref, refs(learned), refs(given));
    this.#program = Object.assign(run, { dispose: () => (mode === "both" ? both : forward).dispose() });
  }

  issue(): void {
    // jax-js waits with its kernels until somebody wants what they make: a buffer is the way to want it without waiting.
    for (const array of Object.values(this.#program())) array.gpuBufferSync();
  }

  async settle(): Promise<void> {
    await getWebGPUDevice().queue.onSubmittedWorkDone();
  }

  async result() {
    const { y, ...gradients } = this.#program();
    const read = (array: JaxArray) => array.data() as Promise<Float32Array>;
    const images = await read(y);
    const entries = Object.entries(gradients);
    if (entries.length === 0) return { y: images };
    const found: Record<string, Float32Array> = {};
    for (const [name, array] of entries) found[name] = await read(array);
    return { y: images, gradients: found };
  }

  dispose(): void {
    this.#program.dispose();
  }
}
