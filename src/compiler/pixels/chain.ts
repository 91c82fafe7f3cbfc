import blendWgsl from "../../../shaders/lib/blend.wgsl";
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import frameWgsl from "../../../shaders/lib/frame.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import shareWgsl from "../../../shaders/lib/share.wgsl";
import type { Shader } from "../../gpu/index.ts";
import type { StatisticName } from "../../transforms/index.ts";
import { modulePath } from "../identity.ts";
import type { Layout, Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import { drawArguments, drawImports } from "./draws.ts";
import { isPartial, lanesCode, own, safe } from "./lanes.ts";
import { aliasOf, needsFrame, rowCode } from "./row.ts";
import type * as Statistics from "./statistic-wgsl.ts";
import { isHistogram, placesOf, ruleOf, statisticOf, typeOf } from "./statistics.ts";
import { addSum, saveSum, sumType } from "./sums.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [blendWgsl, cheapWgsl, frameWgsl, pixelWgsl, shareWgsl];

/** A chain of points as WGSL: the module `generated::chain`. */
export interface ChainSpec {
  /** Points of the pass, with their position among the pass's transforms (maps come first). */
  points: readonly { bound: Bound; index: number }[];
  layout: Layout;
  channels: number;
  /** The transform whose `fill` the pass shows, if any. */
  fill?: number;
  /** Slots whose gradients are saved, by offset; absent in a forward pass. */
  wanted?: readonly Slot[];
  /** For a pass of a statistic: measure that of this point, or pull the gradient of it back through the points before. */
  statistic?: { kind: "measure" | "pull"; point: number };
  /** Whether a backward pass also sums the gradients of the statistics, for passes of their own to pull back. */
  sumsStatistics?: boolean;
  /** What writes them, where a point has one. */
  statistics?: typeof Statistics;
  /** Whether the last quad of a plane may reach beyond it: what lies there takes no part in any sum. */
  ragged?: boolean;
}

export function chainModule(spec: ChainSpec): string {
  const { points, wanted } = spec;
  const imports = points.map(({ bound, index }) => `import package::${modulePath(bound)} as ${aliasOf(index)};`);
  const out = [...imports, "import package::lib::pixel::Pixel;", ...drawImports(points)];
  if (points.some(({ bound }) => bound.gate === "gate"))
    out.push("import package::lib::blend::{ blend, blend_slope };");
  const io = ["param"];
  const code = [rowCode(spec), lanesCode(spec.channels), runCode(spec)];
  const pullsStatistic = spec.statistic?.kind === "pull";
  if (spec.statistic) code.push(asksCode(spec));
  if (spec.statistic?.kind === "measure") code.push(measureCode(spec));
  else if (wanted)
    code.push(gradsCode(spec), pullsStatistic ? pullStatisticCode(spec) : pullCode(spec), saveCode(spec));
  const summed = ownSlots(spec).map(({ slot }) => slot);
  if (summed.some(({ list }) => !list) && !pullsStatistic) io.push("save_partial");
  if (summed.some(({ list }) => list) || (summed.length > 0 && pullsStatistic)) io.push("add_partial");
  if (summed.some(({ list }) => list)) out.push("import package::lib::share::own_slot;");
  if (ownSlots(spec).length || summedOf(spec).length) io.push("CHANNELS");
  const statistics = spec.statistics?.statisticsCode(spec) ?? { imports: [], code: [], io: [] };
  out.push(...statistics.imports);
  code.push(...statistics.code);
  io.push(...statistics.io);
  if (pullsStatistic) io.push("statistic_gradient");
  if (summedOf(spec).length) io.push(pullsStatistic ? "add_statistic" : "save_statistic");
  const framed = needsFrame(points);
  if (framed) out.push("import package::lib::frame::Frame;");
  if (framed || skipsBeyond(spec) || statistics.io.length || pullsStatistic) io.push("shape");
  out.push(`import package::generated::io::{ ${io.join(", ")} };`);
  return [...out, "", ...code].join("\n");
}

/** Further arguments of a transform's functions, for the pixel value `x`: its statistic, the pixel, the sizes. */
function extras(point: ChainSpec["points"][number], x: string): string {
  const { bound, index } = point;
  const { declaration } = bound.transform;
  const statistic = statisticOf(declaration);
  const given = isHistogram(statistic)
    ? `, levels${index}(${aliasOf(index)}::place(${x}), r.s${index})`
    : statistic
      ? `, r.s${index}`
      : "";
  return `${given}${declaration.position ? ", at" : ""}${declaration.frame ? ", r.frame" : ""}${drawArguments(point)}`;
}

/** Whether a point that hides leaves a pixel: what it makes of 1, where it covers by 0, is the share that is left. */
function leaves(point: ChainSpec["points"][number]): string {
  const { bound, index } = point;
  const left = `${aliasOf(index)}::forward(vec3f(1.0), r.p${index}${extras(point, "vec3f(1.0)")})`;
  return `(${bound.gate === "gate" ? `blend(vec3f(1.0), ${left}, r.on${index})` : left}).x >= 0.5`;
}

const hides = ({ bound }: ChainSpec["points"][number]): boolean => bound.transform.declaration.hides === true;

/** A condition under which a point that hides does; where a coin says no, it does not. */
const isHidden = (point: ChainSpec["points"][number]): string =>
  point.bound.gate === "coin" ? `r.on${point.index} != 0.0 && !(${leaves(point)})` : `!(${leaves(point)})`;

/** One `let` per transform: the WGSL parser limits how deep expressions nest. */
function forwardLines(spec: ChainSpec, upTo = spec.points.length): string[] {
  const lines: string[] = [];
  spec.points.slice(0, upTo).forEach((point, i) => {
    if (hides(point)) {
      lines.push(`let x${i + 1} = select(x${i}, vec3f(0.0), ${isHidden(point)});`);
      return;
    }
    const call = own(
      spec.channels,
      `${aliasOf(point.index)}::forward(x${i}, r.p${point.index}${extras(point, `x${i}`)})`,
    );
    const on = `r.on${point.index}`;
    if (point.bound.gate === "always") lines.push(`let x${i + 1} = ${call};`);
    else if (point.bound.gate === "coin")
      lines.push(`var x${i + 1} = x${i};`, `if (${on} != 0.0) { x${i + 1} = ${call}; }`);
    else lines.push(`let y${i} = ${call};`, `let x${i + 1} = blend(x${i}, y${i}, ${on});`);
  });
  return lines;
}

/** A function over a pixel. What a map shows beyond the image it shows in every lane. */
const pixelCode = (spec: ChainSpec, head: (x: string) => string, lines: readonly string[]): string => {
  const shown = spec.fill !== undefined && isPartial(spec.channels);
  return `${head(shown ? "shown" : "x0")} {\n  ${[...(shown ? [`let x0 = ${own(spec.channels, "shown")};`] : []), ...lines].join("\n  ")}\n}\n`;
};

function runCode(spec: ChainSpec): string {
  const lines = [...forwardLines(spec), `return x${spec.points.length};`];
  return pixelCode(spec, (x) => `fn run(${x}: vec3f, r: Row, at: Pixel) -> vec3f`, lines);
}

/** Whether a sample asks for the statistic. A gate between 0 and 1 always does: at 0, too, it has a gradient. */
function asksCode({ points, statistic }: ChainSpec): string {
  const { bound, index } = points[statistic!.point];
  return `fn asks(r: Row) -> bool { return ${bound.gate === "coin" ? `r.on${index} != 0.0` : "true"}; }\n`;
}

function measureCode(spec: ChainSpec): string {
  const k = spec.statistic!.point;
  const { bound, index } = spec.points[k];
  const statistic = statisticOf(bound.transform.declaration);
  const call = isHistogram(statistic) ? `bin(x${k})` : `measure(x${k}, r.p${index})`;
  const type = statistic === "mean" ? "f32" : "vec3f";
  const lines = [...forwardLines(spec, k), `return ${aliasOf(index)}::${call};`];
  return pixelCode(spec, (x) => `fn measure(${x}: vec3f, r: Row, at: Pixel) -> ${type}`, lines);
}

/** The slots of `wanted` that this chain sums, with their rows among all of its sums: those of its points, and the fill. */
function ownSlots({ wanted = [], points, fill, statistic }: ChainSpec): { slot: Slot; row: number }[] {
  const reached = statistic ? points.slice(0, statistic.point + 1) : points;
  let row = 0;
  return wanted
    .filter(({ role, transform }) =>
      role === "fill" ? fill === transform : points.some(({ index }) => index === transform),
    )
    .map((slot) => {
      const own = { slot, row };
      row += slot.size;
      return own;
    })
    .filter(({ slot }) => slot.role === "fill" || reached.some(({ index }) => index === slot.transform));
}

/** A sum's field in `Grads`. */
const sumOf = ({ transform, field, role }: Slot): string => `${role === "gate" ? "gate_of" : field}_${transform}`;

/** Statistics whose gradients are summed, with the positions of their points. */
const summedOf = (spec: ChainSpec) => spec.statistics?.summedStatistics(spec) ?? [];

/** Only what is wanted: a sum that nobody reads would still be carried through every pixel. */
function gradsCode(spec: ChainSpec): string {
  const fields = ownSlots(spec)
    .filter(({ slot }) => !slot.list)
    .map(({ slot }) => `${sumOf(slot)}: ${sumType(slot)}`);
  fields.push(...summedOf(spec).map(({ place, index }) => `statistic_${index}: ${typeOf(place.statistic)}`));
  return `struct Grads { ${fields.length ? fields.join(", ") : "none: f32"} }\n`;
}

/** Adds the gradients `from` of one transform to the sums that are wanted. */
function addLines(spec: ChainSpec, index: number, from: string): string[] {
  return ownSlots(spec)
    .filter(({ slot }) => slot.transform === index && slot.role === "value")
    .flatMap(({ slot, row }) => {
      const table = `r.p${index}.${slot.field}`;
      return addSum(slot, row, `(*grads).${sumOf(slot)}`, `${from}.${slot.field}`, table, spec.channels);
    });
}

/** Pulls `g` back through the points before `end`, last one first. */
function pullLines(spec: ChainSpec, end: number): string[] {
  const lines: string[] = [];
  const summed = summedOf(spec);
  for (let i = end - 1; i >= 0; i--) {
    const point = spec.points[i];
    if (hides(point)) {
      lines.push(`g = select(g, vec3f(0.0), ${isHidden(point)});`);
      continue;
    }
    const { bound, index } = point;
    const module = aliasOf(index);
    const statistic = statisticOf(bound.transform.declaration);
    const hasGradient = statistic !== null && !isHistogram(statistic);
    const body: string[] = [`var d${i}: ${module}::Params;`];
    if (hasGradient) body.push(`var m${i}: ${typeOf(statistic)};`);
    const on = `r.on${index}`;
    const isGate = bound.gate === "gate";
    const call = own(
      spec.channels,
      `${module}::backward(${safe(spec.channels, `x${i}`)}, r.p${index}${extras(point, safe(spec.channels, `x${i}`))}, ${isGate ? `${on} * g` : "g"}, &d${i}${hasGradient ? `, &m${i}` : ""})`,
    );
    if (isGate) {
      const slot = ownSlots(spec).find(({ slot }) => slot.transform === index && slot.role === "gate")?.slot;
      if (slot) lines.push(`(*grads).${sumOf(slot)} += blend_slope(x${i}, y${i}, g);`);
      body.push(`let b${i} = ${call};`, `g = select((1.0 - ${on}) * g + b${i}, b${i}, ${on} >= 1.0);`);
    } else body.push(`g = ${call};`);
    const sum = summed.find((one) => one.index === index);
    if (sum)
      for (const part of spec.statistics!.gradientParts(sum.place))
        body.push(`(*grads).statistic_${index}${part} += m${i}${part};`);
    body.push(...addLines(spec, index, `d${i}`));
    const block = body.join("\n    ");
    // What was not applied is not pulled back: not even as a product with 0.
    lines.push(`${bound.gate === "always" ? "" : `if (${on} != 0.0) `}{\n    ${block}\n  }`);
  }
  return lines;
}

/** Pixels beyond the last one are left out, not multiplied by a gradient of 0: what they hold may be infinite. */
const skipsBeyond = (spec: ChainSpec): boolean =>
  spec.ragged === true && (ownSlots(spec).length > 0 || summedOf(spec).length > 0);

const beyondLines = (spec: ChainSpec): string[] =>
  skipsBeyond(spec) ? ["if (at.y >= f32(shape.out_height)) { return vec3f(0.0); }"] : [];

/** The pull-back of the chain, as if its statistics were constants. */
function pullCode(spec: ChainSpec): string {
  const { points } = spec;
  const lines = [
    ...beyondLines(spec),
    ...forwardLines(spec, points.length - (points[points.length - 1]?.bound.gate === "gate" ? 0 : 1)),
    "var g = gy;",
    ...pullLines(spec, points.length),
    "return g;",
  ];
  return pixelCode(
    spec,
    (x) => `fn pull(${x}: vec3f, r: Row, at: Pixel, gy: vec3f, grads: ptr<function, Grads>) -> vec3f`,
    lines,
  );
}

/** What the gradient of a statistic adds: it enters where the statistic is measured. */
function pullStatisticCode(spec: ChainSpec): string {
  const { points, statistic } = spec;
  const k = statistic!.point;
  const { index } = points[k];
  const place = placesOf(points, spec.channels).of[k]!;
  const x = safe(spec.channels, `x${k}`);
  const v = place.statistic === "mean" ? "" : `${aliasOf(index)}::measure(${x}, r.p${index})`;
  const call = `${aliasOf(index)}::measure_backward(${x}, r.p${index}, gm, &d${k})`;
  const lines = [
    ...beyondLines(spec),
    ...forwardLines(spec, k),
    `var d${k}: ${aliasOf(index)}::Params;`,
    ...(v ? [`let v = ${v};`] : []),
    `let gm = ${spec.statistics!.shareOf(place, index, "v")};`,
    `var g = ${own(spec.channels, call)};`,
    ...addLines(spec, index, `d${k}`),
    ...pullLines(spec, k),
    "return g;",
  ];
  return pixelCode(
    spec,
    (x) => `fn pull_statistic(${x}: vec3f, r: Row, at: Pixel, grads: ptr<function, Grads>) -> vec3f`,
    lines,
  );
}

/** Writes the sums of a thread's three channels, and 0 for all others, in a row per channel. */
function perChannelLine({ channels }: ChainSpec, save: string, row: number, from: string): string {
  if (channels === 1) return `${save}(${row}u, n, t, ${from}.x);`;
  return `for (var c = 0u; c < CHANNELS; c++) {
    ${save}(${row}u + c, n, t, select(0.0, ${from}[min(c - min(lane, c), 2u)], c >= lane && c < lane + 3u));
  }`;
}

/** Writes the wanted sums of a thread, or adds them, one row of partial sums per value. */
function saveCode(spec: ChainSpec): string {
  const verb = spec.statistic ? "add" : "save";
  const lines = ownSlots(spec).flatMap(({ slot, row }) => saveSum(slot, row, `g.${sumOf(slot)}`, verb, spec.channels));
  for (const { place, index } of summedOf(spec)) {
    const { perChannel } = ruleOf(place.statistic as StatisticName);
    spec.statistics!.gradientParts(place).forEach((part, k) => {
      const from = `g.statistic_${index}${part}`;
      if (perChannel) lines.push(perChannelLine(spec, `${verb}_statistic`, place.gradient + k * spec.channels, from));
      else lines.push(`${verb}_statistic(${place.gradient}u, n, t, ${from});`);
    });
  }
  return `fn save_grads(g: Grads, n: u32, lane: u32, t: u32) {\n  ${lines.join("\n  ")}\n}\n`;
}
