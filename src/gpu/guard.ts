import { type AugradError, OutOfMemoryError, PassError } from "./errors.ts";

/** What calls of WebGPU made, and what the device had against them: null where nothing, or where it was lost meanwhile. */
export interface Guarded<T> {
  made: T;
  refusal: Promise<GPUError | null>;
}

/** Runs calls of WebGPU in error scopes of their own. */
export function guarded<T>(device: GPUDevice, run: () => T): Guarded<T> {
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  let made: T;
  let scopes: Promise<GPUError | null>[] = [];
  try {
    made = run();
  } finally {
    scopes = [device.popErrorScope(), device.popErrorScope()];
  }
  const refusal = Promise.all(scopes).then(
    ([validation, memory]) => validation ?? memory,
    () => null,
  );
  return { made, refusal };
}

/** Whether there was no memory, rather than something wrong with the call. */
export const isMemory = (error: GPUError): boolean =>
  typeof GPUOutOfMemoryError !== "undefined" && error instanceof GPUOutOfMemoryError;

/** The typed error for one of WebGPU. */
export function typed(error: GPUError, passes: readonly string[] = []): AugradError {
  return isMemory(error) ? new OutOfMemoryError(error.message) : new PassError(error.message.trim(), passes);
}
