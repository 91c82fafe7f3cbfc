/** The modules that the kernels of a stencil import: what an output pixel sees, and what it gives back. */

import { cellsOf, membersOf } from "../neighbourhood.ts";
import { gateOf } from "../pack/layout.ts";
import {
  centre,
  float,
  hasCentre,
  indent,
  isWrittenOut,
  loop,
  memberCode,
  neighbour,
  numbered,
  overNeighbours,
  PLACE,
  paramsAt,
  perNeighbour,
  sceneCode,
  seen,
} from "./stencil-cells.ts";
import { KEYS, lookCode } from "./stencil-look.ts";
import { backFields, foldModule, formOf, type StencilSpec, storedFields, takesBack } from "./stencil-module.ts";

const lanes = ["x", "y", "z"];
const lanesOf = (channels: number): readonly string[] => lanes.slice(0, Math.min(channels, 3));

/** `save_back` and `load_back`: fields of `Back` lie one after the other, those of three channels as images, others by groups. */
function backCode(spec: StencilSpec, writes: boolean): string {
  const { channels } = spec;
  const fields = storedFields(spec.head);
  const lines = fields.flatMap(({ name, type }, f) => {
    const at = offsetOf(spec, fields, f);
    if (type === "f32") return [writes ? `back[${at} + single] = b.${name};` : `b.${name} = back[${at} + single];`];
    return lanesOf(channels).map((lane, k) => {
      const place = `${at} + whole_at + ${k}u * pixels`;
      if (k > 0 && channels % 3 !== 0 && channels > 3) {
        return writes
          ? `if (lane + ${k}u < CHANNELS) { back[${place}] = b.${name}.${lane}; }`
          : `b.${name}.${lane} = select(0.0, back[${at} + whole_at + select(0u, ${k}u * pixels, lane + ${k}u < CHANNELS)], lane + ${k}u < CHANNELS);`;
      }
      return writes ? `back[${place}] = b.${name}.${lane};` : `b.${name}.${lane} = back[${place}];`;
    });
  });
  const hasSingle = fields.some(({ type }) => type === "f32");
  const place = [
    "let pixels = shape.out_width * shape.out_height;",
    "let whole_at = (n * CHANNELS + lane) * pixels + i;",
    ...(hasSingle ? ["let single = (n * GROUPS + lane / 3u) * pixels + i;"] : []),
  ];
  const struct = `struct Stored { ${fields.map(({ name, type }) => `${name}: ${type}`).join(", ")} }`;
  return writes
    ? `${struct}

fn save_back(b: Stored, n: u32, lane: u32, i: u32) {
${indent([...place, ...lines])}
}
`
    : `${struct}

fn load_back(n: u32, lane: u32, i: u32) -> Stored {
${indent([...place, "var b: Stored;", ...lines, "return b;"])}
}
`;
}

/** Where a field's values begin, in elements. */
function offsetOf(_: StencilSpec, fields: readonly { type: string }[], f: number): string {
  const before = fields.slice(0, f);
  const images = before.filter(({ type }) => type !== "f32").length;
  const singles = before.length - images;
  return `shape.samples * pixels * (${images}u * CHANNELS + ${singles}u * GROUPS)`;
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
    "if (at_pixel.y >= f32(shape.out_height)) { return; }",
    "let i = u32(at_pixel.y) * shape.out_width + u32(at_pixel.x);",
    ...(gateOf(spec.layout, 0)
      ? [
          `if (h.on == 0.0) {`,
          ...(spec.image ? [`  save_back(Stored(${untouched}), h.n, h.lane, i);`] : []),
          "  return;",
          "}",
        ]
      : []),
    "var gp: s::Params;",
    ...(c ? ["var gc = vec3f(0.0);", "let centre = seen.centre;"] : []),
    `let b = s::back(seen.sum, ${c ? "centre, " : ""}g, ${more});`,
    ...(again
      ? [
          ...PLACE,
          ...overNeighbours(spec, (v, at, p) => [
            `s::back_take(b, ${v}, ${c ? "centre, " : ""}${at}, ${p}, &gp${c ? ", &gc" : ""});`,
          ]),
        ]
      : []),
    ...wanted.map(({ field }) => `(*sums).${field} += gp.${field};`),
    ...(spec.image ? [`save_back(Stored(${fields}), h.n, h.lane, i);`] : []),
  ];
  return `struct SeeSum { ${wanted.length ? wanted.map(({ field }) => `${field}: f32`).join(", ") : "none: f32"} }

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
  const { wanted = [] } = spec;
  const save = `fn see_again(plane: Plane, at: Pixel, h: Scene, row: Row) -> Seen { return look(plane, at, h); }

fn save_see(sums: SeeSum, h: Scene, n: u32, lane: u32, slot: u32) {
${indent(wanted.map(({ field }, k) => `save_partial(${firstRow + k}u, n, slot, sums.${field});`))}
}
`;
  const io = [
    "fetch_x",
    "shape",
    ...(wanted.length ? ["save_partial"] : []),
    ...(spec.image ? ["back", "CHANNELS", "GROUPS"] : []),
  ];
  const code = [sceneCode(spec), memberCode(spec), KEYS, lookCode(spec), ...(spec.image ? [backCode(spec, true)] : [])];
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
  const give = (x: string, y: string, p: string, at: string) => [
    `let qx = vx - ${x};`,
    `let qy = vy - ${y};`,
    "let inside = (u32(qx) < shape.out_width) & (u32(qy) < shape.out_height);",
    "let i = qy * i32(shape.out_width) + qx;",
    "let b = load_back(h.n, h.lane, u32(select(0, i, inside)));",
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
${sceneCode(spec)}
${memberCode(spec)}
${backCode(spec, false)}
fn own_pixel(plane: Plane, px: i32, py: i32) -> vec3f {
  ${readsX ? "return fetch_x(plane, u32(min(py, i32(plane.size.y) - 1) * i32(plane.size.x) + px));" : "return vec3f(0.0);"}
}

// What comes to the pixel itself: where the stencil is not applied, and as the one in the middle.
fn own_share(h: Scene, px: i32, py: i32) -> vec3f {
  ${c || coin ? "let b = load_back(h.n, h.lane, u32(min(py, i32(shape.out_height) - 1) * i32(shape.out_width) + px));" : ""}
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
    ...PLACE,
    "if (py >= i32(shape.out_height)) { return 0.0; }",
    ...(members ? ["if (!is_member(k)) { return 0.0; }"] : []),
    `let r = i32(${cell} / ${width}u) - ${top};`,
    `let c = i32(${cell} % ${width}u) - ${left};`,
    "let row = beside(py + r, size.y);",
    "let column = beside(px + c, size.x);",
    ...(spec.padding === "none" ? ["if ((row | column) < 0) { return 0.0; }"] : []),
    ...(c ? [`let centre = ${centre};`, "var gc: vec3f;"] : []),
    "let b = load_back(h.n, h.lane, u32(py * i32(shape.out_width) + px));",
    "var gp: s::Params;",
    `s::back_take(${backOf(spec, "b")}, ${seen(spec, "row", "column")}, ${c ? "centre, " : ""}${neighbour(spec, "f32(c)", "f32(r)")}, params_at(h, k), &gp${c ? ", &gc" : ""});`,
    `return gp.${own.field};`,
  ];
  const off = gateOf(spec.layout, 0) ? "  if (h.on == 0.0) { return 0.0; }\n" : "";
  return `${heading(spec, ["fetch_x", "shape", "back", "CHANNELS", "GROUPS"])}
${sceneCode(spec)}
${memberCode(spec)}
${backCode(spec, false)}
const CELLS: u32 = ${cellsOf(spec.near)}u;

fn slope(plane: Plane, at_pixel: Pixel, k: u32, h: Scene) -> f32 {
${off}${indent(lines)}
}
`;
}
