// augrad inside TensorFlow.js (WebGPU backend), on one device: what augrad computes is a function of TensorFlow.js's tensors,
// and its gradients are part of TensorFlow.js's.
import { AugradError, fromBuffer, grad } from "augrad";

/** Lets TensorFlow.js run on augrad's device. Its kernels are registered for a backend of this name only. */
export async function shareDevice(tf, WebGPUBackend, gpu) {
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(gpu.device, gpu.device.adapterInfo), 10);
  await tf.setBackend("webgpu");
  await tf.ready();
}

/**
 * A function of augrad, f(...tensors), as one of TensorFlow.js with gradients in all its inputs. Images are [N, C, H, W]:
 * tf.transpose(x, [0, 3, 1, 2]) gives them. Backward computes forward again from what TensorFlow.js saved: so nothing of
 * augrad's has to live between the two, whether backward is ever called or not.
 */
export function differentiable(tf, gpu, f) {
  return tf.customGrad((...inputs) => {
    const save = inputs.pop();
    save(inputs);
    const [value] = run(tf, gpu, inputs, (tensors) => [f(...tensors)]);
    const gradFunc = (gradient, saved) =>
      run(tf, gpu, [...saved, gradient], (tensors) => {
        const g = tensors.pop();
        return grad(f(...tensors), tensors, { gradient: g });
      });
    return { value, gradFunc };
  });
}

/** Runs something that uses such functions; the first time, pipelines have to be compiled in between. */
export async function compiled(gpu, compute) {
  for (;;) {
    try {
      return compute();
    } catch (error) {
      if (!(error instanceof AugradError && error.code === "not-ready")) throw error;
      await gpu.ready();
    }
  }
}

function run(tf, gpu, inputs, compute) {
  const scope = gpu.scope();
  const borrowed = [];
  try {
    const tensors = inputs.map((input) => {
      // A small tensor may still be on the processor.
      tf.backend().uploadToGPU(input.dataId);
      // A copy of TensorFlow.js's, submitted after all that it has to compute before.
      const { tensorRef, buffer } = input.dataToGPU();
      borrowed.push(tensorRef);
      // TensorFlow.js hands the memory out again as soon as the tensor is freed: so a copy for us, too.
      return fromBuffer(gpu, buffer, input.shape, { copy: true, requiresGrad: true });
    });
    return handOver(tf, gpu, compute(tensors));
  } finally {
    scope.dispose();
    tf.dispose(borrowed);
  }
}

/** Submits augrad's work together with copies of the results, in buffers of exactly their size, as TensorFlow.js wants them. */
function handOver(tf, gpu, results) {
  const { device } = gpu;
  const encoder = device.createCommandEncoder();
  // Throws "not-ready" while a pipeline compiles, before anything is submitted.
  const submitted = gpu.encode(encoder);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffers = results.map((result) => {
    const buffer = device.createBuffer({ size: result.size * 4, usage });
    encoder.copyBufferToBuffer(result.buffer, 0, buffer, 0, buffer.size);
    return buffer;
  });
  device.queue.submit([encoder.finish()]);
  submitted();
  // TensorFlow.js copies them once more, to memory that it frees itself. The copies have to be submitted before ours go.
  const tensors = results.map(({ shape }, i) => tf.tensor({ buffer: buffers[i] }, [...shape], "float32"));
  const backend = tf.backend();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  for (const buffer of buffers) buffer.destroy();
  return tensors;
}
