// What a page needs of TensorFlow.js; install.mjs makes one file of it.
// Without this import a bundler drops the gradients.
import "@tensorflow/tfjs-core/dist/register_all_gradients";

export { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
export * from "@tensorflow/tfjs-core";
