import frameWgsl from "../../../shaders/lib/frame.wgsl";
import projectiveWgsl from "../../../shaders/lib/projective.wgsl";
import sampleWgsl from "../../../shaders/lib/sample.wgsl";
import mapWgsl from "../../../shaders/see/map.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { modulePath } from "../identity.ts";
import { gateOf, type Layout, type Slot } from "../pack/layout.ts";
import type { Bound } from "../pass.ts";
import { aliasOf, loadParams, shaders as ofRow } from "../pixels/row.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [...ofRow, frameWgsl, projectiveWgsl, sampleWgsl, mapWgsl];

/** A row of maps as WGSL: the module `generated::maps`. */
export interface MapsSpec {
  maps: readonly Bound[];
  layout: Layout;
  channels: number;
  /** Which functions the pass uses. */
  uses: "source" | "backward" | "pull";
  /** First row of partial sums that holds the gradient of the matrix. */
  firstRow?: number;
  /** Whether that is added to what the row holds. */
  adds?: boolean;
  wanted?: readonly Slot[];
  /** Whether that is the gradient of the matrix itself, not of its inverse, and slots keep their places in the block. */
  whole?: boolean;
}

export function mapsModule(spec: MapsSpec): string {
  const { maps, layout, channels, uses, adds } = spec;
  const io = [
    "param",
    "shape",
    ...(uses === "backward" ? [adds ? "add_partial" : "save_partial"] : []),
    ...(uses === "pull" ? ["total", "save_gradient"] : []),
  ];
  const lines = [
    ...maps.map((bound, i) => `import package::${modulePath(bound)} as ${aliasOf(i)};`),
    "import package::lib::frame::Frame;",
    "import package::lib::projective::inverse;",
    `import package::generated::io::{ ${io.join(", ")} };`,
    "",
    "fn frame(k: u32) -> Frame { let f = shape.frames[k]; return Frame(f.x, f.y, f.z, f.w); }",
    "",
  ];
  maps.forEach((bound, i) => {
    const loads = loadParams(bound, i, layout, "p", channels);
    lines.push(
      `fn params_${i}(n: u32) -> ${aliasOf(i)}::Params {`,
      `  var p: ${aliasOf(i)}::Params;`,
      ...loads.map((l) => `  ${l}`),
      "  return p;",
      "}",
      "",
    );
    const matrix = `${aliasOf(i)}::matrix(params_${i}(n), frame(${i}u))`;
    const on = onOf(bound, i, layout);
    lines.push(`fn matrix_${i}(n: u32) -> mat3x3f {`);
    if (on) lines.push(`  if (${on} == 0.0) { return identity(); }`);
    lines.push(`  return ${matrix};`, "}", "");
  });
  lines.push("fn identity() -> mat3x3f { return mat3x3f(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0); }", "");
  const product = maps.map((_, i) => `matrix_${i}(n)`).reverse();
  lines.push(`fn destination_matrix(n: u32) -> mat3x3f { return ${product.join(" * ")}; }`, "");
  lines.push("fn source_matrix(n: u32) -> mat3x3f { return inverse(destination_matrix(n)); }", "");
  if (uses === "backward") lines.push(saveCode(spec));
  if (uses === "pull") lines.push(pullCode(spec));
  return lines.join("\n");
}

function onOf(bound: Bound, i: number, layout: Layout): string | null {
  if (bound.gate === "always") return null;
  return `param(${gateOf(layout, i)!.offset}u, n)`;
}

function saveCode({ firstRow = 0, adds }: MapsSpec): string {
  const save = adds ? "add_partial" : "save_partial";
  const lines = [];
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 3; row++)
      lines.push(`  ${save}(${firstRow + column * 3 + row}u, n, t, g[${column}][${row}]);`);
  }
  return `fn save_matrix_grads(g: mat3x3f, n: u32, t: u32) {\n${lines.join("\n")}\n}\n`;
}

/** From the gradient of the inverse of the whole row, or of its matrix, to those of each map's parameters. */
function pullCode({ maps, layout, firstRow = 0, wanted = [], whole }: MapsSpec): string {
  const column = (c: number) => `vec3f(${[0, 1, 2].map((r) => `total(${firstRow + c * 3 + r}u, n)`).join(", ")})`;
  const lines = [
    `let g = mat3x3f(${[0, 1, 2].map(column).join(", ")});`,
    // d(M⁻¹) = −M⁻¹ dM M⁻¹
    ...(whole ? ["var gm = g;"] : ["let back = transpose(source_matrix(n));", "var gm = (back * g * back) * -1.0;"]),
    "let one = identity();",
  ];
  maps.forEach((_, i) => lines.push(`let before_${i + 1} = matrix_${i}(n) * ${i ? `before_${i}` : "one"};`));
  let row = 0;
  const rows = wanted
    .filter((slot) => slot.transform < maps.length && slot.role !== "fill")
    .map((slot) => {
      const at = whole ? slot.offset : row;
      row += slot.size;
      return { slot, at };
    });
  for (let i = maps.length - 1; i >= 0; i--) {
    const own = rows.filter(({ slot }) => slot.transform === i);
    if (own.length) {
      const on = onOf(maps[i], i, layout);
      lines.push(`var d${i}: ${aliasOf(i)}::Params;`);
      const call = `${aliasOf(i)}::backward(params_${i}(n), frame(${i}u), gm * transpose(${i ? `before_${i}` : "one"}), &d${i});`;
      lines.push(on ? `if (${on} != 0.0) { ${call} }` : call);
      for (const { slot, at } of own) {
        for (let k = 0; k < slot.size; k++) {
          lines.push(`save_gradient(${at + k}u, n, d${i}.${slot.field}${slot.size > 1 ? `[${k}]` : ""});`);
        }
      }
    }
    if (i > 0) lines.push(`gm = transpose(matrix_${i}(n)) * gm;`);
  }
  return `fn pull_matrix(n: u32) {\n  ${lines.join("\n  ")}\n}\n`;
}

/** The module `generated::fill`: what is shown beyond the image, and the gradient of the place that looks. */
export function fillModule(fill: number | undefined, backward: boolean, wanted: readonly Slot[] = []): string {
  const imports = `import package::generated::chain::{ Row${backward ? ", Grads" : ""} };\n`;
  // What lies inside does not see the fill, which a tensor may have made infinite.
  const show = fill !== undefined ? "select(value + outside * row.fill, value, outside == 0.0)" : "value";
  const forward = `${imports}\nfn show(value: vec3f, outside: f32, row: Row) -> vec3f { return ${show}; }\n`;
  if (!backward) return forward;
  const sum = wanted.some((slot) => slot.role === "fill") ? `(*grads).fill_${fill} += g * s.outside;\n  ` : "";
  const slope =
    fill !== undefined
      ? `${sum}let changes = s.outside_dx != 0.0 || s.outside_dy != 0.0;
  let outside = select(0.0, dot(g, row.fill), changes);
  return vec2f(dot(g, s.dx) + outside * s.outside_dx, dot(g, s.dy) + outside * s.outside_dy);`
      : "return vec2f(dot(g, s.dx), dot(g, s.dy));";
  return `import package::lib::sample::Slope;\n${forward}
fn show_slope(g: vec3f, s: Slope, row: Row, grads: ptr<function, Grads>) -> vec2f {
  ${slope}
}
`;
}
