import { Gpu, type GpuInfo, Storage } from "../../src/gpu/index.ts";

/** A NaN that no kernel makes. */
const POISON = 0x7fc0beef;

/** One dispatch: what it declares, and the bytes that were asked for of the buffers it binds. */
export interface Seen {
  label: string;
  declared: number;
  bound: number[];
}

export interface Guarded {
  gpu: Gpu;
  dispatches: Seen[];
  /** Words that were written behind the end of a buffer, by the bytes that were asked for. */
  written(): Promise<string[]>;
}

/**
 * A device whose every buffer is new, full of NaN, and followed by as much NaN again. What is written behind the end of a buffer,
 * which WebGPU drops in silence, stays there to be seen; what is read from there, or was never written, is NaN in the results.
 */
export function guarded(device: GPUDevice, info: GpuInfo): Guarded {
  const gpu = new Gpu(device, false, info);
  const made: Storage[] = [];
  gpu.pool.take = (asked) => {
    const bytes = Math.max(4, Math.ceil(asked / 4) * 4);
    const size = Math.ceil((2 * bytes + 1024) / 256) * 256;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size, usage, mappedAtCreation: true });
    new Uint32Array(buffer.getMappedRange()).fill(POISON);
    buffer.unmap();
    const storage = new Storage(buffer, size, null);
    storage.bytes = bytes;
    made.push(storage);
    return storage;
  };
  const dispatches: Seen[] = [];
  const dispatch = gpu.dispatch.bind(gpu);
  gpu.dispatch = (command) => {
    const bound = command.bindings.map((each) => (each instanceof Storage ? each : each.storage).bytes);
    dispatches.push({ label: command.pipeline.label, declared: command.bytes ?? 0, bound: bound.slice(1) });
    dispatch(command);
  };
  const written = async (): Promise<string[]> => {
    await gpu.flush();
    const wrong: string[] = [];
    for (const storage of made.splice(0)) {
      const rest = storage.size - storage.bytes;
      const staging = device.createBuffer({ size: rest, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(storage.buffer, storage.bytes, staging, 0, rest);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const words = new Uint32Array(staging.getMappedRange()).filter((word) => word !== POISON).length;
      if (words > 0) wrong.push(`${words} words behind ${storage.bytes} bytes`);
      staging.destroy();
      storage.buffer.destroy();
    }
    return wrong;
  };
  return { gpu, dispatches, written };
}
