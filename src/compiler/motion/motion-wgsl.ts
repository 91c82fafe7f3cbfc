import bendWgsl from "../../../shaders/lib/bend.wgsl";
import betweenWgsl from "../../../shaders/lib/between.wgsl";
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import frameWgsl from "../../../shaders/lib/frame.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import tapWgsl from "../../../shaders/lib/tap.wgsl";
import fieldPointsWgsl from "../../../shaders/pass/field_points.wgsl";
import fieldPointsBackWgsl from "../../../shaders/pass/field_points_back.wgsl";
import fieldPointsTensorWgsl from "../../../shaders/pass/field_points_tensor.wgsl";
import mapMatrixWgsl from "../../../shaders/pass/map_matrix.wgsl";
import mixPointsWgsl from "../../../shaders/pass/mix_points.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import { gateOf, type Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { aliasOf, loadParams, shaders as ofRow } from "../pixels/row.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  ...ofRow,
  bendWgsl,
  betweenWgsl,
  cheapWgsl,
  fieldPointsWgsl,
  fieldPointsBackWgsl,
  fieldPointsTensorWgsl,
  frameWgsl,
  mapMatrixWgsl,
  mixPointsWgsl,
  pixelWgsl,
  tapWgsl,
];

/** What a thread knows of its sample: the parameters of a pass's only link, the sizes, and whether it is applied. */
function sceneCode({ links: [link], layout, input }: Pass, more: { fields: string; loads: string }): string {
  const gate = gateOf(layout, 0);
  return `struct Scene { p: t0::Params, f: Frame, ${more.fields}on: bool }

fn scene_of(n: u32) -> Scene {
  var s: Scene;
  ${loadParams(link, 0, layout, "s.p", input[1]).join("\n  ")}
  let f = shape.frames[0];
  s.f = Frame(f.x, f.y, f.z, f.w);
  ${more.loads}
  s.on = ${gate ? `param(${gate.offset}u, n) != 0.0` : "true"};
  return s;
}
`;
}

const head = ({ links: [link] }: Pass, io: readonly string[], more: readonly string[] = []): string =>
  [
    `import package::${modulePath(link)} as ${aliasOf(0)};`,
    `import package::generated::io::{ ${io.join(", ")} };`,
    "import package::lib::frame::Frame;",
    "import package::lib::pixel::Pixel;",
    ...more,
    "",
  ].join("\n");

/** How the value of a field's tensor lies between pixels. */
const VALUE = `fn value_of(q: vec2f, s: Scene) -> vec2f {
  let b = between(q, size_of(s));
  let high = within2(b.low + 1.0, vec2f(0.0), size_of(s) - 1.0);
  let above = mixed(field_at(s.field, Pixel(b.low.x, b.low.y)), field_at(s.field, Pixel(high.x, b.low.y)), b.t.x);
  let below = mixed(field_at(s.field, Pixel(b.low.x, high.y)), field_at(s.field, Pixel(high.x, high.y)), b.t.x);
  return mixed(above, below, b.t.y);
}
`;

/**
 * The module `generated::field`: where any point of the result looks, between pixels too, and how a gradient of that comes back. A field with a
 * tensor has values within the result alone; beyond, it goes on as its nearest pixel of the border moves.
 * @param wanted slots of its parameters whose gradients are summed, a row of `partial` each; absent in a forward pass
 */
export function pointsModule(pass: Pass, wanted?: readonly Slot[]): string {
  const tensor = pass.links[0].transform.declaration.field !== undefined;
  const io = ["param", "shape", ...(tensor ? ["field_at", "field_of"] : [])];
  if (wanted?.length) io.push("partial");
  if (wanted && tensor) io.push("value_gradient");
  const more = tensor ? ["import package::lib::between::{ between, mixed };"] : [];
  const scene = tensor ? { fields: "field: u32, ", loads: "s.field = field_of(n);" } : { fields: "", loads: "" };
  return [
    head(pass, io, [...more, "import package::lib::cheap::within2;"]),
    sceneCode(pass, scene),
    `fn size_of(s: Scene) -> vec2f { return vec2f(s.f.out_width, s.f.out_height); }
// How much larger a pixel of the result is than one of the source, as far as the sizes say.
fn ratio_of(s: Scene) -> vec2f { return vec2f(s.f.width, s.f.height) / size_of(s); }
// Where a point of the source would be if the field moved nothing.
fn guess_of(to: vec2f, s: Scene) -> vec2f { return (to + 0.5) / ratio_of(s) - 0.5; }
fn inside(q: vec2f, s: Scene) -> vec2f { return ${tensor ? "within2(q, vec2f(0.0), size_of(s) - 1.0)" : "q"}; }
`,
    tensor ? VALUE : "",
    `fn place_of(q: vec2f, s: Scene) -> vec2f {
  if (!s.on) { return q; }
  let at = inside(q, s);
  return t0::place(Pixel(at.x, at.y), s.p, s.f${tensor ? ", value_of(at, s)" : ""}) + (q - at) * ratio_of(s);
}
`,
    wanted ? backCode(wanted, tensor) : "",
  ].join("\n");
}

function backCode(wanted: readonly Slot[], tensor: boolean): string {
  const parts = wanted.flatMap(({ field, size }) =>
    size === 1 ? [field] : Array.from({ length: size }, (_, k) => `${field}[${k}]`),
  );
  const call = `t0::backward(Pixel(at.x, at.y), s.p, s.f, ${tensor ? "value_of(at, s), " : ""}g, &d)`;
  const lines = [
    "var d: t0::Params;",
    ...(tensor ? ["var gv = vec2f(0.0);"] : []),
    `if (s.on) { let at = inside(q, s); ${tensor ? "gv = " : ""}${call}; }`,
    ...parts.map((part, row) => `partial[${row}u * shape.samples * shape.threads + i] = d.${part};`),
    ...(tensor ? ["value_gradient[2u * i] = gv.x;", "value_gradient[2u * i + 1u] = gv.y;"] : []),
  ];
  return `fn back_of(q: vec2f, s: Scene, g: vec2f, i: u32) {\n  ${lines.join("\n  ")}\n}\n`;
}

/** The module `generated::taps`: where a mix without partners takes a pixel of its own sample, or with `back` where one of the result was. */
export function tapsModule(pass: Pass, back: boolean): string {
  const at = "Pixel(p.x, p.y)";
  const call = back ? `t0::tap(0u, ${at}, s.p, s.f)` : `t0::seen(0u, 0u, ${at}, s.p, s.f)`;
  return `${head(pass, ["param", "shape"])}
${sceneCode(pass, { fields: "", loads: "" })}
fn pixel_of(p: vec2f, n: u32) -> vec2f {
  let s = scene_of(n);
  if (!s.on) { return p; }
  let there = ${call}.at;
  return vec2f(there.x, there.y);
}
`;
}
