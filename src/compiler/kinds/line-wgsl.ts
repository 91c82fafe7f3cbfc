import lineWgsl from "../../../shaders/lib/line.wgsl";
import tailWgsl from "../../../shaders/lib/tail.wgsl";
import windowWgsl from "../../../shaders/lib/window.wgsl";
import windowAdjointWgsl from "../../../shaders/pass/window_adjoint.wgsl";
import windowFoldWgsl from "../../../shaders/pass/window_fold.wgsl";
import windowLineWgsl from "../../../shaders/pass/window_line.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { chunkFor, placesOf } from "../tuning.ts";
import { correlateFlat } from "./line-flat-wgsl.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  lineWgsl,
  tailWgsl,
  windowWgsl,
  windowAdjointWgsl,
  windowFoldWgsl,
  windowLineWgsl,
];

/** A window along one axis, and how it is worked on. */
export interface BlockSpec {
  /** Weights of the window. */
  taps: number;
  /** Neighbouring pixels that a thread works on, a multiple of 4. */
  block: number;
  /** Whether the derivatives of the weights are applied too. */
  derivatives: boolean;
  /** Whether some samples may be left alone: their pixels are taken as they are. */
  coin: boolean;
  /** Whether the outermost weight is 0, as the window is of even size: what has no weight is not seen, as 0 times NaN is NaN. */
  even: boolean;
  /** Whether all weights are equal, but for the outermost one of a window of even size. */
  flat: boolean;
  /** Whether weights as far from the middle are equal, and pixels are added up in pairs before they are multiplied. */
  inPairs: boolean;
}

const range = (n: number) => Array.from({ length: n }, (_, k) => k);

/**
 * The module `generated::block`: a value for each of a thread's neighbouring pixels (`Sums`), and Σ_t w[t] x[i + t − radius]
 * for them. Written out, as whatever is read is used for all of them; SwiftShader reads no faster from an array of registers
 * than from memory.
 */
export function blockModule(spec: BlockSpec): string {
  const quads = range(spec.block / 4);
  const offsets = (q: number) => `vec4i(${range(4).map((k) => 4 * q + k)})`;
  const each = (code: (q: number) => string, between = ", ") => quads.map(code).join(between);
  const place = (k: number) => `at + ${k}u * inner`;
  const lanes = ["x", "y", "z", "w"];
  return `import package::lib::line::Block;
import package::lib::tail::{ Tail, finished };
import package::lib::window::{ ${spec.derivatives ? "before, " : ""}line, pixels_of, table, tap, y };

const BLOCK: u32 = ${spec.block}u;

struct Sums { ${each((q) => `v${q}: vec4f`)} }

${spec.flat && !spec.derivatives ? correlateFlat(spec) : correlate(spec, quads)}
${
  spec.coin
    ? `fn untouched(block: Block, t: Tail) -> Sums {
  let pixels = pixels_of(block.start);
  return Sums(${each((q) => `vec4f(${range(4).map((k) => `tap(pixels, block.i + ${4 * q + k}, t)`)})`)});
}
`
    : ""
}
fn add(s: ptr<function, Sums>, j: i32, value: f32) {
  ${each((q) => `(*s).v${q} += select(vec4f(0.0), vec4f(value), vec4i(j) == ${offsets(q)});`, "\n  ")}
}

fn plus(a: Sums, b: Sums) -> Sums { return Sums(${each((q) => `a.v${q} + b.v${q}`)}); }

fn turn_around(s: Sums) -> Sums { return Sums(${each((q) => `s.v${quads.length - 1 - q}.wzyx`)}); }

fn product(a: Sums, b: Sums) -> f32 { return ${each((q) => `dot(a.v${q}, b.v${q})`, " + ")}; }

// Of the places from \`first\` on, those that are not on the line.
fn beyond(s: Sums, first: i32, length: i32) -> Sums {
  return Sums(${each((q) => `select(vec4f(0.0), s.v${q}, (first + ${offsets(q)} < vec4i(0)) | (first + ${offsets(q)} >= vec4i(length)))`)});
}

fn save(block: Block, s: Sums, t: Tail) {
  let inner = line.inner;
  let at = block.start + u32(block.i) * inner;
  ${range(spec.block)
    .map(
      (k) => `if (${k}u < block.count) { y[${place(k)}] = finished(s.v${k >> 2}.${lanes[k & 3]}, block.i + ${k}, t); }`,
    )
    .join("\n  ")}
}

${["y", ...(spec.derivatives ? ["before"] : [])]
  .map(
    (name) => `fn load_${name}(block: Block) -> Sums {
  let inner = line.inner;
  let at = block.start + u32(block.i) * inner;
  return Sums(${each((q) => `vec4f(${range(4).map((k) => `select(0.0, ${name}[${place(4 * q + k)}], ${4 * q + k}u < block.count)`)})`)});
}`,
  )
  .join("\n\n")}
`;
}

/** The names of the weights, and of the derivatives where they are applied too. */
const kindsOf = ({ derivatives }: BlockSpec) => (derivatives ? ["w", "d"] : ["w"]);

const read = (k: number, behind = "") => `tap(pixels, first + i32(${behind}${k}u), t)`;

const quadOf = (from: number) => `vec4f(${range(4).map((k) => `v${from + k}`)})`;

function correlate(spec: BlockSpec, quads: readonly number[]): string {
  const { derivatives } = spec;
  const lines = spec.inPairs ? pairLines(spec, quads) : weightLines(spec, quads);
  const sums = (kind: string) => `Sums(${quads.map((q) => `${kind}s${q}`)})`;
  return `fn correlate(block: Block, w_at: u32, t: Tail${derivatives ? ", d_at: u32, slopes: ptr<function, Sums>" : ""}) -> Sums {
  ${kindsOf(spec)
    .flatMap((kind) => quads.map((q) => `var ${kind}s${q} = vec4f(0.0);`))
    .join("\n  ")}
  let pixels = pixels_of(block.start);
  let first = block.i - i32(line.radius);
  ${lines.join("\n  ")}
  ${derivatives ? `*slopes = ${sums("d")};\n  ` : ""}return ${sums("w")};
}
`;
}

/** Adds up weight by weight. */
function weightLines(spec: BlockSpec, quads: readonly number[]): string[] {
  const { taps, block, even } = spec;
  const chunk = chunkFor(taps);
  const places = placesOf(taps);
  const loops = places > chunk;
  const kinds = kindsOf(spec);
  const from = loops ? "c + " : "";
  const kept = range(block - 1).map((k) => `v${k} = ${read(k)};`);
  const body = [
    ...range(chunk).map((t) => `let v${t + block - 1} = ${read(t + block - 1, from)};`),
    ...range(chunk).flatMap((t) => kinds.map((kind) => `let ${kind}${t} = table[${kind}_at + ${from}${t}u];`)),
    ...range(chunk).flatMap((t) =>
      kinds.flatMap((kind) =>
        quads.map((q) => {
          const product = `${kind}${t} * ${quadOf(t + 4 * q)}`;
          return `${kind}s${q} += ${even ? `select(vec4f(0.0), ${product}, ${kind}${t} != 0.0)` : product};`;
        }),
      ),
    ),
  ];
  if (!loops) return [...kept.map((line) => `let ${line}`), ...body];
  return [
    ...kept.map((line) => `var ${line}`),
    "var c = 0u;",
    "loop {",
    ...body.map((line) => `  ${line}`),
    ...range(block - 1).map((k) => `  v${k} = v${k + chunk};`),
    `  continuing { c += ${chunk}u; break if c >= ${places}u; }`,
    "}",
  ];
}

/** Adds up pair by pair, from the middle outwards, so that a value is read shortly before it is used first. */
function pairLines(spec: BlockSpec, quads: readonly number[]): string[] {
  const { taps, block } = spec;
  const kinds = kindsOf(spec);
  const value = (k: number) => `let v${k} = ${read(k)};`;
  const weights = (t: number) => kinds.map((kind) => `let ${kind}${t} = table[${kind}_at + ${t}u];`);
  const add = (t: number, q: number, what: string) => kinds.map((kind) => `${kind}s${q} += ${kind}${t} * ${what};`);
  const middle = taps >> 1;
  const lines = range(block).map((k) => value(middle + k));
  lines.push(...weights(middle), ...quads.flatMap((q) => add(middle, q, quadOf(middle + 4 * q))));
  for (const t of range(middle).reverse()) {
    const other = taps - 1 - t;
    lines.push(value(t), value(other + block - 1), ...weights(t));
    for (const q of quads)
      lines.push(`let p${t}_${q} = ${quadOf(t + 4 * q)} + ${quadOf(other + 4 * q)};`, ...add(t, q, `p${t}_${q}`));
  }
  return lines;
}
