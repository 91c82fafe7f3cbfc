/** Fields: points of the result look where the module says, and points of the source go where the one lies that looks at them. */
import { checkBinds } from "../../autograd/dispatch.ts";
import { record } from "../../autograd/graph.ts";
import { type Gpu, type Storage, withShaders } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { TENSOR } from "../kinds/field.ts";
import { kinds } from "../kinds/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { dispatchKernel, type KernelCall, sumRows } from "../pixels/kernel.ts";
import { frameWords, ioOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { applyPart } from "../stages/apply.ts";
import { gradientOf, passOf, type Values, valuesOf } from "./block.ts";
import type { Bent, Placed } from "./move.ts";

const pointsModule = async (...of: Parameters<typeof import("./motion-wgsl.ts").pointsModule>) =>
  (await withShaders(import("./motion-wgsl.ts"))).pointsModule(...of);

/** A field, ready to move points. */
interface Field extends Values {
  gpu: Gpu;
  pass: Pass;
  /** What it looks through. */
  tensor?: Tensor;
}

/** The words of a kernel that has a thread for each point. */
export const pointWords = (gpu: Gpu, pass: Pass, points: number): readonly number[] => {
  const { shape } = geometryOf(gpu, pass, pass.output);
  return [...shape.with(1, points), ...frameWords(pass)];
};

type Call = Pick<KernelCall, "root" | "key" | "conditions" | "modules" | "threads"> & {
  io: Parameters<typeof ioOf>[1];
  buffers: readonly Storage[];
};

function dispatch({ gpu, pass, block, tensor }: Field, points: number, call: Call): void {
  dispatchKernel(gpu, {
    ...call,
    label: label(pass, call.root),
    key: `${pass.key}|${call.key}`,
    io: ioOf(pass, [{ role: "params" }, ...(tensor ? [TENSOR] : []), ...call.io]),
    modules: () => ({ ...userModules(pass), ...call.modules?.() }),
    shape: pointWords(gpu, pass, points),
    buffers: [block.storage, ...(tensor ? [tensor.storage] : []), ...call.buffers],
  });
}

const READS = { role: "floats", name: "points" } as const;
const GRADIENT = { role: "floats", name: "gradient" } as const;
const RESULT = { role: "floats", name: "result", writes: true } as const;

function forward(field: Field, points: Tensor, inverted: boolean): Storage {
  const { gpu, pass } = field;
  const [n, k] = points.shape;
  const moved = gpu.allocate(points.byteLength);
  dispatch(field, k, {
    root: "field_points",
    key: String(inverted),
    conditions: { inverted },
    io: [READS, { role: "floats", name: "moved", writes: true }],
    modules: () => ({ "generated::field": pointsModule(pass) }),
    buffers: [points.storage, moved],
    threads: n * k,
  });
  return moved;
}

/** The gradients of the points, of the block and of the tensor; `q` are the points in the result. */
function backward(field: Field, q: Tensor, gradient: Tensor, inverted: boolean, needs: readonly boolean[]) {
  const { gpu, pass, block, tensor, wanted } = field;
  const [n, k] = q.shape;
  const rows = wanted.reduce((sum, { size }) => sum + size, 0);
  const result = gpu.allocate(q.byteLength);
  const partial = gpu.allocate(Math.max(rows, 1) * n * k * 4);
  const value = tensor ? gpu.allocate(q.byteLength) : null;
  dispatch(field, k, {
    root: "field_points_back",
    key: `${inverted}|${wanted.map(({ offset }) => offset).join()}`,
    conditions: { inverted },
    io: [
      READS,
      GRADIENT,
      RESULT,
      ...(rows > 0 ? [{ role: "floats", name: "partial", writes: true } as const] : []),
      ...(value ? [{ role: "floats", name: "value_gradient", writes: true } as const] : []),
    ],
    modules: () => ({ "generated::field": pointsModule(pass, wanted) }),
    buffers: [q.storage, gradient.storage, result, ...(rows > 0 ? [partial] : []), ...(value ? [value] : [])],
    threads: n * k,
  });
  const ofTensor = value && needs[2] ? tensorGradient(field, q, value) : null;
  const ofBlock = rows > 0 && needs[1] ? blockGradient(gpu, block, partial, wanted, k) : null;
  value?.release();
  partial.release();
  const points = new Tensor(gpu, q.shape, "f32", result);
  return [points, ofBlock, ...(tensor ? [ofTensor] : [])];
}

/** What each slot gets, added up over the points of a sample. */
function blockGradient(gpu: Gpu, block: Tensor, partial: Storage, wanted: readonly Slot[], points: number): Tensor {
  const n = block.shape[1];
  const { storage, tensor } = gradientOf(gpu, block);
  const rows = wanted.reduce((sum, { size }) => sum + size, 0);
  const totals = sumRows(gpu, partial, rows * n, points);
  let row = 0;
  for (const { offset, size } of wanted) {
    gpu.copy(totals, row * n * 4, storage, offset * n * 4, size * n * 4);
    row += size;
  }
  totals.release();
  return tensor;
}

function tensorGradient({ gpu, pass, tensor }: Field, q: Tensor, value: Storage): Tensor {
  const [, k] = q.shape;
  const { shape } = tensor!;
  const storage = gpu.allocate(tensor!.byteLength);
  dispatchKernel(gpu, {
    root: "field_points_tensor",
    label: label(pass, "field_points_tensor"),
    key: `${pass.frames.length}`,
    io: ioOf(pass, [READS, GRADIENT, RESULT]),
    shape: pointWords(gpu, pass, k),
    buffers: [q.storage, value, storage],
    threads: shape[0] * shape[2] * shape[3],
  });
  return new Tensor(gpu, shape, "f32", storage);
}

/** How a field moves points. */
export function bentBy(gpu: Gpu, placed: Placed): Bent {
  const { link, input } = placed;
  const pass = passOf("field", [placed]);
  const tensor = kinds.field.through?.(gpu, [link], input[0], applyPart)?.tensor;
  const { block, wanted } = valuesOf(gpu, pass, [link]);
  const inputs = [block, ...(tensor ? [tensor] : [])];
  if (tensor) checkBinds(gpu, tensor.byteLength);
  const move = (points: Tensor, back: boolean): Tensor => {
    checkBinds(gpu, points.byteLength);
    const moved = forward({ gpu, pass, block, tensor, wanted }, points, !back);
    const made = new Tensor(gpu, points.shape, "f32", moved.retain());
    gpu.untrack(made);
    const q = back ? points : made;
    const result = record(
      `points through ${link.transform.declaration.name}`,
      [points, ...inputs],
      { shape: points.shape, storage: moved },
      [q, ...inputs],
      (g, [at, ownBlock, ownTensor], needs) =>
        backward({ gpu, pass, block: ownBlock, tensor: ownTensor, wanted }, at, g, !back, needs),
    );
    made.dispose();
    return result;
  };
  // What a caller gave is the caller's.
  const isMade = tensor !== undefined && !link.field?.tensors.includes(tensor);
  return { move, kept: isMade ? [block, tensor] : [block] };
}
