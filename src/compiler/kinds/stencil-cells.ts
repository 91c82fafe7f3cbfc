/** A stencil's neighbours in code: what a thread knows, and how it goes over them. */

import { type Cell, cellsOf, membersOf } from "../neighbourhood.ts";
import { gateOf } from "../pack/layout.ts";
import { float, loadParams } from "../pixels/row.ts";
import { formOf, type StencilSpec } from "./stencil-module.ts";

/** Neighbours that are written out one by one, columns of a kernel that are, and values that are sorted by exchanges. */
const WRITTEN_OUT = 9;
const WIDEST = 11;
export const SORTED = 49;

export const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
export const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join("\n");

/** Whether a neighbour may be none: beyond the image there is nothing. */
const mayMiss = ({ padding }: StencilSpec): boolean => ["zeros", "none", "valid"].includes(padding);

export const hasCentre = ({ head }: StencilSpec): boolean => head.transform.declaration.center === true;

/** The field of `Params` that has a value for each neighbour, and where the values come from. */
export function perNeighbour(spec: StencilSpec): { field: string; read: (k: string) => string } | null {
  if (formOf(spec.head.transform.declaration) === "weights")
    return { field: "weight", read: (k) => `table[n * ${cellsOf(spec.near)}u + ${k}]` };
  const slot = spec.layout.slots.find(({ transform, perKernel }) => transform === 0 && perKernel);
  return slot ? { field: slot.field, read: (k) => `param(${slot.offset}u + ${k}, n)` } : null;
}

/** Whether a thread holds the values of all neighbours. */
const holdsValues = (spec: StencilSpec): boolean => perNeighbour(spec) !== null && isWrittenOut(spec);

export const isWrittenOut = ({ near }: StencilSpec): boolean => cellsOf(near) <= WRITTEN_OUT;

/** `struct Scene`: what a thread knows of its sample's stencil. */
export function sceneCode(spec: StencilSpec, keeps = false): string {
  const { head, layout, channels, near } = spec;
  const own = perNeighbour(spec);
  const coin = gateOf(layout, 0);
  const fields = ["p: s::Params", "n: u32", "lane: u32", "plane: Plane"];
  const isFold = formOf(head.transform.declaration) === "fold";
  const loads = isFold ? loadParams(head, 0, layout, "h.p", channels) : [];
  if (keeps) {
    fields.push("kept: Kept");
    loads.push("h.kept = kept_of(n, lane);");
  }
  if (coin) {
    fields.push("on: f32");
    loads.push(`h.on = param(${coin.offset}u, n);`);
  }
  if (own && holdsValues(spec)) {
    for (const k of range(cellsOf(near))) {
      fields.push(`v${k}: f32`);
      loads.push(`h.v${k} = ${own.read(`${k}u`)};`);
    }
  }
  return `struct Scene { ${fields.join(", ")} }

fn scene_of(n: u32, lane: u32) -> Scene {
  var h: Scene;
  h.n = n;
  h.lane = lane;
  h.plane = plane_x(n, lane);
${indent(loads)}
  return h;
}
${
  own
    ? `
fn params_at(h: Scene, k: u32) -> s::Params {
  var p = h.p;
  let n = h.n;
  p.${own.field} = ${own.read("k")};
  return p;
}
`
    : ""
}`;
}

/** The parameters at a cell whose number is known. */
export function paramsAt(spec: StencilSpec, k: number): { lines: string[]; name: string } {
  const own = perNeighbour(spec);
  if (!own) return { lines: [], name: "h.p" };
  if (!holdsValues(spec)) return { lines: [`let p${k} = params_at(h, ${k}u);`], name: `p${k}` };
  return { lines: [`var p${k} = h.p;`, `p${k}.${own.field} = h.v${k};`], name: `p${k}` };
}

export const neighbour = ({ near }: StencilSpec, x: string, y: string): string =>
  `Neighbour(${x}, ${y}, ${float(near.width)}, ${float(near.height)})`;

/** What is done with a neighbour: `v` is what is seen there, `at` where it lies, `p` the parameters there. */
type Body = (v: string, at: string, p: string, name: string) => string[];

/** Code that goes over all neighbours of the pixel (px, py). */
export function overNeighbours(spec: StencilSpec, body: Body): string[] {
  if (isWrittenOut(spec)) return writtenOut(spec, body);
  return spec.near.width <= WIDEST ? rowsInLoop(spec, body) : allInLoop(spec, body);
}

/** What is seen in a row and a column that `rowLines` and `columnLines` have found. */
export function seen(spec: StencilSpec, row: string, column: string): string {
  const pixel = `fetch_x(plane, u32(${row}_at + ${column}_at))`;
  // Where nothing is there, nothing is taken: `guarded`.
  return mayMiss(spec) && spec.padding !== "none" ? `select(vec3f(0.0), ${pixel}, (${row} | ${column}) >= 0)` : pixel;
}

/** Which row a neighbour sees, and where that begins in the plane. */
export const rowLines = (name: string, y: string): string[] => [
  `let ${name} = beside(${y}, size.y);`,
  `let ${name}_at = there(${name}) * size.x;`,
];

/** Which column a neighbour sees. */
export const columnLines = (name: string, x: string): string[] => [
  `let ${name} = beside(${x}, size.x);`,
  `let ${name}_at = there(${name});`,
];

/** Where there is nothing beyond the image, nothing is taken from there. */
const guarded = (spec: StencilSpec, row: string, column: string, lines: readonly string[]): string[] =>
  spec.padding === "none" ? [`if ((${row} | ${column}) >= 0) {`, ...lines.map((line) => `  ${line}`), "}"] : [...lines];

export const columns = (spec: StencilSpec, cells: readonly Cell[]): string[] =>
  [...new Set(cells.map(({ x }) => x))].flatMap((x) => columnLines(`c${x + spec.near.left}`, `px + ${x}`));

export const rows = (spec: StencilSpec, cells: readonly Cell[]): string[] =>
  [...new Set(cells.map(({ y }) => y))].flatMap((y) => rowLines(`r${y + spec.near.top}`, `py + ${y}`));

function writtenOut(spec: StencilSpec, body: Body): string[] {
  const cells = membersOf(spec.near);
  const { left, top } = spec.near;
  const lines = [...columns(spec, cells), ...rows(spec, cells)];
  for (const { x, y, k } of cells) {
    const p = paramsAt(spec, k);
    const [row, column] = [`r${y + top}`, `c${x + left}`];
    lines.push(
      `let x${k} = ${seen(spec, row, column)};`,
      ...p.lines,
      ...guarded(spec, row, column, body(`x${k}`, neighbour(spec, float(x), float(y)), p.name, String(k))),
    );
  }
  return lines;
}

/** The number of the cell in row `r` and column `c`. */
export const numbered = ({ near }: StencilSpec, c: string): string => {
  const k = `(r * ${near.width} + ${c})`;
  return near.mirrored ? `u32(${cellsOf(near) - 1} - ${k})` : `u32${k}`;
};

function inCell(spec: StencilSpec, column: string, c: string, body: Body): string[] {
  const own = perNeighbour(spec);
  const k = numbered(spec, c);
  const inner = [...(own ? [`let p = params_at(h, ${k});`] : []), ...body("v", "at", own ? "p" : "h.p", "v")];
  const taken = spec.near.members ? [`if (is_member(${k})) {`, ...inner.map((line) => `  ${line}`), "}"] : inner;
  return [
    `let v = ${seen(spec, "row", column)};`,
    `let at = ${neighbour(spec, `f32(${c} - ${spec.near.left})`, `f32(r - ${spec.near.top})`)};`,
    ...guarded(spec, "row", column, taken),
  ];
}

export const loop = (i: string, end: number, lines: readonly string[]): string[] => [
  `var ${i} = 0;`,
  "loop {",
  ...lines.map((line) => `  ${line}`),
  `  continuing { ${i}++; break if ${i} >= ${end}; }`,
  "}",
];

function rowsInLoop(spec: StencilSpec, body: Body): string[] {
  const { width, height, left, top } = spec.near;
  const all = range(width).map((c) => ({ x: c - left, y: 0, k: 0 }));
  return [
    ...columns(spec, all),
    ...loop("r", height, [
      ...rowLines("row", `py + r - ${top}`),
      ...range(width).flatMap((c) => ["{", ...inCell(spec, `c${c}`, String(c), body).map((line) => `  ${line}`), "}"]),
    ]),
  ];
}

function allInLoop(spec: StencilSpec, body: Body): string[] {
  const { width, height, left, top } = spec.near;
  return loop("r", height, [
    ...rowLines("row", `py + r - ${top}`),
    ...loop("c", width, [...columnLines("column", `px + c - ${left}`), ...inCell(spec, "column", "c", body)]),
  ]);
}

/** Which cells take part, as bits: where the code does not leave the others out. */
export function memberCode({ near }: StencilSpec): string {
  if (!near.members) return "";
  const words = range(Math.ceil(near.members.length / 32)).map((w) =>
    range(32).reduce((bits, b) => bits + (near.members![32 * w + b] ? 2 ** b : 0), 0),
  );
  return `fn is_member(k: u32) -> bool {
  var words = array<u32, ${words.length}>(${words.map((word) => `${word}u`).join(", ")});
  return ((words[k / 32u] >> (k % 32u)) & 1u) == 1u;
}
`;
}

const times = (stride: number): string => (stride === 1 ? "" : ` * ${stride}`);

/** The pixel that an output pixel looks around. */
export const placeLines = ({ near: { stride } }: StencilSpec): string[] => [
  "let size = vec2i(plane.size);",
  `let px = whole(at_pixel.x)${times(stride[1])};`,
  `let py = whole(at_pixel.y)${times(stride[0])};`,
];

/** The pixel itself; the last quad may begin below the last row. */
export const centre = "fetch_x(plane, u32(min(py, size.y - 1) * size.x + px))";
