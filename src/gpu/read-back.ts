import type { Failures } from "./failures.ts";
import { guarded } from "./guard.ts";
import type { Recorder } from "./recorder.ts";
import type { Storage } from "./storage.ts";
import type { Supply } from "./supply.ts";

/** A buffer to read from. It may have to be made again, with what is to be read. */
export function stagingBuffer(supply: Supply, size: number): Storage {
  const descriptor = { size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ };
  const staging = supply.make(descriptor, null);
  staging.renew = () => supply.again(staging, descriptor);
  return staging;
}

/** The bytes of a staging buffer whose copy is recorded. Throws when what they depend on failed, now or earlier. */
export async function readBack(
  device: GPUDevice,
  recorder: Recorder,
  failures: Failures,
  staging: Storage,
): Promise<ArrayBuffer> {
  const map = (buffer: GPUBuffer) => guarded(device, () => buffer.mapAsync(GPUMapMode.READ)).made;
  try {
    await recorder.flush();
    let mapped = staging.buffer;
    // Refused where the copy failed; the ledger knows why, and may have made another.
    const refused = await map(mapped).then(
      () => null,
      (error) => error,
    );
    await recorder.ledger.ended;
    failures.throwFor(staging.failure);
    if (staging.buffer !== mapped) await map((mapped = staging.buffer));
    else if (refused) throw refused;
    return mapped.getMappedRange().slice(0);
  } catch (error) {
    throw await failures.explain(error);
  } finally {
    staging.destroy();
  }
}
