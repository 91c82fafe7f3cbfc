// augrad before and after a model in ONNX Runtime Web, on one device: images go in and results come out without leaving the
// GPU. ONNX Runtime Web has no gradients.
import { fromBuffer } from "augrad";

/** A session on augrad's device. The device is an option of the provider: `env.webgpu.device` is accepted, and then ignored. */
export function openSession(ort, gpu, model) {
  return ort.InferenceSession.create(model, {
    executionProviders: [{ name: "webgpu", device: gpu.device }],
    preferredOutputLocation: "gpu-buffer",
  });
}

/** Runs a model of one input and one output, both f32, on a tensor of augrad's. Returns a tensor of augrad's. */
export async function infer(ort, session, x) {
  const { gpu } = x;
  // What ONNX Runtime submits comes after what we have submitted.
  await gpu.flush();
  const input = ort.Tensor.fromGpuBuffer(x.buffer, { dataType: "float32", dims: [...x.shape] });
  const results = await session.run({ [session.inputNames[0]]: input });
  const output = results[session.outputNames[0]];
  // ONNX Runtime hands the memory out again once the result is disposed of: so a copy, which has to be submitted before.
  const y = fromBuffer(gpu, output.gpuBuffer, output.dims, { copy: true });
  await gpu.flush();
  output.dispose();
  return y;
}
