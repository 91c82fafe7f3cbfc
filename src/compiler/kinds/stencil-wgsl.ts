/** The modules that the kernels of a stencil import: what an output pixel sees, and what it gives back. */

import besideWgsl from "../../../shaders/lib/beside.wgsl";
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import nanWgsl from "../../../shaders/lib/nan.wgsl";
import neighbourWgsl from "../../../shaders/lib/neighbour.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import planeWgsl from "../../../shaders/lib/plane.wgsl";
import weightedWgsl from "../../../shaders/lib/weighted.wgsl";
import stencilGatherWgsl from "../../../shaders/pass/stencil_gather.wgsl";
import stencilSlopeWgsl from "../../../shaders/pass/stencil_slope.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { cellsOf, membersOf } from "../neighbourhood.ts";
import { gateOf, sizeOf } from "../pack/layout.ts";
import { float, shaders as ofRow } from "../pixels/row.ts";
import { addSum, saveSum, sumType } from "../pixels/sums.ts";
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
  overNeighbours,
  paramsAt,
  perNeighbour,
  placeLines,
  rowLines,
  sceneCode,
  seen,
} from "./stencil-cells.ts";
import { KEYS, lookCode } from "./stencil-look.ts";
import { backFields, foldModule, formOf, type StencilSpec, storedFields, takesBack } from "./stencil-module.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  ...ofRow,
  besideWgsl,
  cheapWgsl,
  nanWgsl,
  neighbourWgsl,
  pixelWgsl,
  planeWgsl,
  weightedWgsl,
  stencilGatherWgsl,
  stencilSlopeWgsl,
];

const lanes = ["x", "y", "z"];
const lanesOf = (channels: number): readonly string[] => lanes.slice(0, Math.min(channels, 3));

/**
 * Where a thread's stored values begin, of each field and channel by itself: `kept_of`. Fields lie one after the other, those of three
 * channels as images, others by groups. It is worked out once, as reading a size from the uniform takes half as long as reading a pixel.
 */
function keptCode(spec: StencilSpec): string {
  const { channels } = spec;
  const fields = storedFields(spec.head);
  const hasParts = channels > 3 && channels % 3 !== 0;
  const places = fields.flatMap(({ type }, f) => {
    const before = fields.slice(0, f);
    const images = before.filter((field) => field.type !== "f32").length;
    const at = `shape.samples * pixels * (${images}u * CHANNELS + ${f - images}u * GROUPS)`;
    if (type === "f32") return [`${at} + (n * GROUPS + lane / 3u) * pixels`];
    return lanesOf(channels).map((_, k) => `${at} + (n * CHANNELS + min(lane + ${k}u, CHANNELS - 1u)) * pixels`);
  });
  return `struct Kept { size: vec2i, lanes: u32, ${places.map((_, k) => `at${k}: u32`).join(", ")} }

fn kept_of(n: u32, lane: u32) -> Kept {
  let pixels = shape.out_width * shape.out_height;
  let size = vec2i(vec2u(shape.out_width, shape.out_height));
  return Kept(size, ${hasParts ? "CHANNELS - lane" : "3u"}, ${places.join(", ")});
}
`;
}

/** `save_back` and `load_back`. */
function backCode(spec: StencilSpec, writes: boolean): string {
  const { channels } = spec;
  const fields = storedFields(spec.head);
  const hasParts = channels > 3 && channels % 3 !== 0;
  let place = 0;
  const lines = fields.flatMap(({ name, type }) => {
    const one = (to: string, k: number): string => {
      const at = `back[kept.at${place++} + i]`;
      if (k === 0 || !hasParts) return writes ? `${at} = ${to};` : `${to} = ${at};`;
      return writes ? `if (${k}u < kept.lanes) { ${at} = ${to}; }` : `${to} = select(0.0, ${at}, ${k}u < kept.lanes);`;
    };
    if (type === "f32") return [one(`b.${name}`, 0)];
    return lanesOf(channels).map((lane, k) => one(`b.${name}.${lane}`, k));
  });
  const struct = `struct Stored { ${fields.map(({ name, type }) => `${name}: ${type}`).join(", ")} }`;
  return writes
    ? `${struct}

fn save_back(b: Stored, kept: Kept, i: u32) {
${indent(lines)}
}
`
    : `${struct}

fn load_back(kept: Kept, i: u32) -> Stored {
${indent(["var b: Stored;", ...lines, "return b;"])}
}
`;
}

const backOf = ({ head }: StencilSpec, from: string): string =>
  `s::Back(${backFields(head.transform.declaration)
    .map(({ name }) => `${from}.${name}`)
    .join(", ")})`;

/** `see_back`: stores what the way back needs of an output pixel, and adds to the sums of the head's parameters. */
function seeBackCode(spec: StencilSpec): string {
  const { head, wanted = [] } = spec;
  const { declaration } = head.transform;
  const c = hasCentre(spec);
  const again = takesBack(declaration) && (wanted.length > 0 || (c && spec.image === true));
  const stored = storedFields(spec.head);
  const more = `h.p, &gp${c ? ", &gc" : ""}`;
  const fields = stored.map(({ name }) => (name === "own_center" ? "gc" : `b.${name}`)).join(", ");
  const untouched = stored.map(({ type }, i) => (i === 0 ? "g" : type === "f32" ? "0.0" : "vec3f(0.0)")).join(", ");
  const lines = [
    ...(spec.image
      ? [
          "if (whole(at_pixel.y) >= h.kept.size.y) { return; }",
          "let i = u32(whole(at_pixel.y) * h.kept.size.x + whole(at_pixel.x));",
        ]
      : ["if (at_pixel.y >= f32(shape.out_height)) { return; }"]),
    ...(gateOf(spec.layout, 0)
      ? [
          `if (h.on == 0.0) {`,
          ...(spec.image ? [`  save_back(Stored(${untouched}), h.kept, i);`] : []),
          "  return;",
          "}",
        ]
      : []),
    "var gp: s::Params;",
    ...(c ? ["var gc = vec3f(0.0);", "let centre = seen.centre;"] : []),
    `let b = s::back(seen.sum, ${c ? "centre, " : ""}g, ${more});`,
    ...(again
      ? [
          ...placeLines(spec),
          ...overNeighbours(spec, (v, at, p) => [
            `s::back_take(b, ${v}, ${c ? "centre, " : ""}${at}, ${p}, &gp${c ? ", &gc" : ""});`,
          ]),
        ]
      : []),
    ...wanted.flatMap((slot) => addSum(slot, 0, `(*sums).${slot.field}`, `gp.${slot.field}`, "", spec.channels)),
    ...(spec.image ? [`save_back(Stored(${fields}), h.kept, i);`] : []),
  ];
  return `struct SeeSum { ${wanted.length ? wanted.map((slot) => `${slot.field}: ${sumType(slot)}`).join(", ") : "none: f32"} }

fn see_back(
  seen: Seen, g: vec3f, at_pixel: Pixel, h: Scene, row: Row, sums: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) {
  let plane = h.plane;
${indent(lines)}
}
`;
}

const IMPORTS = `import package::lib::beside::{ beside, there };
import package::lib::cheap::whole;
import package::lib::nan::is_nan3;
import package::lib::neighbour::Neighbour;
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
`;

function heading(spec: StencilSpec, io: readonly string[]): string {
  const { declaration } = spec.head.transform;
  const names = [...new Set([...io, "plane_x", "param", ...(formOf(declaration) === "weights" ? ["table"] : [])])];
  return `import package::${foldModule(declaration)} as s;
import package::generated::io::{ ${names.join(", ")} };
${IMPORTS}`;
}

/** What the pass over the output imports, forward. */
export const forwardModule = (spec: StencilSpec): string =>
  [
    heading(spec, ["fetch_x"]),
    "import package::generated::chain::Row;\n",
    sceneCode(spec),
    memberCode(spec),
    KEYS,
    lookCode(spec),
    "fn see(plane: Plane, at: Pixel, h: Scene, row: Row) -> vec3f { return look(plane, at, h).value; }\n",
  ].join("\n");

/** The same backward: it looks again. */
export function backwardModule(spec: StencilSpec, firstRow: number): string {
  const { wanted = [], channels } = spec;
  const sums = wanted.flatMap((slot, k) =>
    saveSum(slot, firstRow + sizeOf(wanted.slice(0, k)), `sums.${slot.field}`, "save", channels),
  );
  const save = `fn see_again(plane: Plane, at: Pixel, h: Scene, row: Row) -> Seen { return look(plane, at, h); }

fn save_see(sums: SeeSum, h: Scene, n: u32, lane: u32, t: u32) {
${indent(sums)}
}
`;
  const io = [
    "fetch_x",
    "shape",
    ...(wanted.length ? ["save_partial"] : []),
    ...(wanted.some(({ perChannel }) => perChannel) ? ["CHANNELS"] : []),
    ...(spec.image ? ["back", "CHANNELS", "GROUPS"] : []),
  ];
  const back = spec.image ? [keptCode(spec), backCode(spec, true)] : [];
  const code = [sceneCode(spec, spec.image), memberCode(spec), KEYS, lookCode(spec), ...back];
  return [
    heading(spec, io),
    "import package::generated::chain::{ Grads, Row };\n",
    ...code,
    seeBackCode(spec),
    save,
  ].join("\n");
}

/** What a pixel of the image gathers from the outputs that saw it. */
export function gatherModule(spec: StencilSpec): string {
  const c = hasCentre(spec);
  const cells = membersOf(spec.near);
  const coin = gateOf(spec.layout, 0);
  const { declaration } = spec.head.transform;
  const readsX = c || formOf(declaration) !== "weights";
  const centreAt = c ? "fetch_x(plane, u32(select(0, i, inside))), " : "";
  const [down, across] = spec.near.stride;
  const isStrided = down * across > 1;
  const give = (x: string, y: string, p: string, at: string) => [
    ...(isStrided
      ? stridedLines(`vx - ${x}`, `vy - ${y}`, down, across)
      : [`let qx = vx - ${x};`, `let qy = vy - ${y};`]),
    `let inside = ${isStrided ? "met & " : ""}(u32(qx) < u32(h.kept.size.x)) & (u32(qy) < u32(h.kept.size.y));`,
    "let i = qy * h.kept.size.x + qx;",
    "let b = load_back(h.kept, u32(select(0, i, inside)));",
    `sum += select(vec3f(0.0), s::gather(${backOf(spec, "b")}, own, ${centreAt}${at}, ${p}), inside);`,
  ];
  const lines = isWrittenOut(spec)
    ? cells.flatMap(({ x, y, k }) => {
        const p = paramsAt(spec, k);
        return [
          "{",
          ...[...p.lines, ...give(String(x), String(y), p.name, neighbour(spec, float(x), float(y)))].map(
            (l) => `  ${l}`,
          ),
          "}",
        ];
      })
    : loop("r", spec.near.height, loop("c", spec.near.width, loopGive(spec, give)));
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

// From the outputs that saw the pixel at (vx, vy), which is its place or, beyond the image, that of one of its images.
fn gathered(plane: Plane, own: vec3f, vx: i32, vy: i32, h: Scene) -> vec3f {
  var sum = vec3f(0.0);
${indent(lines)}
  return sum;
}

const LOW = vec2i(${-spec.near.left}, ${-spec.near.top});
const BEYOND = vec2i(${spec.near.width - 1 - spec.near.left}, ${spec.near.height - 1 - spec.near.top});
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
