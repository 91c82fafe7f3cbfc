import frameWgsl from "../../../shaders/lib/frame.wgsl";
import nanWgsl from "../../../shaders/lib/nan.wgsl";
import nearWgsl from "../../../shaders/lib/near.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import placeWgsl from "../../../shaders/lib/place.wgsl";
import planeWgsl from "../../../shaders/lib/plane.wgsl";
import sampleWgsl from "../../../shaders/lib/sample.wgsl";
import fieldGatherWgsl from "../../../shaders/pass/field_gather.wgsl";
import fieldReachWgsl from "../../../shaders/pass/field_reach.wgsl";
import scatterAddWgsl from "../../../shaders/pass/scatter_add.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import { gateOf, type Layout, type Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import { aliasOf, loadParams, shaders as ofRow } from "../pixels/row.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  ...ofRow,
  frameWgsl,
  nanWgsl,
  nearWgsl,
  pixelWgsl,
  placeWgsl,
  planeWgsl,
  sampleWgsl,
  fieldGatherWgsl,
  fieldReachWgsl,
  scatterAddWgsl,
];

/** A field as WGSL: the module `generated::see`. */
export interface FieldSpec {
  /** The maps before the field, if any, and the field behind them. */
  heads: readonly Bound[];
  layout: Layout;
  channels: number;
  uses: "forward" | "backward" | "scatter";
  /** Slots of the field's own parameters whose gradients are summed. */
  wanted?: readonly Slot[];
  /** First row of partial sums for them; those of the matrix follow. */
  firstRow?: number;
  /** Whether the gradient of the matrix is summed, and that of the field's tensor stored. */
  matrix?: boolean;
  tensor?: boolean;
  /** Whether planes are whole quads. */
  whole?: boolean;
}

/** Whether a field looks where a tensor says. */
export const hasTensor = ({ transform }: Bound): boolean => transform.declaration.field !== undefined;

const NAN = `
fn is_lost(v: vec2f) -> bool { return any((bitcast<vec2u>(v) & vec2u(0x7fffffffu)) > vec2u(0x7f800000u)); }
`;

export function fieldModule(spec: FieldSpec): string {
  const { heads, uses } = spec;
  const maps = heads.length - 1;
  const field = heads[maps];
  const io = ["param", "shape"];
  if (hasTensor(field)) io.push("field_at", "field_of");
  const saves = uses === "backward" && ((spec.wanted?.length ?? 0) > 0 || spec.matrix);
  if (saves) io.push("save_partial");
  if (uses === "backward" && spec.tensor) io.push("field_to", "store_field");
  const imports = [
    `import package::${modulePath(field)} as ${aliasOf(maps)};`,
    `import package::generated::io::{ ${io.join(", ")} };`,
    "import package::lib::frame::Frame;",
    "import package::lib::nan::nan_from;",
    "import package::lib::pixel::Pixel;",
    "import package::lib::plane::Plane;",
    "import package::lib::place::{ Place, held };",
  ];
  if (maps) {
    imports.push(
      "import package::generated::maps::source_matrix;",
      "import package::lib::place::{ Source, place, source_of, through };",
    );
  }
  const code = [sceneCode(spec), spotCode(spec)];
  if (uses !== "scatter") imports.push("import package::generated::chain::Row;");
  if (uses === "forward") {
    imports.push("import package::generated::fill::show;", "import package::lib::sample::look;");
    code.push(seeCode(maps));
  }
  if (uses === "backward") {
    imports.push(
      "import package::generated::chain::Grads;",
      "import package::generated::fill::{ show, show_slope };",
      "import package::lib::sample::{ Slope, look_slope };",
      "import package::lib::place::place_backward;",
    );
    if (spec.matrix) imports.push("import package::lib::place::{ MatrixSum, whole_sum };");
    code.push(againCode(maps), backCode(spec), saveCode(spec));
  }
  return [...imports, NAN, ...code].join("\n");
}

/** What all pixels of a thread share: the parameters, the sizes, the matrix that maps before the field make. */
function sceneCode({ heads, layout, channels, tensor }: FieldSpec): string {
  const maps = heads.length - 1;
  const field = heads[maps];
  const alias = aliasOf(maps);
  const loads = loadParams(field, maps, layout, "s.p", channels);
  const gate = gateOf(layout, maps);
  return `struct Scene { p: ${alias}::Params, f: Frame, ${maps ? "source: Source, " : ""}${hasTensor(field) ? "field: u32, " : ""}${tensor ? "to: u32, " : ""}on: bool }

fn scene_of(n: u32, lane: u32) -> Scene {
  var s: Scene;
  ${loads.join("\n  ")}
  let f = shape.frames[${maps}];
  s.f = Frame(f.x, f.y, f.z, f.w);
  ${maps ? "s.source = source_of(source_matrix(n));" : ""}
  ${hasTensor(field) ? "s.field = field_of(n);" : ""}
  ${tensor ? "s.to = field_to(n, lane);" : ""}
  s.on = ${gate ? `param(${gate.offset}u, n) != 0.0` : "true"};
  return s;
}
`;
}

/** Where an output pixel looks: behind the maps (u), and in the source. Where that is no number, nothing is seen. */
function spotCode({ heads, layout }: FieldSpec): string {
  const maps = heads.length - 1;
  const field = heads[maps];
  const value = hasTensor(field);
  const at = "vec2f(at.x, at.y)";
  const call = `${aliasOf(maps)}::place(at, s.p, s.f${value ? ", v" : ""})`;
  const u = gateOf(layout, maps) ? `select(${at}, ${call}, s.on)` : call;
  return `struct Spot { place: Place, u: vec2f, ${value ? "v: vec2f, " : ""}seen: bool }

fn spot(at: Pixel, s: Scene) -> Spot {
  ${value ? "let v = field_at(s.field, at);" : ""}
  let u = ${u};
  let lost = is_lost(u);
  let there = select(u, vec2f(0.0), lost);
  let placed = ${maps ? "place(s.source.m, Pixel(there.x, there.y))" : "held(Place(there, 1.0))"};
  return Spot(placed, u, ${value ? "v, " : ""}!lost${maps ? " & (placed.w != 0.0) & !s.source.lost" : ""});
}

fn nan_at(p: Spot) -> vec3f { return vec3f(nan_from(p.u.x)); }
`;
}

const shown = (maps: number, s: string): string => {
  const seen = `select(show(${s}.value, ${s}.outside, row), nan_at(there), is_lost(there.u))`;
  return maps ? `through(scene.source, ${seen})` : seen;
};

function seeCode(maps: number): string {
  return `fn see(plane: Plane, at: Pixel, scene: Scene, row: Row) -> vec3f {
  let there = spot(at, scene);
  let s = look(plane, there.place);
  return ${shown(maps, "s")};
}
`;
}

function againCode(maps: number): string {
  return `struct Seen { value: vec3f, slope: Slope, there: Spot }

fn see_again(plane: Plane, at: Pixel, scene: Scene, row: Row) -> Seen {
  let there = spot(at, scene);
  let s = look_slope(plane, there.place);
  return Seen(${shown(maps, "s")}, s, there);
}
`;
}

const sumOf = ({ field }: Slot): string => `d_${field}`;
const parts = (slot: Slot): string[] =>
  slot.size === 1 ? [""] : Array.from({ length: slot.size }, (_, k) => `[${k}]`);

function backCode({ heads, layout, wanted = [], matrix, tensor, whole }: FieldSpec): string {
  const maps = heads.length - 1;
  const field = heads[maps];
  const value = hasTensor(field);
  const fields = wanted.map((slot) => `${sumOf(slot)}: ${slot.size === 1 ? "f32" : `array<f32, ${slot.size}>`}`);
  if (matrix) fields.push("matrix: MatrixSum");
  if (tensor && !whole) fields.push("last: u32");
  const lines: string[] = [];
  // The gradient of the homogeneous coordinates in the source, and of the place behind the maps.
  lines.push("let h = place_backward(seen.there.place, show_slope(g, seen.slope, row, grads));");
  if (maps) lines.push("let m = scene.source.m;", "let hu = vec2f(dot(column(m[0]), h), dot(column(m[1]), h));");
  else lines.push("let hu = h.xy;");
  lines.push("let lost = is_lost(seen.there.u);", "let gu = select(hu, nan_at(seen.there).xy, lost);");
  if (matrix) {
    lines.push(
      "let u = select(seen.there.u, vec2f(0.0), lost);",
      "(*sum).matrix[0] += h * u.x;",
      "(*sum).matrix[1] += h * u.y;",
      "(*sum).matrix[2] += h;",
    );
  }
  if (wanted.length || tensor) {
    const call = `${aliasOf(maps)}::backward(at, scene.p, scene.f, ${value ? "seen.there.v, " : ""}gu, &d)`;
    lines.push(`var d: ${aliasOf(maps)}::Params;`, value ? `var gv = ${call};` : `${call};`);
    const adds = wanted.flatMap((slot) => parts(slot).map((k) => `(*sum).${sumOf(slot)}${k} += d.${slot.field}${k};`));
    if (gateOf(layout, maps)) {
      lines.push(`if (scene.on) { ${adds.join(" ")} }`);
      if (value) lines.push("gv = select(vec2f(0.0), gv, scene.on);");
    } else lines.push(...adds);
  }
  if (tensor) lines.push(whole ? "store_field(scene.to, at, gv);" : lastCode);
  return `${maps ? COLUMN : ""}struct SeeSum { ${fields.length ? fields.join(", ") : "none: f32"} }

fn see_back(seen: Seen, g: vec3f, at: Pixel, scene: Scene, row: Row, sum: ptr<function, SeeSum>, grads: ptr<function, Grads>) {
  ${lines.join("\n  ")}
}
`;
}

/** Behind the last pixel of a plane, threads come by it again, with a gradient of 0: what it has stays. */
const lastCode = `let here = u32(at.y) * shape.out_width + u32(at.x) + 1u;
  if (here != (*sum).last) { store_field(scene.to, at, gv); }
  (*sum).last = here;`;

/** A column of the matrix as far as homogeneous coordinates have a gradient. */
const COLUMN = `@if(affine) fn column(c: vec3f) -> vec2f { return c.xy; }
@if(!affine) fn column(c: vec3f) -> vec3f { return c; }

`;

function saveCode({ heads, wanted = [], firstRow = 0, matrix }: FieldSpec): string {
  const lines: string[] = [];
  let row = firstRow;
  for (const slot of wanted)
    for (const k of parts(slot)) lines.push(`save_partial(${row++}u, n, slot, sum.${sumOf(slot)}${k});`);
  if (matrix && heads.length > 1) {
    lines.push("let m = whole_sum(sum.matrix);");
    for (let column = 0; column < 3; column++) {
      lines.push(`let c${column} = through(scene.source, m[${column}]);`);
      for (let k = 0; k < 3; k++) lines.push(`save_partial(${row++}u, n, slot, c${column}[${k}]);`);
    }
  }
  return `fn save_see(sum: SeeSum, scene: Scene, n: u32, lane: u32, slot: u32) {\n  ${lines.join("\n  ")}\n}\n`;
}
