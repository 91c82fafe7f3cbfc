import { count, empty, type Shape, type Tensor } from "../tensor/index.ts";
import { record } from "./graph.ts";

// Tensors that are made of stretches of others: buffers are copied, and no kernel runs.

/** A stretch of values: which tensor it is of, where it starts there and in the result, and how many values it has. */
export interface Run {
  readonly of: number;
  readonly from: number;
  readonly to: number;
  readonly values: number;
}

/** Copies stretches, those that lie beside each other on both sides as one. */
function copyRuns(runs: readonly Run[], copy: (run: Run) => void): void {
  let pending: Run | undefined;
  for (const run of runs) {
    const goesOn =
      pending?.of === run.of && pending.from + pending.values === run.from && pending.to + pending.values === run.to;
    if (pending && goesOn) pending = { ...pending, values: pending.values + run.values };
    else {
      if (pending) copy(pending);
      pending = run;
    }
  }
  if (pending) copy(pending);
}

const BYTES = 4;

/** Memory that stretches are copied to; 0 where none is. */
function target(like: Tensor, shape: Shape, runs: readonly Run[]): Tensor {
  const made = empty(like.gpu, shape);
  if (runs.reduce((sum, { values }) => sum + values, 0) < count(shape)) like.gpu.clear(made.storage);
  return made;
}

/**
 * A tensor of stretches of others, row by row, and 0 elsewhere. Differentiable. No stretch overlaps another one, on either side.
 * @param tensors of f32, on one device
 */
export function assembled(tensors: readonly Tensor[], shape: Shape, runs: readonly Run[]): Tensor {
  const [{ gpu }] = tensors;
  const made = target(tensors[0], shape, runs);
  copyRuns(runs, ({ of, from, to, values }) =>
    gpu.copy(tensors[of].storage, BYTES * from, made.storage, BYTES * to, BYTES * values),
  );
  gpu.untrack(made);
  const shapes = tensors.map((tensor) => tensor.shape);
  return record("assembled", tensors, { shape, storage: made.storage }, [], (g, _, needs) =>
    shapes.map((before, i) => {
      if (!needs[i]) return null;
      const own = runs.filter(({ of }) => of === i);
      const back = target(g, before, own);
      copyRuns(own, ({ from, to, values }) =>
        gpu.copy(g.storage, BYTES * to, back.storage, BYTES * from, BYTES * values),
      );
      return back;
    }),
  );
}
