/** What a thread loads once for a sample: the parameters of a row of points, their coins, what they ask of the image, a fill. */
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { kernelSizeOf } from "../../transforms/filter/kernel.ts";
import type { OptionSpec } from "../../transforms/index.ts";
import { gateOf, type Layout, type Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import type { ChainSpec } from "./chain.ts";
import { drawFields, drawLoads } from "./draws.ts";
import { hasPartGroups } from "./lanes.ts";
import { statisticOf } from "./statistics.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [cheapWgsl];

export const aliasOf = (index: number): string => `t${index}`;

/**
 * Statements that fill `target`, the transform's Params, from the block; parameters per channel follow the lane. Values are moved into
 * their ranges here, so that a tensor lies in the block as it is.
 */
export function loadParams(bound: Bound, index: number, layout: Layout, target: string, channels: number): string[] {
  const { declaration, options } = bound.transform;
  const lines: string[] = [];
  for (const slot of layout.slots) {
    if (slot.transform !== index || slot.role !== "value" || slot.perKernel) continue;
    const to = `${target}.${slot.field}`;
    if (slot.list) lines.push(...loadList(slot, to, channels));
    else if (slot.perChannel) lines.push(`${to} = ${ofChannels(slot, channels)};`);
    else if (slot.size === 1) lines.push(`${to} = ${ranged(`param(${slot.offset}u, n)`, slot)};`);
    else
      for (let k = 0; k < slot.size; k++) lines.push(`${to}[${k}] = ${ranged(`param(${slot.offset + k}u, n)`, slot)};`);
  }
  for (const [name, spec] of Object.entries(declaration.options ?? {})) {
    if (spec.inShader) lines.push(`${target}.${name} = ${literal(options[name], spec)};`);
  }
  if (declaration.channelCount || statisticOf(declaration) === "mean") lines.push(`${target}.channels = ${channels}u;`);
  return lines;
}

/** The nearest value that a parameter allows: what a call refuses, a tensor may hold. NaN stays. */
function ranged(value: string, { range }: Slot): string {
  if (!range) return value;
  const { min, max, gap, whole } = range;
  const moves = { at_least: min, at_most: max, off_zero: gap || undefined };
  const moved = Object.entries(moves).reduce(
    (v, [move, to]) => (to === undefined ? v : `package::lib::cheap::${move}(${v}, ${float(to)})`),
    value,
  );
  return whole ? `round(${moved})` : moved;
}

/** The values of a thread's channels, of a parameter that has one for each. */
function ofChannels(slot: Slot, channels: number): string {
  const last = channels - 1;
  const at = (lane: number) => (last === 0 ? `${slot.offset}u` : `${slot.offset}u + min(lane + ${lane}u, ${last}u)`);
  return `vec3f(${[0, 1, 2].map((lane) => ranged(`param(${at(lane)}, n)`, slot)).join(", ")})`;
}

/** Where the list of each of a thread's channels begins. */
function loadList({ offset, list }: Slot, to: string, channels: number): string[] {
  const { length, tables } = list!;
  const first = (lane: number) =>
    tables === 1 ? `${offset}u` : `${offset}u + min(lane + ${lane}u, ${channels - 1}u) * ${length}u`;
  return [`${to}.first = vec3u(${first(0)}, ${first(1)}, ${first(2)});`, `${to}.length = ${length}u;`, `${to}.n = n;`];
}

/** A number as WGSL's f32. */
export const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** A word among several is its number among them; a size is down, across. */
function literal(value: unknown, { allowed }: OptionSpec): string {
  if (allowed === "anyKernelSize") return `vec2f(${kernelSizeOf(value).join(", ")})`;
  if (typeof value === "string") return `${(allowed as readonly unknown[]).indexOf(value)}.0`;
  if (typeof value === "number") return float(value);
  return String(value);
}

/** Whether some of these points need the size of the image. */
export const needsFrame = (points: ChainSpec["points"]): boolean =>
  points.some(({ bound }) => bound.transform.declaration.frame === true);

/** A point is behind what changes the size of the image. */
const FRAME =
  "r.frame = Frame(f32(shape.out_width), f32(shape.out_height), f32(shape.out_width), f32(shape.out_height));";

const gated = (bound: Bound) => bound.gate !== "always";

/** `Row` and `load_row`. */
export function rowCode(spec: ChainSpec): string {
  const { points, layout, channels, fill } = spec;
  const fields: string[] = [];
  const loads: string[] = [];
  if (needsFrame(points)) {
    fields.push("frame: Frame");
    loads.push(FRAME);
  }
  for (const point of points) {
    const { bound, index } = point;
    fields.push(`p${index}: ${aliasOf(index)}::Params`);
    loads.push(...loadParams(bound, index, layout, `r.p${index}`, channels));
    fields.push(...drawFields(point));
    loads.push(...drawLoads(point, layout));
    if (gated(bound)) {
      fields.push(`on${index}: f32`);
      loads.push(`r.on${index} = param(${gateOf(layout, index)!.offset}u, n);`);
    }
  }
  for (const [name, type, value] of spec.statistics?.rowFields(spec) ?? []) {
    fields.push(`${name}: ${type}`);
    loads.push(`r.${name} = ${value};`);
  }
  if (fill !== undefined) {
    fields.push("fill: vec3f");
    const slot = layout.slots.find((s) => s.transform === fill && s.role === "fill")!;
    loads.push(`r.fill = ${ofChannels(slot, channels)};`);
  }
  if (hasPartGroups(channels)) {
    fields.push("there: vec3<bool>");
    loads.push(`r.there = vec3u(lane) + vec3u(0u, 1u, 2u) < vec3u(${channels}u);`);
  }
  if (spec.statistics) {
    fields.push("n: u32");
    loads.push("r.n = n;");
  }
  if (fields.length === 0) fields.push("none: f32");
  return `struct Row { ${fields.join(", ")} }

fn load_row(n: u32, lane: u32) -> Row {
  var r: Row;
  ${loads.join("\n  ")}
  return r;
}
`;
}
