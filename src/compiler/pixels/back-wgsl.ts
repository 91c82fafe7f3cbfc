/** The way back of a chain as WGSL: its pull-back, and the sums of the gradients of its parameters. */
import shareWgsl from "../../../shaders/lib/share.wgsl";
import paramPackWgsl from "../../../shaders/pass/param_pack.wgsl";
import paramUnpackWgsl from "../../../shaders/pass/param_unpack.wgsl";
import pixelsBackwardWgsl from "../../../shaders/pass/pixels_backward.wgsl";
import sumRowsWgsl from "../../../shaders/pass/sum_rows.wgsl";
import sumShortRowsWgsl from "../../../shaders/pass/sum_short_rows.wgsl";
import type { Shader } from "../../gpu/index.ts";
import type { StatisticName } from "../../transforms/index.ts";
import type { Slot } from "../pack/layout.ts";
import { type ChainSpec, extras, forwardLines, hides, isHidden, pixelCode, type Written } from "./chain.ts";
import { own, safe } from "./lanes.ts";
import { aliasOf } from "./row.ts";
import { isHistogram, placesOf, ruleOf, statisticOf, typeOf } from "./statistics.ts";
import { addSum, saveSum, sumType } from "./sums.ts";

/** What is linked with what is written here, and kernels of parameters that are tensors: a page that does not learn loads nothing of it. */
export const shaders: readonly Shader[] = [
  paramPackWgsl,
  paramUnpackWgsl,
  pixelsBackwardWgsl,
  shareWgsl,
  sumRowsWgsl,
  sumShortRowsWgsl,
];

/** What a chain has besides in a backward pass. */
export function backCode(spec: ChainSpec): Written {
  const isStatistic = spec.statistic !== undefined;
  const slots = ownSlots(spec).map(({ slot }) => slot);
  const hasLists = slots.some(({ list }) => list);
  const sumsStatistics = summedOf(spec).length > 0;
  const io: string[] = [];
  if (slots.some(({ list }) => !list) && !isStatistic) io.push("save_partial");
  if (hasLists || (slots.length > 0 && isStatistic)) io.push("add_partial");
  if (slots.length > 0 || sumsStatistics) io.push("CHANNELS");
  if (isStatistic) io.push("statistic_gradient");
  if (sumsStatistics) io.push(isStatistic ? "add_statistic" : "save_statistic");
  if (skipsBeyond(spec) || isStatistic) io.push("shape");
  return {
    imports: hasLists ? ["import package::lib::share::own_slot;"] : [],
    code: [gradsCode(spec), isStatistic ? pullStatisticCode(spec) : pullCode(spec), saveCode(spec)],
    io,
  };
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
