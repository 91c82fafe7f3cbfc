/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The bridge to jax-js: one device, no copies. jax-js owns the device; augrad adopts it, reads jax arrays where they lie, and
 * writes its results into jax arrays, so that a jax-js model trains on what augrad made, and augrad's backward pass takes up
 * the gradient that jax-js left.
 *
 * jax-js cannot take a foreign buffer. {@link JaxBridge.empty} therefore lets jax-js make an array with memory of its own, and
 * augrad writes into that. jax-js hands the memory of an array that is no longer used to the next array: the bridge holds
 * every array that augrad was given until augrad's work on it is submitted.
 *
 * @module augrad/jax-js
 */
import "../globals.ts";
import { getWebGPUDevice, type Array as JaxArray, numpy as np } from "@jax-js/jax";
import { ArgumentError, adoptDevice, check, type Gpu, having, UnsupportedError } from "../gpu/index.ts";
import { checkShape, fromBuffer, type Shape, type Tensor } from "../tensor/index.ts";

/** A jax array and the augrad tensor that is the same memory. */
export interface SharedArray {
  /** Belongs to the caller, by jax-js's rules of references. */
  array: JaxArray;
  /** For `into`; released when the bridge submits. */
  tensor: Tensor;
}

function deviceOfJax(): GPUDevice {
  try {
    return getWebGPUDevice();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnsupportedError(`jax-js has no WebGPU device: call await init("webgpu") of jax-js first (${why}).`);
  }
}

const AN_ARRAY = having("an array of jax-js", "gpuBufferSync", "dispose");

/** Passes arrays between jax-js and augrad. Call `await init("webgpu")` of jax-js first. */
export class JaxBridge {
  /** augrad on jax-js's device. */
  readonly gpu: Gpu = adoptDevice(deviceOfJax());
  #held: JaxArray[] = [];
  #tensors: Tensor[] = [];

  /**
   * A jax array as a tensor of the same shape, without a copy. Takes over one reference, as every function of jax-js does
   * (pass `array.ref` to go on using it), and drops it at the next {@link submit}; the tensor may be used until then.
   * @throws ArgumentError for an array that is not float32, or not on the WebGPU device
   */
  tensor(array: JaxArray): Tensor {
    check("array", array, AN_ARRAY);
    if (array.dtype !== "float32")
      throw new ArgumentError("array", `an array of ${array.dtype}`, "an array of float32");
    if (array.device !== "webgpu")
      throw new ArgumentError("array", `an array on ${array.device}`, "an array on webgpu");
    // Submits what jax-js still has to compute for this array, so that augrad's passes come after it.
    const buffer = array.ref.gpuBufferSync();
    this.#held.push(array);
    return this.#keep(fromBuffer(this.gpu, buffer, array.shape));
  }

  /** A jax array of float32, all zeros, for augrad to write into (`into: shared.tensor`). */
  empty(shape: Shape): SharedArray {
    checkShape(shape);
    const count = shape.reduce((product, size) => product * size, 1);
    // A sum with an array that was uploaded is no constant: it gets memory, which nothing else refers to.
    const array = np
      .zeros([count], { device: "webgpu" })
      .add(np.array(new Float32Array([0]), { device: "webgpu" }))
      .reshape([...shape]);
    return { array, tensor: this.tensor(array.ref) };
  }

  /** Submits augrad's work, and returns the arrays that it used to jax-js. */
  async submit(): Promise<void> {
    const held = this.#held;
    const tensors = this.#tensors;
    this.#held = [];
    this.#tensors = [];
    try {
      await this.gpu.flush();
    } finally {
      for (const tensor of tensors) tensor.dispose();
      for (const array of held) array.dispose();
    }
  }

  /** The bridge disposes of it, even when a scope is open. */
  #keep(tensor: Tensor): Tensor {
    this.gpu.untrack(tensor);
    this.#tensors.push(tensor);
    return tensor;
  }
}
