/** The weights of a stencil in code. */
import neighbourWgsl from "../../../shaders/lib/neighbour.wgsl";
import stencilParametersWgsl from "../../../shaders/pass/stencil_parameters.wgsl";
import stencilTableWgsl from "../../../shaders/pass/stencil_table.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { cellsOf } from "../neighbourhood.ts";
import { gateOf, type Slot } from "../pack/layout.ts";
import { loadParams, shaders as ofRow } from "../pixels/row.ts";
import { indent, neighbour } from "./stencil-cells.ts";
import { ownModule, type StencilSpec } from "./stencil-module.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [...ofRow, neighbourWgsl, stencilParametersWgsl, stencilTableWgsl];

/** The module `generated::weights`: the weights of a weighted sum, and where their gradients go. */
export function weightsModule(spec: StencilSpec, pulled?: { wanted: readonly Slot[] }): string {
  const { head, layout, channels, near } = spec;
  const { declaration } = head.transform;
  const slot = layout.slots.find(({ transform, perKernel }) => transform === 0 && perKernel);
  const wanted = pulled?.wanted ?? [];
  let row = 0;
  const rows = wanted.map((own) => ({ own, row: (row += own.size) - own.size }));
  const cell = near.mirrored ? `(${cellsOf(near) - 1}u - k)` : "k";
  const single = rows.filter(({ own }) => !own.perKernel);
  const coin = gateOf(layout, 0);
  // Where it is left out nothing of it counts, not even NaN.
  const pull = (field: string) => (coin ? `select(gp.${field}, 0.0, param(${coin.offset}u, n) == 0.0)` : `gp.${field}`);
  const io = ["param", ...(pulled ? ["save_gradient"] : [])];
  return `import package::${ownModule(declaration)} as t;
import package::generated::io::{ ${io.join(", ")} };
import package::lib::neighbour::Neighbour;

const CELLS: u32 = ${cellsOf(near)}u;
alias Params = t::Params;

fn cell(k: u32) -> Neighbour {
  let c = ${cell};
  return ${neighbour(spec, `f32(i32(c % ${near.width}u) - ${near.left})`, `f32(i32(c / ${near.width}u) - ${near.top})`)};
}

fn params_at(n: u32, k: u32) -> Params {
  var h: Params;
  let lane = 0u;
${indent(loadParams(head, 0, layout, "h", channels))}
${slot ? `  h.${slot.field} = param(${slot.offset}u + k, n);\n` : ""}  return h;
}

fn weight_of(n: u32, k: u32) -> f32 { return t::weight(cell(k), params_at(n, k)); }
${
  pulled
    ? `
fn pull_weight(n: u32, k: u32, g: f32, sums: ptr<function, Params>) {
  var gp: Params;
  t::weight_backward(cell(k), params_at(n, k), g, &gp);
${indent(
  rows.map(({ own, row: at }) =>
    own.perKernel ? `save_gradient(${at}u + k, n, ${pull(own.field)});` : `(*sums).${own.field} += ${pull(own.field)};`,
  ),
)}
}

fn save_sums(n: u32, sums: Params) {
${indent(single.map(({ own, row: at }) => `save_gradient(${at}u, n, sums.${own.field});`))}
}
`
    : ""
}`;
}
