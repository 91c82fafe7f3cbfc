/** What the pixels of a stencil's image gather from the outputs that saw them. */

import { cellsOf, membersOf } from "../neighbourhood.ts";
import { gateOf } from "../pack/layout.ts";
import { float } from "../pixels/row.ts";
import { backCode, backOf, keptCode } from "./stencil-back.ts";
import {
  centre,
  columnLines,
  hasCentre,
  indent,
  isWrittenOut,
  loop,
  memberCode,
  neighbour,
  numbered,
  paramsAt,
  perNeighbour,
  placeLines,
  range,
  rowLines,
  sceneCode,
  seen,
} from "./stencil-cells.ts";
import { heading } from "./stencil-heading.ts";
import { formOf, type StencilSpec } from "./stencil-module.ts";

/** What a pixel of the image gathers, or four of a row at a time. */
export function gatherModule(spec: StencilSpec): string {
  const c = hasCentre(spec);
  const coin = gateOf(spec.layout, 0);
  const { declaration } = spec.head.transform;
  const readsX = c || formOf(declaration) !== "weights";
  return `${heading(spec, ["shape", "back", "CHANNELS", "GROUPS", ...(readsX ? ["fetch_x"] : [])])}
${keptCode(spec)}
${sceneCode(spec, true)}
${memberCode(spec)}
${backCode(spec, false)}
fn own_pixel(plane: Plane, px: i32, py: i32) -> vec3f {
  ${readsX ? "return fetch_x(plane, u32(min(py, i32(plane.size.y) - 1) * i32(plane.size.x) + px));" : "return vec3f(0.0);"}
}

// What comes to the pixel itself: where the stencil is not applied, and as the one in the middle.
fn own_share(h: Scene, px: i32, py: i32) -> vec3f {
  ${c || coin ? "let b = load_back(h.kept, u32(min(py, h.kept.size.y - 1) * h.kept.size.x + px));" : ""}
  ${coin ? "if (h.on == 0.0) { return b.g; }" : ""}
  ${c ? "return b.own_center;" : "return vec3f(0.0);"}
}

fn is_applied(h: Scene) -> bool { return ${coin ? "h.on != 0.0" : "true"}; }

${spec.fours ? fourCode(spec) : oneCode(spec)}
const LOW = vec2i(${-spec.near.left}, ${-spec.near.top});
const BEYOND = vec2i(${spec.near.width - 1 - spec.near.left}, ${spec.near.height - 1 - spec.near.top});
`;
}

/** What the output whose gradient is in `b` gives to the pixel that is its neighbour `at`. */
const given = (spec: StencilSpec, own: string, at: string, p: string): string =>
  `s::gather(${backOf(spec, "b")}, ${own}, ${hasCentre(spec) ? "centre, " : ""}${at}, ${p})`;

/** What is read of that output: its gradient, and its pixel. */
const readLines = (spec: StencilSpec, i: string): string[] => [
  `let b = load_back(h.kept, ${i});`,
  ...(hasCentre(spec) ? [`let centre = fetch_x(plane, ${i});`] : []),
];

function oneCode(spec: StencilSpec): string {
  const [down, across] = spec.near.stride;
  const isStrided = down * across > 1;
  const give = (x: string, y: string, p: string, at: string) => [
    ...(isStrided
      ? stridedLines(`vx - ${x}`, `vy - ${y}`, down, across)
      : [`let qx = vx - ${x};`, `let qy = vy - ${y};`]),
    `let inside = ${isStrided ? "met & " : ""}(u32(qx) < u32(h.kept.size.x)) & (u32(qy) < u32(h.kept.size.y));`,
    "let i = u32(select(0, qy * h.kept.size.x + qx, inside));",
    ...readLines(spec, "i"),
    `sum += select(vec3f(0.0), ${given(spec, "own", at, p)}, inside);`,
  ];
  const lines = isWrittenOut(spec)
    ? membersOf(spec.near).flatMap(({ x, y, k }) => {
        const p = paramsAt(spec, k);
        const given = give(String(x), String(y), p.name, neighbour(spec, float(x), float(y)));
        return ["{", ...[...p.lines, ...given].map((line) => `  ${line}`), "}"];
      })
    : loop("r", spec.near.height, loop("c", spec.near.width, loopGive(spec, give)));
  return `// From the outputs that saw the pixel at (vx, vy), which is its place or, beyond the image, that of one of its images.
fn gathered(plane: Plane, own: vec3f, vx: i32, vy: i32, h: Scene) -> vec3f {
  var sum = vec3f(0.0);
${indent(lines)}
  return sum;
}
`;
}

/** The output that looks around a pixel, if there is one: others lie between those. */
const stridedLines = (x: string, y: string, down: number, across: number): string[] => [
  `let sx = ${x};`,
  `let sy = ${y};`,
  `let qx = sx / ${across};`,
  `let qy = sy / ${down};`,
  `let met = (qx * ${across} == sx) & (qy * ${down} == sy);`,
];

function loopGive(spec: StencilSpec, give: (x: string, y: string, p: string, at: string) => string[]): string[] {
  const { left, top } = spec.near;
  const own = perNeighbour(spec);
  const k = numbered(spec, "c");
  const [x, y] = [`(c - ${left})`, `(r - ${top})`];
  const lines = [
    ...(own ? [`let p = params_at(h, ${k});`] : []),
    ...give(x, y, own ? "p" : "h.p", neighbour(spec, `f32${x}`, `f32${y}`)),
  ];
  return spec.near.members ? [`if (is_member(${k})) {`, ...lines.map((l) => `  ${l}`), "}"] : lines;
}

/** Four pixels of a row, which look at the same outputs but for three columns of them. */
function fourCode(spec: StencilSpec): string {
  const lines = isWrittenOut(spec) ? fourWrittenOut(spec) : fourInLoops(spec);
  return `// What comes to the four pixels from (px, py) on.
fn gathered_four(plane: Plane, px: i32, py: i32, h: Scene) -> Quad {
${indent(range(4).flatMap((i) => [`let own${i} = own_pixel(plane, px + ${i}, py);`, `var sum${i} = own_share(h, px + ${i}, py);`]))}
  if (is_applied(h)) {
${indent(indent(lines).split("\n"))}
  }
  return join(sum0, sum1, sum2, sum3);
}
`;
}

/** Which row of outputs has a row of the kernel at the four pixels, whether there is one, and where it begins. */
const outputRow = (name: string, y: string): string[] => [
  `let ${name} = py - ${y};`,
  `let ${name}_in = u32(${name}) < u32(h.kept.size.y);`,
  `let ${name}_at = select(0, ${name}, ${name}_in) * h.kept.size.x;`,
];

/** The same for the column that lies `c` to the right of the first that sees one of the four. */
const outputColumn = ({ near }: StencilSpec, name: string, c: string): string[] => [
  `let ${name} = px - ${near.width - 1 - near.left} + ${c};`,
  `let ${name}_in = u32(${name}) < u32(h.kept.size.x);`,
  `let ${name}_at = select(0, ${name}, ${name}_in);`,
];

function fourWrittenOut(spec: StencilSpec): string[] {
  const { width, left, top } = spec.near;
  const cells = membersOf(spec.near);
  const params = new Map(cells.map(({ k }) => [k, paramsAt(spec, k)]));
  const rows = [...new Set(cells.map(({ y }) => y))];
  const columns = range(width + 3);
  const outputs = rows.flatMap((y) =>
    columns.flatMap((c) => {
      const gets = range(4).flatMap((i) =>
        cells.filter((cell) => cell.y === y && cell.x === i + width - 1 - left - c).map((cell) => ({ i, ...cell })),
      );
      if (gets.length === 0) return [];
      const [row, column] = [`r${y + top}`, `c${c}`];
      return [
        "{",
        ...[
          `let inside = ${row}_in & ${column}_in;`,
          ...readLines(spec, `u32(${row}_at + ${column}_at)`),
          ...gets.map(({ i, x, k }) =>
            getLine(spec, i, neighbour(spec, float(x), float(y)), params.get(k)!.name, "inside"),
          ),
        ].map((line) => `  ${line}`),
        "}",
      ];
    }),
  );
  return [
    ...[...params.values()].flatMap(({ lines }) => lines),
    ...rows.flatMap((y) => outputRow(`r${y + top}`, String(y))),
    ...columns.flatMap((c) => outputColumn(spec, `c${c}`, String(c))),
    ...outputs,
  ];
}

function fourInLoops(spec: StencilSpec): string[] {
  const { width, height, left, top, members } = spec.near;
  const own = perNeighbour(spec);
  const gets = range(4).flatMap((i) => {
    const [cell, k] = [`cell${i}`, numbered(spec, `cell${i}`)];
    const sees = [`inside & ${cell}_in`, ...(members ? [`is_member(${k})`] : [])];
    return [
      `let ${cell}_x = ${i + width - 1} - c;`,
      `let ${cell}_in = u32(${cell}_x) < ${width}u;`,
      `let ${cell} = select(0, ${cell}_x, ${cell}_in);`,
      ...(own ? [`let p${i} = params_at(h, ${k});`] : []),
      getLine(
        spec,
        i,
        neighbour(spec, `f32(${cell} - ${left})`, `f32(r - ${top})`),
        own ? `p${i}` : "h.p",
        sees.join(" & "),
      ),
    ];
  });
  return loop("r", height, [
    ...outputRow("row", `(r - ${top})`),
    ...loop("c", width + 3, [
      ...outputColumn(spec, "column", "c"),
      "let inside = row_in & column_in;",
      ...readLines(spec, "u32(row_at + column_at)"),
      ...gets,
    ]),
  ]);
}

const getLine = (spec: StencilSpec, i: number, at: string, p: string, inside: string): string =>
  `sum${i} += select(vec3f(0.0), ${given(spec, `own${i}`, at, p)}, ${inside});`;

/** The gradient that an output pixel gives to the parameter of one of its neighbours. */
export function slopeModule(spec: StencilSpec): string {
  const own = perNeighbour(spec)!;
  const c = hasCentre(spec);
  const { width, left, top, members } = spec.near;
  const cell = spec.near.mirrored ? `(${cellsOf(spec.near) - 1}u - k)` : "k";
  const lines = [
    ...placeLines(spec),
    "let oy = whole(at_pixel.y);",
    "if (oy >= h.kept.size.y) { return 0.0; }",
    ...(members ? ["if (!is_member(k)) { return 0.0; }"] : []),
    `let r = i32(${cell} / ${width}u) - ${top};`,
    `let c = i32(${cell} % ${width}u) - ${left};`,
    ...rowLines("row", "py + r"),
    ...columnLines("column", "px + c"),
    ...(spec.padding === "none" ? ["if ((row | column) < 0) { return 0.0; }"] : []),
    ...(c ? [`let centre = ${centre};`, "var gc: vec3f;"] : []),
    "let b = load_back(h.kept, u32(oy * h.kept.size.x + whole(at_pixel.x)));",
    "var gp: s::Params;",
    `s::back_take(${backOf(spec, "b")}, ${seen(spec, "row", "column")}, ${c ? "centre, " : ""}${neighbour(spec, "f32(c)", "f32(r)")}, params_at(h, k), &gp${c ? ", &gc" : ""});`,
    `return gp.${own.field};`,
  ];
  const off = gateOf(spec.layout, 0) ? "  if (h.on == 0.0) { return 0.0; }\n" : "";
  return `${heading(spec, ["fetch_x", "shape", "back", "CHANNELS", "GROUPS"])}
${keptCode(spec)}
${sceneCode(spec, true)}
${memberCode(spec)}
${backCode(spec, false)}
const CELLS: u32 = ${cellsOf(spec.near)}u;

fn slope(plane: Plane, at_pixel: Pixel, k: u32, h: Scene) -> f32 {
${off}${indent(lines)}
}
`;
}
