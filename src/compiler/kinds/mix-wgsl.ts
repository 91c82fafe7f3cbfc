import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import frameWgsl from "../../../shaders/lib/frame.wgsl";
import nanWgsl from "../../../shaders/lib/nan.wgsl";
import partnerWgsl from "../../../shaders/lib/partner.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import planeWgsl from "../../../shaders/lib/plane.wgsl";
import tapWgsl from "../../../shaders/lib/tap.wgsl";
import mixGatherWgsl from "../../../shaders/pass/mix_gather.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import type { Layout, Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import { loadParams, shaders as ofRow } from "../pixels/row.ts";
import { coinOf, partnersOf } from "./mix-slots.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  ...ofRow,
  cheapWgsl,
  frameWgsl,
  nanWgsl,
  partnerWgsl,
  pixelWgsl,
  planeWgsl,
  tapWgsl,
  mixGatherWgsl,
];

/** A mix as WGSL: what its pixels see of the samples, and who sees a pixel of a sample. */
export interface MixSpec {
  /** The mix, which is the first link of its pass. */
  mix: Bound;
  layout: Layout;
  channels: number;
  /** Slots of its parameters whose gradients are summed, by offset; absent in a forward pass. */
  wanted?: readonly Slot[];
  /** The first of their rows among all sums of the pass. */
  firstRow?: number;
}

const isNearest = ({ mix }: MixSpec): boolean => mix.transform.options.interpolation === "nearest";

const each = (count: number, code: (i: number) => string, between: string): string =>
  Array.from({ length: count }, (_, i) => code(i)).join(between);

const head = (spec: MixSpec, io: readonly string[], more: readonly string[] = []): string =>
  [
    `import package::${modulePath(spec.mix)} as t0;`,
    `import package::generated::io::{ ${io.join(", ")} };`,
    "import package::lib::cheap::whole;",
    "import package::lib::frame::Frame;",
    "import package::lib::pixel::Pixel;",
    "import package::lib::plane::Plane;",
    "import package::lib::tap::{ NOTHING, Tap };",
    ...more,
    "",
    "fn frame() -> Frame { return Frame(f32(shape.width), f32(shape.height), f32(shape.out_width), f32(shape.out_height)); }",
    "fn index(plane: Plane, at: Pixel) -> u32 { return u32(whole(at.y)) * plane.size.x + u32(whole(at.x)); }",
    "// What has no share is not seen, whatever it is: 0 times NaN is NaN.",
    "fn part(share: f32, v: vec3f) -> vec3f { return select(share * v, vec3f(0.0), share == 0.0); }",
    "",
  ].join("\n");

/** The module `generated::see`: what an output pixel sees, and in a backward pass how that pulls back to the parameters. */
export function seeModule(spec: MixSpec): string {
  const io = ["fetch_x", "param", "plane_x", "shape", ...(spec.wanted?.length ? ["save_partial"] : [])];
  const modules = [
    `import package::generated::chain::{ ${spec.wanted ? "Grads, " : ""}Row };`,
    ...(spec.wanted ? ["import package::lib::nan::is_finite3;"] : []),
    "import package::lib::nan::{ is_nan, is_nan3, nan_from };",
    "import package::lib::partner::partner_of;",
  ];
  return [
    head(spec, io, modules),
    sceneCode(spec),
    lookCode(spec),
    seeCode(spec),
    ...(spec.wanted ? [backCode(spec)] : []),
  ].join("\n");
}

/** What a thread knows about its sample: parameters, and where the planes of its partners begin. */
function sceneCode(spec: MixSpec): string {
  const partners = partnersOf(spec.layout);
  const coin = coinOf(spec.layout);
  return `struct Scene { p: t0::Params, frame: Frame, on: f32, lost: bool, nan: f32${each(partners.size, (k) => `, first${k + 1}: u32`, "")} }

fn scene_of(n: u32, lane: u32) -> Scene {
  var s: Scene;
  ${loadParams(spec.mix, 0, spec.layout, "s.p", spec.channels).join("\n  ")}
  s.frame = frame();
  s.on = ${coin ? `param(${coin.offset}u, n)` : "1.0"};
  ${each(
    partners.size,
    (k) => `let v${k + 1} = param(${partners.offset + k}u, n);
  s.lost = s.lost || is_nan(v${k + 1});
  s.nan = nan_from(v${k + 1});
  s.first${k + 1} = plane_x(partner_of(v${k + 1}, n, shape.samples), lane).first;`,
    "\n  ",
  )}
  return s;
}
`;
}

function lookCode(spec: MixSpec): string {
  const first = Array.from({ length: partnersOf(spec.layout).size }).reduce<string>(
    (code, _, k) => `select(${code}, s.first${k + 1}, t.source == ${k + 1}u)`,
    "plane.first",
  );
  return `fn look(plane: Plane, t: Tap, s: Scene) -> vec3f {
  var source = plane;
  source.first = ${first};
  return select(fetch_x(source, index(plane, t.at)), vec3f(0.0), t.source == NOTHING);
}
`;
}

/** The values of all taps, and their sum by shares: exactly one of them where that is all there is, or where all are equal. */
function seeCode(spec: MixSpec): string {
  const { taps } = spec.mix.transform.declaration.mix!;
  const sum = isNearest(spec) ? heaviestCode(taps) : sumCode(taps);
  return `struct Seen { value: vec3f, ${each(taps, (i) => `v${i}: vec3f`, ", ")} }

fn see_again(plane: Plane, at: Pixel, s: Scene, row: Row) -> Seen {
  ${each(taps, (i) => `let t${i} = t0::tap(${i}u, at, s.p, s.frame);\n  let v${i} = look(plane, t${i}, s);`, "\n  ")}
  ${sum}
  y = select(y, vec3f(s.nan), vec3<bool>(s.lost));
  ${coinOf(spec.layout) ? "if (s.on == 0.0) { y = fetch_x(plane, index(plane, at)); }" : ""}
  return Seen(y, ${each(taps, (i) => `v${i}`, ", ")});
}

fn see(plane: Plane, at: Pixel, s: Scene, row: Row) -> vec3f { return see_again(plane, at, s, row).value; }
`;
}

function sumCode(taps: number): string {
  const equal = each(taps - 1, (i) => `(v0 == v${i + 1})`, " & ");
  return [
    `var y = ${each(taps, (i) => `part(t${i}.share, v${i})`, " + ")};`,
    ...(taps > 1 ? [`y = select(y, v0, ${equal} & !is_nan3(y));`] : []),
    ...Array.from({ length: taps }, (_, i) => `y = select(y, v${i}, vec3<bool>(t${i}.share == 1.0));`),
  ].join("\n  ");
}

/** The value of the tap that has the greatest share. */
const heaviestCode = (taps: number): string =>
  [
    "var y = v0;",
    "var most = t0.share;",
    ...Array.from(
      { length: taps - 1 },
      (_, i) => `if (t${i + 1}.share > most) { y = v${i + 1}; most = t${i + 1}.share; }`,
    ),
  ].join("\n  ");

const sumOf = ({ field }: Slot): string => `sum_${field}`;

/** The gradient of a tap's share is Σ g · value; channels in which one of them is not finite are left out. */
function backCode(spec: MixSpec): string {
  const { wanted = [], firstRow = 0 } = spec;
  const { taps } = spec.mix.transform.declaration.mix!;
  const sums = wanted.map((slot) => `${sumOf(slot)}: ${slot.size === 1 ? "f32" : `array<f32, ${slot.size}>`}`);
  const components = wanted.flatMap((slot) =>
    slot.size === 1
      ? [[sumOf(slot), slot.field]]
      : Array.from({ length: slot.size }, (_, k) => [`${sumOf(slot)}[${k}]`, `${slot.field}[${k}]`]),
  );
  const finite = each(taps, (i) => `is_finite3(seen.v${i})`, " & ");
  return `struct SeeSum { ${sums.length ? sums.join(", ") : "none: f32"} }

fn see_back(seen: Seen, g: vec3f, at: Pixel, s: Scene, row: Row, sum: ptr<function, SeeSum>, grads: ptr<function, Grads>) {
  ${
    components.length === 0
      ? ""
      : `if (s.on == 0.0) { return; }
  let there = ${finite};
  let h = select(vec3f(0.0), g, there);
  var gs: array<f32, ${taps}>;
  ${each(taps, (i) => `gs[${i}] = dot(h, select(vec3f(0.0), seen.v${i}, there));`, "\n  ")}
  var d: t0::Params;
  t0::backward(at, s.p, s.frame, gs, &d);
  ${components.map(([to, from]) => `(*sum).${to} += d.${from};`).join("\n  ")}`
  }
}

fn save_see(sum: SeeSum, s: Scene, n: u32, lane: u32, slot: u32) {
  ${components.map(([from], k) => `save_partial(${firstRow + k}u, n, slot, sum.${from});`).join("\n  ")}
}
`;
}

const FROM_TAP = `// What comes back by a tap, where the source is one at all.
fn from_tap(plane: Plane, t: Tap) -> vec3f {
  let there = t.source < SOURCES;
  return select(vec3f(0.0), part(t.share, fetch_g(plane, index(plane, t.at))), there);
}`;

const fromHeaviestCode = ({ mix }: MixSpec): string => `fn heaviest(at: Pixel, p: t0::Params, f: Frame) -> Tap {
  var most = t0::tap(0u, at, p, f);
  for (var i = 1u; i < ${mix.transform.declaration.mix!.taps}u; i++) {
    let t = t0::tap(i, at, p, f);
    if (t.share > most.share) { most = t; }
  }
  return most;
}

// All of what comes back, where the pixel that looks here sees nothing else.
fn from_tap(plane: Plane, t: Tap, source: u32, at: Pixel, s: Eye, f: Frame) -> vec3f {
  if (t.source >= SOURCES) { return vec3f(0.0); }
  let most = heaviest(t.at, s.p, f);
  let mine = most.source == source && most.at.x == at.x && most.at.y == at.y;
  return select(vec3f(0.0), fetch_g(plane, index(plane, t.at)), mine);
}`;

/** The module `generated::seen`: what one sample's output gives back to a pixel of one of its sources. */
export function seenModule(spec: MixSpec): string {
  const { reach } = spec.mix.transform.declaration.mix!;
  const coin = coinOf(spec.layout);
  return `${head(spec, ["fetch_g", "param", "shape"])}
const SOURCES: u32 = ${partnersOf(spec.layout).size + 1}u;

struct Eye { p: t0::Params, on: f32 }

fn eye_of(n: u32) -> Eye {
  var s: Eye;
  ${loadParams(spec.mix, 0, spec.layout, "s.p", spec.channels).join("\n  ")}
  s.on = ${coin ? `param(${coin.offset}u, n)` : "1.0"};
  return s;
}

${isNearest(spec) ? fromHeaviestCode(spec) : FROM_TAP}

fn given(plane: Plane, source: u32, at: Pixel, s: Eye, f: Frame) -> vec3f {
  let g = ${each(reach, (i) => `from_tap(plane, t0::seen(${i}u, source, at, s.p, f)${isNearest(spec) ? ", source, at, s, f" : ""})`, " + ")};
  ${coin ? "if (s.on == 0.0) { return select(vec3f(0.0), fetch_g(plane, index(plane, at)), source == 0u); }" : ""}
  return g;
}
`;
}
