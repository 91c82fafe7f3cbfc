import { showsFill } from "../transforms/declare.ts";
import type { Bound } from "./bind.ts";

/** Where the values of one parameter lie in a pass's block, `[slots][samples]`. */
export interface Slot {
  /** Position of the transform in the pass. */
  transform: number;
  name: string;
  /** Field of the WGSL `Params`. */
  field: string;
  offset: number;
  size: number;
  /** One value per channel: a thread loads those of its three. */
  perChannel: boolean;
}

/** The block of a pass. */
export interface Layout {
  slots: readonly Slot[];
  /** Values per sample. */
  total: number;
}

/** The slots of a pass over images of `channels` channels. */
export function layoutOf(transforms: readonly Bound[], channels: number): Layout {
  const slots: Slot[] = [];
  let offset = 0;
  transforms.forEach(({ transform, gate }, index) => {
    for (const [name, spec] of Object.entries(transform.declaration.params)) {
      if (name === "fill" && !showsFill(transform)) continue;
      const size = spec.size === "C" ? channels : (spec.size ?? 1);
      slots.push({ transform: index, name, field: spec.field ?? name, offset, size, perChannel: spec.size === "C" });
      offset += size;
    }
    if (gate !== "always")
      slots.push({ transform: index, name: "on", field: "on", offset: offset++, size: 1, perChannel: false });
  });
  return { slots, total: offset };
}
