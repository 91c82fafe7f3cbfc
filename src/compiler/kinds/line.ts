/** Lines: separable windows, a pass along each axis, and the linear points that follow. */
import { ArgumentError, type Gpu, type Storage } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { BoundValue, Pass } from "../pass.ts";
import { takeLinear } from "../pixels/epilogue.ts";
import { resultOf } from "../pixels/work.ts";
import { gradientsOf, type Kind } from "./kind.ts";
import { adjoint, along, makeTable, type Width, X, Y } from "./line-axis.ts";

/** Blurs along x, then along y, and applies the points that follow to what it stores. */
function forwardWindow(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage): Storage {
  const table = makeTable(gpu, pass, block);
  const between = along(gpu, pass, X, table, x.storage, block);
  const y = along(gpu, pass, Y, table, between, block, resultOf(gpu, pass, into));
  between.release();
  table.release();
  return y;
}

/**
 * The transposes in reverse. The gradient of a width needs the image before its axis: that between the axes is computed
 * again.
 */
function backwardWindow(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): { image: Storage | null; totals: Storage | null } {
  const [n] = pass.input;
  const table = makeTable(gpu, pass, block);
  const totals = wanted.length ? gpu.allocate(wanted.length * n * 4) : null;
  const widthOf = (axis: number, before: Storage): Width | null => {
    const row = wanted.findIndex((slot) => slot.offset === axis);
    return totals && row >= 0 ? { before, totals, row } : null;
  };
  const wantsX = wanted.some((slot) => slot.offset === X);
  const wantsY = wanted.some((slot) => slot.offset === Y);
  const between = wantsY ? along(gpu, pass, X, table, x.storage, block) : null;
  const ofBetween = adjoint(
    gpu,
    pass,
    Y,
    table,
    gradient.storage,
    block,
    needsImage || wantsX,
    between && widthOf(Y, between),
  );
  between?.release();
  const image = ofBetween && adjoint(gpu, pass, X, table, ofBetween, block, needsImage, widthOf(X, x.storage));
  ofBetween?.release();
  table.release();
  return { image, totals };
}

/** Settles the size of a window, [height, width], which the number of taps and so the plan depends on. */
function withKernelSize(transform: Transform, values: Readonly<Record<string, BoundValue>>): Transform {
  const given = transform.options.kernelSize as number | readonly number[] | undefined;
  const holds = transform.declaration.options?.kernelSize?.holds ?? Object.keys(transform.declaration.params).reverse();
  const size =
    given === undefined
      ? holds.map((name) => sizeFrom(transform, name, values[name]))
      : typeof given === "number"
        ? [given, given]
        : given;
  return { ...transform, options: { ...transform.options, kernelSize: size.length === 1 ? [size[0], size[0]] : size } };
}

/** Three deviations to either side hold 99.7 % of a Gaussian. */
function sizeFrom({ declaration }: Transform, name: string, value: BoundValue): number {
  if ("tensor" in value) {
    throw new ArgumentError(
      `${declaration.name}.kernelSize`,
      `nothing, with ${name} as a tensor`,
      "an odd whole number, or [height, width]: a tensor's values are not known here",
    );
  }
  return 2 * Math.ceil(3 * Math.max(...Array.from(value.numbers))) + 1;
}

/** Places of a table, which holds weights, turned weights and slopes for both axes, filled up to whole chunks. */
const tableSize = ({ links }: Pass): number =>
  6 * 8 + 6 * Math.max(...(links[0].transform.options.kernelSize as readonly number[]));

/** A separable window with one width per axis, the first parameter across and the second down. */
export const line: Kind = {
  motion: "still",
  functions: () => ["weight", "slope"].map((fn) => [fn, ["f32", "f32"], "f32"]),
  hasParams: false,
  settle: withKernelSize,
  take: ({ links, at, input }) => {
    const { count, ended } = takeLinear(links, at + 1);
    const padding = String(links[at].transform.options.padding);
    return { count: 1 + count, ended, pass: { kind: "line", output: input, padding, heads: 1 } };
  },
  averages: ({ transform }) => transform.options.padding !== "zeros",
  readsF32: true,
  savesInput: true,
  cost: (pass) => ({
    dispatches: { forward: 2, backward: 3 },
    between: pass.input.reduce((a, b) => a * b, 4),
    table: tableSize(pass),
    buffers: 6,
  }),
  forward: (gpu, pass, x, block, into) => ({
    y: forwardWindow(gpu, pass, x, block, into),
    saved: [block],
    pull: (gradient, [sx, sb], needsImage, wanted) => {
      const { image, totals } = backwardWindow(gpu, pass, sx, sb, gradient, needsImage, wanted);
      return gradientsOf(image, wanted, totals);
    },
  }),
};
