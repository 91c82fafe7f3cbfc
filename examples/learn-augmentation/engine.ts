/** Starts jax-js on WebGPU, with augrad on the same device. */
import { defaultDevice, init } from "@jax-js/jax";
import { JaxBridge } from "augrad/jax-js";

/** @throws Error with a sentence for the reader, when this browser has no WebGPU. */
export async function startEngine(): Promise<JaxBridge> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter || !(await init("webgpu")).includes("webgpu")) {
    throw new Error(
      "This browser gives no WebGPU adapter: use a current Chrome, Edge, Firefox or Safari, on a machine with a GPU.",
    );
  }
  defaultDevice("webgpu");
  return new JaxBridge();
}
