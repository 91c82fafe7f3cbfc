/** What a thread sums of the gradients of a slot's values, and how it is written: `Grads` of a chain. */
import type { Slot } from "../pack/layout.ts";

/** How many channels a thread works on. */
const lanesOf = (channels: number): number => Math.min(channels, 3);

/** The type of its sum. */
export function sumType(slot: Slot): string {
  if (slot.perChannel) return "vec3f";
  return slot.size === 1 ? "f32" : `array<f32, ${slot.size}>`;
}

/**
 * Statements that add a pixel's gradient `from` to the sum. Of a list, a pixel has two entries for each channel: they are added to the
 * thread's own sums in the buffer, because compilers make an array of registers that is asked for by a computed number slow.
 */
export function addSum(slot: Slot, row: number, sum: string, from: string, table: string, channels: number): string[] {
  if (slot.list) {
    return ["x", "y", "z"].slice(0, lanesOf(channels)).flatMap((lane) => {
      const at = `${row}u + ${table}.first.${lane} - ${slot.offset}u + ${from}.at.${lane}`;
      const add = (place: string, value: string) =>
        `add_partial(${place}, ${table}.n, own_slot, ${from}.${value}.${lane});`;
      return [add(at, "low"), add(`${at} + 1u`, "high")];
    });
  }
  if (slot.perChannel || slot.size === 1) return [`${sum} += ${from};`];
  return Array.from({ length: slot.size }, (_, k) => `${sum}[${k}] += ${from}[${k}];`);
}

/** Statements that hand the sum over, value by value, from row `row` on, to what `verb` is: to write it, or to add it. */
export function saveSum(slot: Slot, row: number, from: string, verb: string, channels: number): string[] {
  // A list's sums are there already.
  if (slot.list) return [];
  const save = (k: string, value: string) => `${verb}_partial(${k}, n, t, ${value});`;
  const own = "c >= lane && c < lane + 3u";
  if (slot.perChannel && channels > 1) {
    const value = `select(0.0, ${from}[min(c - min(lane, c), 2u)], ${own})`;
    return [`for (var c = 0u; c < CHANNELS; c++) {\n    ${save(`${row}u + c`, value)}\n  }`];
  }
  if (slot.size === 1) return [save(`${row}u`, `${from}${slot.perChannel ? ".x" : ""}`)];
  return Array.from({ length: slot.size }, (_, k) => save(`${row + k}u`, `${from}[${k}]`));
}
