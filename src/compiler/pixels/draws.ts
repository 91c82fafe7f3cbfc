import type { Layout } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";

/** A point of a chain that draws random numbers, and its position among the pass's transforms. */
interface Point {
  bound: Bound;
  index: number;
}

const streamsOf = ({ bound: { transform } }: Point): number => transform.declaration.draws ?? 0;
const stream = (index: number, k: number): string => `d${index}_${k}`;
const each = (point: Point, code: (k: number) => string): string[] =>
  Array.from({ length: streamsOf(point) }, (_, k) => code(k));

/** Fields of a chain's `Row`: the keys of each stream. */
export const drawFields = (point: Point): string[] => each(point, (k) => `${stream(point.index, k)}: Stream`);

/** Statements that make them from the sample's seed in the block. */
export function drawLoads(point: Point, layout: Layout): string[] {
  if (streamsOf(point) === 0) return [];
  const { index } = point;
  const { offset } = layout.slots.find((slot) => slot.transform === index && slot.role === "key")!;
  const word = (k: number) => `word_of(param(${offset + 2 * k}u, n), param(${offset + 2 * k + 1}u, n))`;
  return [
    `let seed${index} = vec2u(${word(0)}, ${word(1)});`,
    `let sample${index} = ${word(2)};`,
    ...each(point, (k) => `r.${stream(index, k)} = stream_of(seed${index}, sample${index}, ${k}u, lane);`),
  ];
}

/** Further arguments of a transform's functions: its streams at the pixel. */
export const drawArguments = (point: Point): string =>
  each(point, (k) => `, draw_at(r.${stream(point.index, k)}, at)`).join("");

/** What a chain imports for them. */
export const drawImports = (points: readonly Point[]): string[] =>
  points.some((point) => streamsOf(point) > 0)
    ? ["import package::lib::draw::{ Stream, draw_at, stream_of, word_of };"]
    : [];
