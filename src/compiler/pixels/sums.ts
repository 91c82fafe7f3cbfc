/** What a thread sums of the gradients of a slot's values, and how it is written: `Grads` of a chain. */
import type { Slot } from "../pack/layout.ts";

/** How many channels a thread works on. */
const lanesOf = (channels: number): number => Math.min(channels, 3);

/** Values of a list that a thread sums: those of one list, or of one for each of its channels. */
const entriesOf = ({ list }: Slot, channels: number): number =>
  list ? list.length * (list.tables > 1 ? lanesOf(channels) : 1) : 0;

/** The type of its sum. */
export function sumType(slot: Slot, channels: number): string {
  if (slot.list) return `array<f32, ${entriesOf(slot, channels)}>`;
  if (slot.perChannel) return "vec3f";
  return slot.size === 1 ? "f32" : `array<f32, ${slot.size}>`;
}

/** Statements that add a pixel's gradient `from` to the sum. Of a list, a pixel has two entries for each channel. */
export function addSum(slot: Slot, sum: string, from: string, channels: number): string[] {
  const { list } = slot;
  if (list) {
    return ["x", "y", "z"].slice(0, lanesOf(channels)).flatMap((lane, k) => {
      const at = `${list.tables > 1 ? k * list.length : 0}u + ${from}.at.${lane}`;
      return [`${sum}[${at}] += ${from}.low.${lane};`, `${sum}[${at} + 1u] += ${from}.high.${lane};`];
    });
  }
  if (slot.perChannel || slot.size === 1) return [`${sum} += ${from};`];
  return Array.from({ length: slot.size }, (_, k) => `${sum}[${k}] += ${from}[${k}];`);
}

/** Statements that hand the sum over, value by value, from row `row` on, to what `verb` is: to write it, or to add it. */
export function saveSum(slot: Slot, row: number, from: string, verb: string, channels: number): string[] {
  const { list } = slot;
  const save = (k: string, value: string) => `${verb}_partial(${k}, n, t, ${value});`;
  const own = "c >= lane && c < lane + 3u";
  if (list) {
    // A value of an array that is none of a variable cannot be asked for by a number that is computed.
    const sums = `var sums${row} = ${from};`;
    const all = (code: string) => `for (var k = 0u; k < ${list.length}u; k++) { ${code} }`;
    if (list.tables === 1) return [sums, all(save(`${row}u + k`, `sums${row}[k]`))];
    const lane = `min(c - min(lane, c), ${lanesOf(channels) - 1}u)`;
    const value = `select(0.0, sums${row}[${lane} * ${list.length}u + k], ${own})`;
    return [sums, `for (var c = 0u; c < CHANNELS; c++) { ${all(save(`${row}u + c * ${list.length}u + k`, value))} }`];
  }
  if (slot.perChannel && channels > 1) {
    const value = `select(0.0, ${from}[min(c - min(lane, c), 2u)], ${own})`;
    return [`for (var c = 0u; c < CHANNELS; c++) {\n    ${save(`${row}u + c`, value)}\n  }`];
  }
  if (slot.size === 1) return [save(`${row}u`, `${from}${slot.perChannel ? ".x" : ""}`)];
  return Array.from({ length: slot.size }, (_, k) => save(`${row + k}u`, `${from}[${k}]`));
}
