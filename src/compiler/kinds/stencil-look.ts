/** What an output pixel of a stencil sees: a fold over its neighbours, or the value of one rank among them. */

import { type Cell, membersOf } from "../neighbourhood.ts";
import { gateOf } from "../pack/layout.ts";
import { centre, columns, hasCentre, indent, overNeighbours, placeLines, rows, SORTED, seen } from "./stencil-cells.ts";
import { formOf, type StencilSpec } from "./stencil-module.ts";
import { selection } from "./stencil-select.ts";

/** The result of a fold: `look`, and what is left of it for the way back. */
export function lookCode(spec: StencilSpec): string {
  const { declaration } = spec.head.transform;
  const c = hasCentre(spec);
  const coin = gateOf(spec.layout, 0);
  const needsCentre = c || coin !== undefined;
  const lines = [...placeLines(spec), ...(needsCentre ? [`let centre = ${centre};`] : [])];
  if (formOf(declaration) === "rank") lines.push(...rankLines(spec));
  else {
    lines.push("var sum: s::Sum;");
    lines.push(...overNeighbours(spec, (v, at, p) => [`s::take(&sum, ${v}, ${c ? "centre, " : ""}${at}, ${p});`]));
    lines.push(`let value = s::result(sum, ${c ? "centre, " : ""}h.p);`);
  }
  const shown = coin ? "select(value, centre, h.on == 0.0)" : "value";
  return `struct Seen { value: vec3f, sum: s::Sum${c ? ", centre: vec3f" : ""} }

fn look(plane: Plane, at_pixel: Pixel, h: Scene) -> Seen {
${indent(lines)}
  return Seen(${shown}, sum${c ? ", centre" : ""});
}
`;
}

/** The value of a rank, and how many neighbours have it: by exchanges, or where there are many by counting. */
function rankLines(spec: StencilSpec): string[] {
  const cells = membersOf(spec.near);
  const rank = spec.head.transform.declaration.rank!(cells.length);
  return cells.length <= SORTED ? sortedLines(spec, cells, rank) : countedLines(spec, rank);
}

/**
 * The bits of the value from the highest on: each is set if no more than `rank` neighbours are below. Numbers are compared by keys, which are
 * whole numbers in the same order.
 */
function countedLines(spec: StencilSpec, rank: number): string[] {
  return [
    "var low = vec3u(0u);",
    "var bit = 0u;",
    "loop {",
    "  let middle = low | vec3u(1u << (31u - bit));",
    "  var below = vec3u(0u);",
    ...overNeighbours(spec, (v) => [`below += select(vec3u(0u), vec3u(1u), key_of(${v}) < middle);`]).map(
      (l) => `  ${l}`,
    ),
    `  low = select(low, middle, below <= vec3u(${rank}u));`,
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

/** Exchanges until the value stands in its place. NaN is the value of every rank. */
function sortedLines(spec: StencilSpec, cells: readonly Cell[], rank: number): string[] {
  const { left, top } = spec.near;
  const lines = [...columns(spec, cells), ...rows(spec, cells)];
  const at = cells.map((_, i) => `x${i}`);
  cells.forEach(({ x, y }, i) => {
    lines.push(`let x${i} = ${seen(spec, `r${y + top}`, `c${x + left}`)};`);
  });
  lines.push(`let lost = ${cells.map((_, i) => `is_nan3(x${i})`).join(" | ")};`);
  selection(cells.length, rank).forEach(({ low, high, keepsLow, keepsHigh }, i) => {
    const [a, b] = [at[low], at[high]];
    lines.push(`let q${i} = ${b} < ${a};`);
    if (keepsLow) lines.push(`let l${i} = select(${a}, ${b}, q${i});`);
    if (keepsHigh) lines.push(`let h${i} = select(${b}, ${a}, q${i});`);
    at[low] = `l${i}`;
    at[high] = `h${i}`;
  });
  lines.push(
    `let value = select(${at[rank]}, bitcast<vec3f>(bitcast<vec3u>(${at[rank]}) | vec3u(0x7fc00000u)), lost);`,
    `let ties = ${cells.map((_, i) => `select(vec3f(0.0), vec3f(1.0), x${i} == value)`).join(" + ")};`,
    "let sum = s::Sum(value, ties);",
  );
  return lines;
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
