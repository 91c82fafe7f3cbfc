import type { Gpu, Storage } from "../../gpu/index.ts";

/** Buffers that calls with equal values share, by what they hold. */
export interface Kept<Entry extends { readonly storage: Storage }> {
  /** What was kept under a key. */
  get(gpu: Gpu, key: string): Entry | undefined;
  /** Lets go of the entry of a key, whose memory is then free for the next. */
  drop(gpu: Gpu, key: string): void;
  /** Keeps an entry in place of the one of its key. The caller goes on holding its storage. */
  set(gpu: Gpu, key: string, entry: Entry): void;
}

/** A bounded cache for each device: at most so many bytes, and entries; the oldest goes first. What is larger is not kept. */
export function keep<Entry extends { readonly storage: Storage }>(mostBytes: number, most: number): Kept<Entry> {
  const devices = new WeakMap<Gpu, { entries: Map<string, Entry>; bytes: number }>();
  const of = (gpu: Gpu) => {
    let device = devices.get(gpu);
    if (!device) devices.set(gpu, (device = { entries: new Map(), bytes: 0 }));
    return device;
  };
  const drop = (gpu: Gpu, key: string): void => {
    const device = of(gpu);
    const entry = device.entries.get(key);
    if (!entry) return;
    device.entries.delete(key);
    device.bytes -= entry.storage.size;
    entry.storage.kept = false;
    entry.storage.release();
  };
  return {
    get(gpu, key) {
      const entry = of(gpu).entries.get(key);
      // A buffer for which there was no memory is made anew.
      if (!entry?.storage.failure) return entry;
      drop(gpu, key);
      return undefined;
    },
    drop,
    set(gpu, key, entry) {
      drop(gpu, key);
      if (entry.storage.size > mostBytes) return;
      const device = of(gpu);
      for (const oldest of device.entries.keys()) {
        if (device.bytes + entry.storage.size <= mostBytes && device.entries.size < most) break;
        drop(gpu, oldest);
      }
      entry.storage.retain().kept = true;
      device.entries.set(key, entry);
      device.bytes += entry.storage.size;
    },
  };
}
