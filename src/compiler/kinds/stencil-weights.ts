/** A stencil of weights: the table of them, and the gradients of what they are made of. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { cellsOf } from "../neighbourhood.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { loadParams } from "../pixels/row.ts";
import { ioOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { indent, neighbour, type StencilSpec, specOf } from "./stencil-cells.ts";
import { formOf, ownModule } from "./stencil-module.ts";

export const isWeighted = (pass: Pass): boolean => formOf(pass.links[0].transform.declaration) === "weights";

/** Whether the weights of a sum are divided by the sum of their absolute values. */
export const isNormalized = ({ declaration, options }: Transform): boolean =>
  declaration.normalized ?? options.normalized === true;

export const TABLE = { role: "floats", name: "table" } as const;

/** What the code of the tables depends on. */
const tableKey = (pass: Pass): string => `${pass.key}|${isNormalized(pass.links[0].transform)}`;

/** The weights of a weighted sum, [N][cells]. */
export function tableOf(gpu: Gpu, pass: Pass, block: Tensor): Storage | null {
  if (!isWeighted(pass)) return null;
  const spec = specOf(pass);
  const [n] = pass.input;
  const table = gpu.allocate(n * cellsOf(spec.near) * 4);
  dispatchKernel(gpu, {
    root: "stencil_table",
    label: label(pass, "stencil_table"),
    key: tableKey(pass),
    io: ioOf(pass, [{ role: "params" }, { ...TABLE, writes: true }], pass.output),
    conditions: { normalized: isNormalized(pass.links[0].transform) },
    modules: () => ({ ...userModules(pass), "generated::weights": weightsModule(spec) }),
    shape: geometryOf(gpu, pass, pass.output).shape,
    buffers: [block.storage, table],
    threads: n,
  });
  return table;
}

/** From the gradients of the weights to those of the parameters that they are made of. */
export function pullWeights(gpu: Gpu, pass: Pass, block: Tensor, totals: Storage, wanted: readonly Slot[]): Storage {
  const [n] = pass.input;
  const rows = wanted.reduce((sum, slot) => sum + slot.size, 0);
  const gradients = gpu.allocate(rows * n * 4);
  dispatchKernel(gpu, {
    root: "stencil_parameters",
    label: label(pass, "stencil_parameters"),
    key: `${tableKey(pass)}|${wanted.map((slot) => slot.offset).join()}`,
    io: ioOf(pass, [{ role: "params" }, { role: "totals" }, { role: "gradients" }], pass.output),
    conditions: { normalized: isNormalized(pass.links[0].transform) },
    modules: () => ({ ...userModules(pass), "generated::weights": weightsModule(specOf(pass), { wanted }) }),
    shape: geometryOf(gpu, pass, pass.output).shape,
    buffers: [block.storage, totals, gradients],
    threads: n,
  });
  return gradients;
}

/** The module `generated::weights`: the weights of a weighted sum, and where their gradients go. */
function weightsModule(spec: StencilSpec, pulled?: { wanted: readonly Slot[] }): string {
  const { head, layout, channels, near } = spec;
  const { declaration } = head.transform;
  const slot = layout.slots.find(({ transform, perKernel }) => transform === 0 && perKernel);
  const wanted = pulled?.wanted ?? [];
  let row = 0;
  const rows = wanted.map((own) => ({ own, row: (row += own.size) - own.size }));
  const cell = near.mirrored ? `(${cellsOf(near) - 1}u - k)` : "k";
  const single = rows.filter(({ own }) => !own.perKernel);
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
    own.perKernel ? `save_gradient(${at}u + k, n, gp.${own.field});` : `(*sums).${own.field} += gp.${own.field};`,
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
