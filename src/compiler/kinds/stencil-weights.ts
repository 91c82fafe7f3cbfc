/** A stencil of weights: the table of them, and the gradients of what they are made of. */
import { type Gpu, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { cellsOf } from "../neighbourhood.ts";
import { type Slot, sizeOf } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { ioOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { formOf, specOf } from "./stencil-module.ts";

const weightsModule = async (...of: Parameters<typeof import("./stencil-weights-wgsl.ts").weightsModule>) =>
  (await withShaders(import("./stencil-weights-wgsl.ts"))).weightsModule(...of);

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
  const rows = sizeOf(wanted);
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
