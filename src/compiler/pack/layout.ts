import { kernelSizeOf, kernelValues } from "../../transforms/filter/kernel.ts";
import type { Transform } from "../../transforms/index.ts";
import { gapOf, type ParamSpec, showsFill } from "../../transforms/language/declare.ts";
import type { Bound, BoundValue } from "../pass.ts";
import { type ListShape, listsOf } from "./lists.ts";
import { SEED_SIZE } from "./seed.ts";

/** What `on` may be. */
export const GATE: ParamSpec = { min: 0, max: 1, unit: "gate", doc: "1 applies, 0 leaves alone" };

/** Which values a parameter allows, where not all; `gap` is how far they stay from 0. */
export interface Range {
  min?: number;
  max?: number;
  gap: number;
  /** Whole numbers only. */
  whole: boolean;
}

/** Where the values of one parameter lie in a pass's block, `[slots][samples]`. */
export interface Slot {
  /** Position of the transform in the pass. */
  transform: number;
  name: string;
  /** A value of the WGSL `Params`; what is shown beyond the image; which samples are seen; the coin or gate of the transform; a seed. */
  role: "value" | "fill" | "partner" | "gate" | "key";
  /** Field of the WGSL `Params`. */
  field: string;
  offset: number;
  size: number;
  /** A list of values, and how long it is. */
  list?: ListShape;
  /** One value per channel: a thread loads those of its three. */
  perChannel: boolean;
  /** One value per cell of a kernel: each neighbour has its own. */
  perKernel?: boolean;
  /** Where it has one: a tensor's values are moved into it when the block is packed. */
  range?: Range;
}

/** The block of a pass. */
export interface Layout {
  slots: readonly Slot[];
  /** Values per sample. */
  total: number;
}

/** Which values a parameter allows; undefined for one that allows all. */
export function rangeOf(spec: ParamSpec): Range | undefined {
  const { min, max, integer: whole = false } = spec;
  const isBounded = min !== undefined || max !== undefined || spec.nonzero || whole;
  return isBounded ? { min, max, gap: gapOf(spec), whole } : undefined;
}

/** How many values a sample has of a parameter. */
export function widthOf({ size = 1, role }: ParamSpec, channels: number, transform: Transform): number {
  if (role === "key") return SEED_SIZE;
  if (size === "C") return channels;
  if (size === "points") return 2 * (transform.options.points as number);
  return typeof size === "string" ? kernelValues(size, transform.options) : size;
}

/** A parameter whose values are those of a matrix may be given as one, [rows, columns]. */
export function cellsOf({ size, cells }: ParamSpec, { options }: Transform): readonly [number, number] | undefined {
  if (size === "points") return [options.points as number, 2];
  return size === "kernel" ? kernelSizeOf(options.kernelSize) : cells;
}

/** The slots of a pass over images of `channels` channels. */
export function layoutOf(transforms: readonly Bound[], channels: number): Layout {
  const slots: Slot[] = [];
  let offset = 0;
  transforms.forEach(({ transform, gate }, index) => {
    for (const [name, spec] of Object.entries(transform.declaration.params)) {
      if (spec.role === "through" || spec.role === "image") continue;
      if (spec.role === "key" && transform.declaration.field) continue;
      if ((spec.role === "fill" && !showsFill(transform)) || transform.options.absent === name) continue;
      const list = spec.list && listsOf(transform)[name];
      const size = list ? list.length * list.tables : widthOf(spec, channels, transform);
      slots.push({
        transform: index,
        name,
        role: spec.role ?? "value",
        field: spec.field ?? name,
        offset,
        size,
        perChannel: spec.size === "C",
        ...(list ? { list } : {}),
        ...(spec.size === "kernel" ? { perKernel: true } : {}),
        range: rangeOf(spec),
      });
      offset += size;
    }
    if (gate !== "always")
      slots.push({
        transform: index,
        name: "on",
        role: "gate",
        field: "on",
        offset: offset++,
        size: 1,
        perChannel: false,
        range: rangeOf(GATE),
      });
  });
  return { slots, total: offset };
}

/** The slot of a transform's coin or gate. */
export const gateOf = ({ slots }: Layout, transform: number): Slot | undefined =>
  slots.find((slot) => slot.transform === transform && slot.role === "gate");

/** The value of a slot. */
export const boundValue = ({ values, on }: Bound, { role, name }: Slot): BoundValue =>
  role === "gate" ? on! : values[name];

/** How many values per sample slots have together. */
export const sizeOf = (slots: readonly Slot[]): number => slots.reduce((sum, { size }) => sum + size, 0);
