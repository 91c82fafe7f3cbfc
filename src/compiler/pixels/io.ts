import halfWgsl from "../../../shaders/lib/half.wgsl";
import planeWgsl from "../../../shaders/lib/plane.wgsl";
import quadWgsl from "../../../shaders/lib/quad.wgsl";
import pixelsForwardWgsl from "../../../shaders/pass/pixels_forward.wgsl";
import type { Shader } from "../../gpu/index.ts";
import type { DType } from "../../tensor/index.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [pixelsForwardWgsl, halfWgsl, planeWgsl, quadWgsl];

/** What a pass binds, in the order of its bindings; `shape` is always first. */
export interface Io {
  channels: number;
  /** Whether planes are whole quads: then four pixels are one load. */
  alignedIn: boolean;
  alignedOut: boolean;
  frames?: number;
  buffers: readonly IoBuffer[];
}

/** One buffer of a pass and how it is read or written. */
export type IoBuffer =
  | { role: "params" | "statistics" | "statistic_gradients" | "totals" | "table" }
  /** Anything, read or written by its name. */
  | { role: "floats"; name: string; writes?: boolean }
  | { role: "x" | "g"; dtype: DType; access: "quad" | "fetch"; plane: "in" | "out"; channels?: number }
  | { role: "y"; dtype: DType; channels?: number; adds?: boolean; rows?: boolean }
  | { role: "partial" | "sums" | "statistic_sums" | "gradients" | "words" }
  | { role: "counts"; bins: number }
  | OwnBuffer;

/** A buffer that a kind declares itself. */
export interface OwnBuffer {
  role: "own";
  access: "r" | "w";
  /** Its declaration at a binding, and the functions that read or write it. */
  code: (binding: number) => string;
  /** Items of modules that the code uses. */
  imports?: readonly string[];
}

/** The module `generated::io`: bindings, and how pixels are loaded and stored. */
export function ioModule(io: Io): string {
  const { channels } = io;
  const storesHalves = io.buffers.some((buffer) => buffer.role === "y" && buffer.dtype === "f16");
  const parts = [
    "import package::lib::plane::Plane;\nimport package::lib::quad::Quad;",
    ...(storesHalves ? ["import package::lib::half::pack_halves;"] : []),
    ...new Set(io.buffers.flatMap((buffer) => (buffer.role === "own" ? (buffer.imports ?? []) : []))),
    `const CHANNELS: u32 = ${channels}u;\nconst GROUPS: u32 = ${Math.ceil(channels / 3)}u;`,
    `struct Shape {
  samples: u32, threads: u32, quads: u32, pixels: u32,
  width: u32, height: u32, out_width: u32, out_height: u32,
${io.frames ? `  frames: array<vec4f, ${io.frames}>,\n` : ""}}`,
    "@group(0) @binding(0) var<uniform> shape: Shape;",
  ];
  io.buffers.forEach((buffer, i) => parts.push(bufferCode(io, buffer, i + 1)));
  return parts.join("\n\n");
}

const binding = (i: number, mode: string, name: string, type: string) =>
  `@group(0) @binding(${i}) var<storage, ${mode}> ${name}: array<${type}>;`;

function bufferCode(io: Io, buffer: IoBuffer, i: number): string {
  switch (buffer.role) {
    case "params":
      return `${binding(i, "read", "params", "f32")}\nfn param(slot: u32, n: u32) -> f32 { return params[slot * shape.samples + n]; }`;
    case "statistics":
      return `${binding(i, "read", "statistics", "f32")}\nfn statistic(k: u32, n: u32) -> f32 { return statistics[k * shape.samples + n]; }
fn level(i: u32) -> f32 { return statistics[i]; }`;
    case "words":
      return `${binding(i, "read_write", "words", "u32")}
fn save_word(k: u32, n: u32, t: u32, value: vec3u) {
  let at = 3u * ((k * shape.samples + n) * (shape.threads * GROUPS) + t);
  words[at] = value.x;
  words[at + 1u] = value.y;
  words[at + 2u] = value.z;
}`;
    case "counts":
      return `${binding(i, "read_write", "counts", "atomic<u32>")}\nconst BINS: u32 = ${buffer.bins}u;`;
    case "statistic_gradients":
      return `${binding(i, "read", "statistic_gradients", "f32")}\nfn statistic_gradient(k: u32, n: u32) -> f32 { return statistic_gradients[k * shape.samples + n]; }`;
    case "table":
      return `${binding(i, "read", "table", "u32")}\nfn table_at(i: u32) -> u32 { return table[i]; }`;
    case "totals":
      return `${binding(i, "read", "totals", "f32")}\nfn total(slot: u32, n: u32) -> f32 { return totals[slot * shape.samples + n]; }`;
    case "partial":
      return partialCode(i, "partial", "partial");
    case "statistic_sums":
      return partialCode(i, "statistic_sums", "statistic");
    case "floats":
      return binding(i, buffer.writes ? "read_write" : "read", buffer.name, "f32");
    case "gradients":
      return `${binding(i, "read_write", "gradients", "f32")}
fn save_gradient(slot: u32, n: u32, value: f32) { gradients[slot * shape.samples + n] = value; }`;
    case "sums":
      return `${binding(i, "read_write", "sums", "f32")}\nfn save_sum(value: f32, n: u32, t: u32) { sums[n * (shape.threads * GROUPS) + t] = value; }`;
    case "y":
      return storeCode(io, buffer, i);
    case "own":
      return buffer.code(i);
    default:
      return buffer.access === "quad" ? quadCode(io, buffer, i) : fetchCode(io, buffer, i);
  }
}

/** Sums of single threads, `[slot][sample][thread]`, to be written, or to be added to. */
function partialCode(i: number, name: string, what: string): string {
  return `${binding(i, "read_write", name, "f32")}
fn ${what}_at(slot: u32, n: u32, t: u32) -> u32 { return (slot * shape.samples + n) * (shape.threads * GROUPS) + t; }
fn save_${what}(slot: u32, n: u32, t: u32, value: f32) { ${name}[${what}_at(slot, n, t)] = value; }
fn add_${what}(slot: u32, n: u32, t: u32, value: f32) { ${name}[${what}_at(slot, n, t)] += value; }`;
}

/** The function that a thread asks once for where its channels lie; `step` is in elements of the buffer. */
const planeCode = (name: string, channels: number, step: string, size: string, interleaved = false) =>
  `fn plane_${name}(n: u32, lane: u32) -> Plane {
  let step = ${step};
  return Plane(${interleaved ? "n" : `(n * ${channels}u + lane)`} * step, step, min(3u, ${channels}u - lane), vec2u(${size}));
}`;

/** Code for the three lanes of a group; what does not exist is `missing`. */
const lanes = (channels: number, code: (lane: number) => string, missing: string): string =>
  [0, 1, 2]
    .map((lane) => {
      if (lane === 0 || channels % 3 === 0) return code(lane);
      return channels < 3 && lane >= channels ? missing : `select(${missing}, ${code(lane)}, ${lane}u < p.lanes)`;
    })
    .join(", ");

const behind = (at: string, lane: number) => (lane ? `${at} + ${lane}u * p.step` : at);

const sizeOf = (plane: "in" | "out") =>
  plane === "in" ? (["shape.width", "shape.height"] as const) : (["shape.out_width", "shape.out_height"] as const);

function quadCode(
  io: Io,
  { role, dtype, plane, channels = io.channels }: Extract<IoBuffer, { role: "x" | "g" }>,
  i: number,
): string {
  const aligned = plane === "in" ? io.alignedIn : io.alignedOut;
  const size = sizeOf(plane).join(", ");
  const head = `fn load_${role}(p: Plane, q: u32) -> Quad {`;
  const all = (code: (lane: number) => string) => `Quad(${lanes(channels, code, "vec4f(0.0)")})`;
  if (dtype === "rgba8") {
    // Beyond the plane the last quad reads the next image's pixels; they are never stored.
    return `${binding(i, "read", role, "u32")}
${planeCode(role, channels, "shape.pixels", size, true)}
${head}
  let i = p.first + q * 4u;
  let last = arrayLength(&${role}) - 1u;
  let p0 = unpack4x8unorm(${role}[i]);
  let p1 = unpack4x8unorm(${role}[min(i + 1u, last)]);
  let p2 = unpack4x8unorm(${role}[min(i + 2u, last)]);
  let p3 = unpack4x8unorm(${role}[min(i + 3u, last)]);
${channels > 3 ? "  if (p.lanes == 1u) { return Quad(vec4f(p0.w, p1.w, p2.w, p3.w), vec4f(0.0), vec4f(0.0)); }\n" : ""}  return Quad(vec4f(p0.x, p1.x, p2.x, p3.x), vec4f(p0.y, p1.y, p2.y, p3.y), vec4f(p0.z, p1.z, p2.z, p3.z));
}`;
  }
  if (dtype === "f32" && !aligned) {
    return `${binding(i, "read", role, "f32")}
${planeCode(role, channels, "shape.pixels", size)}
fn ${role}_quad(plane: u32, i: u32, pixels: u32) -> vec4f {
  let at = plane + i;
  let last = pixels - 1u;
  let inside = vec4u(i) + vec4u(0u, 1u, 2u, 3u) < vec4u(pixels);
  let v = vec4f(${role}[at], ${role}[at + min(1u, last - i)], ${role}[at + min(2u, last - i)], ${role}[at + min(3u, last - i)]);
  return select(vec4f(0.0), v, inside);
}
${head}
  return ${all((lane) => `${role}_quad(${behind("p.first", lane)}, q * 4u, p.step)`)};
}`;
  }
  const [type, read] = {
    f32: ["vec4f", (at: string) => `${role}[${at}]`],
    f16: ["vec2u", (at: string) => `vec4f(unpack2x16float(${role}[${at}].x), unpack2x16float(${role}[${at}].y))`],
    u8: ["u32", (at: string) => `unpack4x8unorm(${role}[${at}])`],
  }[dtype] as [string, (at: string) => string];
  return `${binding(i, "read", role, type)}
${planeCode(role, channels, "shape.quads", size)}
${head}
  let at = p.first + q;
  return ${all((lane) => read(behind("at", lane)))};
}`;
}

function fetchCode(io: Io, { role, dtype, plane }: Extract<IoBuffer, { role: "x" | "g" }>, i: number): string {
  const { channels } = io;
  const [width, height] = sizeOf(plane);
  const head = `fn fetch_${role}(p: Plane, i: u32) -> vec3f {`;
  if (dtype === "rgba8") {
    return `${binding(i, "read", role, "u32")}
${planeCode(role, channels, `${width} * ${height}`, `${width}, ${height}`, true)}
${head}
  let v = unpack4x8unorm(${role}[p.first + i]);
  return ${channels > 3 ? "select(v.xyz, vec3f(v.w, 0.0, 0.0), p.lanes == 1u)" : "v.xyz"};
}`;
  }
  const step = dtype === "f32" ? `${width} * ${height}` : `(${width} * ${height} + 3u) / 4u * 4u`;
  const value = {
    f32: "",
    f16: `unpack2x16float(${role}[at >> 1u] >> ((at & 1u) * 16u)).x`,
    u8: `f32((${role}[at >> 2u] >> ((at & 3u) * 8u)) & 255u) / 255.0`,
  }[dtype];
  const read = (at: string) => (value ? `${role}_at(${at})` : `${role}[${at}]`);
  return `${binding(i, "read", role, value ? "u32" : "f32")}
${planeCode(role, channels, step, `${width}, ${height}`)}
${value ? `fn ${role}_at(at: u32) -> f32 { return ${value}; }\n` : ""}${head}
  let at = p.first + i;
  return vec3f(${lanes(channels, (lane) => read(behind("at", lane)), "0.0")});
}`;
}

function storeCode(
  io: Io,
  { dtype, channels = io.channels, adds, rows }: Extract<IoBuffer, { role: "y" }>,
  i: number,
): string {
  const set = adds ? "+=" : "=";
  const names = ["a", "b", "c"];
  const each = (code: (lane: number) => string) =>
    names
      .map((_, lane) => {
        if (lane === 0 || channels % 3 === 0) return `  ${code(lane)}`;
        if (channels < 3 && lane >= channels) return "";
        return `  if (${lane}u < p.lanes) { ${code(lane)} }`;
      })
      .filter(Boolean)
      .join("\n");
  const size = sizeOf("out").join(", ");
  if (rows) {
    // Up to four pixels from the place `at` of a plane on, that a row of `left` pixels more has.
    return `${binding(i, "read_write", "y", "f32")}
${planeCode("y", channels, "shape.pixels", size)}
fn store_some(at: u32, left: u32, v: vec4f) {
  y[at] = v.x;
  if (left > 1u) { y[at + 1u] = v.y; }
  if (left > 2u) { y[at + 2u] = v.z; }
  if (left > 3u) { y[at + 3u] = v.w; }
}
fn store_row(p: Plane, i: u32, left: u32, v: Quad) {
  let at = p.first + i;
${each((lane) => `store_some(${behind("at", lane)}, left, v.${names[lane]});`)}
}`;
  }
  const head = "fn store(p: Plane, q: u32, v: Quad) {";
  if (dtype === "f32" && !io.alignedOut) {
    return `${binding(i, "read_write", "y", "f32")}
${planeCode("y", channels, "shape.pixels", size)}
fn store_quad(plane: u32, i: u32, pixels: u32, v: vec4f) {
  let at = plane + i;
  y[at] ${set} v.x;
  if (i + 1u < pixels) { y[at + 1u] ${set} v.y; }
  if (i + 2u < pixels) { y[at + 2u] ${set} v.z; }
  if (i + 3u < pixels) { y[at + 3u] ${set} v.w; }
}
${head}
${each((lane) => `store_quad(${behind("p.first", lane)}, q * 4u, p.step, v.${names[lane]});`)}
}`;
  }
  const write = (lane: number) =>
    dtype === "f16"
      ? `vec2u(pack_halves(v.${names[lane]}.xy), pack_halves(v.${names[lane]}.zw))`
      : dtype === "u8"
        ? `pack4x8unorm(v.${names[lane]})`
        : `v.${names[lane]}`;
  return `${binding(i, "read_write", "y", dtype === "f16" ? "vec2u" : dtype === "u8" ? "u32" : "vec4f")}
${planeCode("y", channels, "shape.quads", size)}
${head}
  let at = p.first + q;
${each((lane) => `y[${behind("at", lane)}] ${set} ${write(lane)};`)}
}`;
}
