/** The value of one rank among the neighbours of an output pixel, and how many of them have it. */

import { membersOf } from "../neighbourhood.ts";
import { gateOf } from "../pack/layout.ts";
import {
  columnLines,
  columns,
  hasCentre,
  indent,
  overNeighbours,
  placeLines,
  range,
  rowLines,
  rows,
  SORTED,
  seen,
} from "./stencil-cells.ts";
import type { StencilSpec } from "./stencil-module.ts";
import { type Exchange, type Sieve, selection, sieve } from "./stencil-select.ts";

const rankOf = (spec: StencilSpec, cells: number): number => spec.head.transform.declaration.rank!(cells);

/** Finds `value` and `sum`: by exchanges, or where there are many neighbours by counting. */
export const rankLines = (spec: StencilSpec): string[] =>
  membersOf(spec.near).length <= SORTED ? sortedLines(spec) : countedLines(spec);

/**
 * The bits of the value from the highest on: each is set if no more than `rank` neighbours are below. Numbers are compared by keys, which are
 * whole numbers in the same order.
 */
function countedLines(spec: StencilSpec): string[] {
  return [
    "var low = vec3u(0u);",
    "var bit = 0u;",
    "loop {",
    "  let middle = low | vec3u(1u << (31u - bit));",
    "  var below = vec3u(0u);",
    ...overNeighbours(spec, (v) => [`below += select(vec3u(0u), vec3u(1u), key_of(${v}) < middle);`]).map(
      (l) => `  ${l}`,
    ),
    `  low = select(low, middle, below <= vec3u(${rankOf(spec, membersOf(spec.near).length)}u));`,
    "  continuing { bit++; break if bit >= 32u; }",
    "}",
    "let picked = value_of(low);",
    "var ties = vec3f(0.0);",
    "var lost = vec3<bool>(false);",
    "{",
    ...overNeighbours(spec, (v) => [
      `ties += select(vec3f(0.0), vec3f(1.0), ${v} == picked);`,
      `lost = lost | is_nan3(${v});`,
    ]).map((l) => `  ${l}`),
    "}",
    "let value = select(picked, bitcast<vec3f>(low | vec3u(0x7fc00000u)), lost);",
    "let sum = s::Sum(value, ties);",
  ];
}

/** What `exchanges` make of values, the names of those in their places; new names begin with `name`. */
function exchanged(exchanges: readonly Exchange[], values: readonly string[], name: string) {
  const at = [...values];
  const lines = exchanges.flatMap(({ low, high, keepsLow, keepsHigh }, i) => {
    const [a, b] = [at[low], at[high]];
    at[low] = `${name}l${i}`;
    at[high] = `${name}h${i}`;
    return [
      `let ${name}q${i} = ${b} < ${a};`,
      ...(keepsLow ? [`let ${at[low]} = select(${a}, ${b}, ${name}q${i});`] : []),
      ...(keepsHigh ? [`let ${at[high]} = select(${b}, ${a}, ${name}q${i});`] : []),
    ];
  });
  return { lines, at };
}

/** `value` and `sum`, `i` behind their names, once the value is `found` among others. NaN is the value of every rank. */
const foundLines = (found: string, values: readonly string[], lost: string, i = ""): string[] => [
  `let value${i} = select(${found}, bitcast<vec3f>(bitcast<vec3u>(${found}) | vec3u(0x7fc00000u)), ${lost});`,
  `let sum${i} = s::Sum(value${i}, ${values.map((x) => `select(vec3f(0.0), vec3f(1.0), ${x} == value${i})`).join(" + ")});`,
];

const isNan = (values: readonly string[]): string => values.map((x) => `is_nan3(${x})`).join(" | ");

/** Exchanges until the value stands in its place. */
function sortedLines(spec: StencilSpec): string[] {
  const { left, top } = spec.near;
  const cells = membersOf(spec.near);
  const rank = rankOf(spec, cells.length);
  const values = cells.map((_, i) => `x${i}`);
  const { lines, at } = exchanged(selection(cells.length, [rank]), values, "");
  return [
    ...columns(spec, cells),
    ...rows(spec, cells),
    ...cells.map(({ x, y }, i) => `let x${i} = ${seen(spec, `r${y + top}`, `c${x + left}`)};`),
    `let lost = ${isNan(values)};`,
    ...lines,
    ...foundLines(at[rank], values, "lost"),
  ];
}

/** A column of what four pixels of a row see: its values, and the places of those that are sorted. */
interface Column {
  values: readonly string[];
  at: readonly string[];
  lost: string;
  lines: readonly string[];
}

/** Reads column `c`, and sorts the places of `needed` rows. */
function columnOf(spec: StencilSpec, c: number, needed: readonly number[]): Column {
  const { height, left } = spec.near;
  const values = range(height).map((r) => `x${c}_${r}`);
  const { lines, at } = exchanged(selection(height, needed), values, `c${c}`);
  return {
    values,
    at,
    lost: `lost${c}`,
    lines: [
      ...columnLines(`c${c}`, `px + ${c - left}`),
      ...values.map((x, r) => `let ${x} = ${seen(spec, `r${r}`, `c${c}`)};`),
      `let lost${c} = ${isNan(values)};`,
      ...lines,
    ],
  };
}

/** Finds the value of pixel `i` of the four: sorts in each row the places that may hold it, and then what stands there. */
function windowLines(i: number, columns: readonly Column[], { places, rank }: Sieve): string[] {
  const rows = places.map((wanted, r) =>
    exchanged(
      wanted.length > 0 ? selection(columns.length, wanted) : [],
      columns.map(({ at }) => at[r]),
      `p${i}r${r}`,
    ),
  );
  const left = places.flatMap((wanted, r) => wanted.map((place) => rows[r].at[place]));
  const last = exchanged(selection(left.length, [rank]), left, `p${i}`);
  const values = columns.flatMap((column) => column.values);
  const lost = columns.map((column) => column.lost).join(" | ");
  return [...rows.flatMap(({ lines }) => lines), ...last.lines, ...foundLines(last.at[rank], values, lost, String(i))];
}

/** `look_four`: four pixels of a row, of which neighbouring ones share what they read and the columns that they sort. */
export function fourRanksCode(spec: StencilSpec): string {
  const { width, height, top } = spec.near;
  const sought = sieve(height, width, rankOf(spec, width * height));
  const needed = range(height).filter((r) => sought.places[r].length > 0);
  const columns = range(width + 3).map((c) => columnOf(spec, c, needed));
  const lines = [
    ...placeLines(spec),
    ...range(height).flatMap((r) => rowLines(`r${r}`, `py + ${r - top}`)),
    ...columns.flatMap((column) => column.lines),
    ...range(4).flatMap((i) => windowLines(i, columns.slice(i, i + width), sought)),
  ];
  return `fn look_four(plane: Plane, at_pixel: Pixel, h: Scene) -> Four {
${indent(lines)}
  return Four(${range(4)
    .map((i) => shownFour(spec, i))
    .join(", ")});
}
`;
}

/** What one of the four pixels shows, which may be the one in the middle. */
function shownFour(spec: StencilSpec, i: number): string {
  const own = `fetch_x(plane, u32(py * size.x + px + ${i}))`;
  const value = gateOf(spec.layout, 0) ? `select(value${i}, ${own}, h.on == 0.0)` : `value${i}`;
  return `Seen(${value}, sum${i}${hasCentre(spec) ? `, ${own}` : ""})`;
}

export const KEYS = `// Whole numbers in the order of the floats.
fn key_of(v: vec3f) -> vec3u {
  let bits = bitcast<vec3u>(v);
  return select(bits | vec3u(0x80000000u), ~bits, (bits >> vec3u(31u)) == vec3u(1u));
}
fn value_of(key: vec3u) -> vec3f {
  return bitcast<vec3f>(select(~key, key & vec3u(0x7fffffffu), (key >> vec3u(31u)) == vec3u(1u)));
}
`;
