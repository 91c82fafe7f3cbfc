/** The modules that the kernels of blocks import: sizes, and the transform with its parameters. */
import tileWgsl from "../../../shaders/lib/tile.wgsl";
import blockBackwardWgsl from "../../../shaders/pass/block_backward.wgsl";
import blockForwardWgsl from "../../../shaders/pass/block_forward.wgsl";
import blockParametersWgsl from "../../../shaders/pass/block_parameters.wgsl";
import blockTableWgsl from "../../../shaders/pass/block_table.wgsl";
import chromaWgsl from "../../../shaders/see/chroma.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { loadParams, shaders as ofRow } from "../pixels/row.ts";
import { blockOf, type Tiling, tilingOf } from "./block-tiles.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [
  ...ofRow,
  tileWgsl,
  blockBackwardWgsl,
  blockForwardWgsl,
  blockParametersWgsl,
  blockTableWgsl,
  chromaWgsl,
];

/** Which kernel a module is for, and the gradients that it saves. */
export interface BlockCode {
  pass: Pass;
  root: "block_table" | "block_forward" | "block_backward" | "block_parameters";
  wanted: readonly Slot[];
  /** Whether the gradient of the image is stored. */
  image: boolean;
}

const storage = (at: number, name: string, mode = "read") =>
  `@group(0) @binding(${at}) var<storage, ${mode}> ${name}: array<f32>;`;

const sidesCode = ({ height, width }: Tiling): string =>
  `const HEIGHT: u32 = ${height}u;\nconst WIDTH: u32 = ${width}u;\n`;

/** The module `generated::tile` of what knows planes alone: the size of a tile, and the slot of a coin. */
export function planesModule(pass: Pass): string {
  const tiling = tilingOf(pass);
  return `${sidesCode(tiling)}${tiling.coin === undefined ? "" : `const COIN: u32 = ${tiling.coin}u;\n`}`;
}

/** The module `generated::tile`: the size of a tile, and the table of the transform, if it has one. */
export function tileModule({ pass, root }: BlockCode): string {
  const tiling = tilingOf(pass);
  const { table } = blockOf(pass);
  const reads = root === "block_forward" || root === "block_backward";
  return `${sidesCode(tiling)}alias Block = array<f32, ${tiling.height * tiling.width}>;
${table ? `alias Sums = array<f32, ${table}>;\n${reads ? `${storage(root === "block_forward" ? 4 : 5, "entries")}\nfn table(k: u32) -> f32 { return entries[k]; }` : "fn table(k: u32) -> f32 { return 0.0; }"}\n` : ""}`;
}

/** The module `generated::transform`: bindings, and the transform's functions with its own parameters. */
export function transformModule(code: BlockCode): string {
  const { table } = blockOf(code.pass);
  const head = `import package::${modulePath(code.pass.links[0])} as m;
import package::generated::tile::{ Block${table ? ", Sums" : ""} };
import package::lib::tile::{ Shape, Tile };
@group(0) @binding(0) var<uniform> shape: Shape;
`;
  return head + { block_table, block_forward, block_backward, block_parameters }[code.root](code);
}

const PARAM = "fn param(slot: u32, n: u32) -> f32 { return params[slot * shape.samples + n]; }";

/** Parameters as a variable `p`, statements. */
const loaded = ({ pass }: BlockCode): string =>
  ["var p: m::Params;", ...loadParams(pass.links[0], 0, pass.layout, "p", pass.input[1])].join("\n  ");

/** What a thread loads once: parameters, unless a table has what is made of them, and the coin. */
function ownCode(code: BlockCode): string {
  const { pass } = code;
  const { table } = blockOf(pass);
  const { coin } = tilingOf(pass);
  const fields = [...(table ? ["n: u32"] : ["p: m::Params"]), ...(coin === undefined ? [] : ["on: f32"])];
  const lines = [
    ...(table ? ["own.n = n;"] : [loaded(code), "own.p = p;"]),
    ...(coin === undefined ? [] : [`own.on = params[${coin}u * shape.samples + n];`]),
  ];
  return `struct Own { ${fields.join(", ")} }
${storage(1, "params")}
${PARAM}
fn own_of(n: u32) -> Own {
  var own: Own;
  ${lines.join("\n  ")}
  return own;
}
`;
}

function block_forward(code: BlockCode): string {
  const { table } = blockOf(code.pass);
  const { coin } = tilingOf(code.pass);
  return `${storage(2, "x")}
${storage(3, "y", "read_write")}
${ownCode(code)}
fn run(b: ptr<function, Block>, own: Own, at: Tile) { ${coin === undefined ? "" : "if (own.on != 0.0) "}{ m::forward(b, ${table ? "" : "own.p, "}at); } }
`;
}

function block_backward(code: BlockCode): string {
  const { pass, wanted, image } = code;
  const { table } = blockOf(pass);
  const { coin } = tilingOf(pass);
  const values = wanted.flatMap((slot) =>
    Array.from({ length: slot.size }, (_, k) => (slot.size === 1 ? slot.field : `${slot.field}[${k}]`)),
  );
  const fields = wanted.map(({ field, size }) => `${field}: ${size === 1 ? "f32" : `array<f32, ${size}>`}`);
  const body = table
    ? "m::backward(b, g, at, grads);"
    : `var d: m::Params;
    m::backward(b, g, own.p, at, &d);
    ${values.map((value) => `(*grads).${value} += d.${value};`).join("\n    ")}`;
  const save = table
    ? `for (var k = 0u; k < ${table}u; k++) { partial[(k * shape.samples + n) * shape.threads + slot] = (*g)[k]; }`
    : values.map((v, k) => `partial[(${k}u * shape.samples + n) * shape.threads + slot] = (*g).${v};`).join("\n  ");
  return `${storage(2, "x")}
${storage(3, "gradient")}
${storage(4, "partial", "read_write")}
${image ? storage(table ? 6 : 5, "image", "read_write") : ""}
${ownCode(code)}
${table ? "alias Grads = Sums;" : `struct Grads { ${fields.length ? fields.join(", ") : "none: f32"} }`}
fn pull(b: ptr<function, Block>, g: ptr<function, Block>, own: Own, at: Tile, grads: ptr<function, Grads>) {
  ${coin === undefined ? "" : "if (own.on != 0.0) "}{
    ${body}
  }
}
fn save_grads(g: ptr<function, Grads>, n: u32, slot: u32) {
  ${wanted.length ? save : ""}
}
`;
}

function block_table(code: BlockCode): string {
  return `${storage(1, "params")}
${storage(2, "entries", "read_write")}
${PARAM}
const TABLE: u32 = ${blockOf(code.pass).table}u;
fn entry_of(n: u32, k: u32) -> f32 {
  ${loaded(code)}
  return m::entry(k, p);
}
`;
}

function block_parameters(code: BlockCode): string {
  const { wanted, pass } = code;
  const { coin } = tilingOf(pass);
  let row = 0;
  const lines = wanted.flatMap(({ field, size }) =>
    Array.from(
      { length: size },
      (_, k) => `gradients[${row++}u * shape.samples + n] = d.${field}${size === 1 ? "" : `[${k}]`};`,
    ),
  );
  return `${storage(1, "params")}
${storage(2, "totals")}
${storage(3, "gradients", "read_write")}
${PARAM}
fn pull_entries(n: u32) {
  ${loaded(code)}
  var d: m::Params;
  ${coin === undefined ? "" : `if (param(${coin}u, n) != 0.0) `}{
    for (var k = 0u; k < ${blockOf(pass).table}u; k++) { m::entry_back(k, p, totals[k * shape.samples + n], &d); }
  }
  ${lines.join("\n  ")}
}
`;
}
