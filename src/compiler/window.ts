import { type Gpu, linkShader, type Storage } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { modulePath } from "./generate/chain.ts";
import { groupsFor, sumRows, threadsFor } from "./kernel.ts";
import type { Slot } from "./layout.ts";
import { type PassGradients, resultOf } from "./points.ts";
import type { Pass } from "./structure.ts";

/** The axes of a separable window, x first. */
const X = 0;
const Y = 1;

const radiusOf = (pass: Pass, axis: number): number => {
  const [height, width] = pass.links[0].transform.options.kernelSize as [number, number];
  return ((axis === X ? width : height) - 1) / 2;
};

const tapsOf = (pass: Pass): number => 2 * Math.max(radiusOf(pass, X), radiusOf(pass, Y)) + 1;

/** Blurs along x, then along y. */
export function forwardWindow(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage): Storage {
  const table = makeTable(gpu, pass, block);
  const between = line(gpu, pass, "window_line", X, table, x.storage);
  const y = line(gpu, pass, "window_line", Y, table, between, resultOf(gpu, pass, into));
  between.release();
  table.release();
  return y;
}

/** The transposes in reverse; the gradients of the widths come from the image before each axis, computed again. */
export function backwardWindow(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): PassGradients {
  const [n] = pass.input;
  const table = makeTable(gpu, pass, block);
  const wants = (axis: number) => wanted.findIndex((slot) => slot.offset === axis);
  const totals = wanted.length ? gpu.allocate(wanted.length * n * 4) : null;
  if (totals && wants(Y) >= 0) {
    const between = line(gpu, pass, "window_line", X, table, x.storage);
    slope(gpu, pass, Y, table, between, gradient.storage, totals, wants(Y));
    between.release();
  }
  let image: Storage | null = null;
  if (needsImage || wants(X) >= 0) {
    const between = line(gpu, pass, "window_adjoint", Y, table, gradient.storage);
    if (totals && wants(X) >= 0) slope(gpu, pass, X, table, x.storage, between, totals, wants(X));
    if (needsImage) image = line(gpu, pass, "window_adjoint", X, table, between);
    between.release();
  }
  table.release();
  return { image, totals };
}

/** Weights and their derivatives, `[N][axis][2][taps]`. */
function makeTable(gpu: Gpu, pass: Pass, block: Tensor): Storage {
  const [n] = pass.input;
  const taps = tapsOf(pass);
  const table = gpu.allocate(n * 2 * 2 * taps * 4);
  const module = modulePath(pass.links[0]);
  const { wgsl, name } = pass.links[0].transform.declaration;
  const pipeline = gpu.pipeline({
    key: `window_table|${name}`,
    label: `window_table: ${name}`,
    access: "urw",
    source: () =>
      linkShader("pass::window_table", {
        modules: {
          "generated::window": `import package::${module} as w;\nfn weight(t: f32, s: f32) -> f32 { return w::weight(t, s); }\nfn slope(t: f32, s: f32) -> f32 { return w::slope(t, s); }\n`,
          ...(wgsl ? { [`user::${name}`]: wgsl } : {}),
        },
      }),
  });
  const on = pass.layout.slots.find((slot) => slot.name === "on")?.offset ?? 0;
  const shape = gpu.uniform([n, taps, radiusOf(pass, X), radiusOf(pass, Y), on]);
  gpu.dispatch({ pipeline, bindings: [shape, block.storage, table], groups: groupsFor(n * 2) });
  return table;
}

const PADDINGS = ["zeros", "border", "reflection", "symmetric", "circular"];

function pipelineFor(gpu: Gpu, pass: Pass, root: string, access: string) {
  const { name } = pass.links[0].transform.declaration;
  return gpu.pipeline({
    key: `${root}|${pass.padding}`,
    label: `${root}: ${name}`,
    access,
    source: () =>
      linkShader(`pass::${root}`, {
        conditions: Object.fromEntries(PADDINGS.map((p) => [`pad_${p}`, p === pass.padding])),
      }),
  });
}

/** The image seen along an axis, as words of the `Line` uniform. */
function lineWords(pass: Pass, axis: number, threads: number): number[] {
  const [n, c, h, w] = pass.input;
  const view = axis === X ? [n * c * h, w, 1, c * h] : [n * c, h, w, c];
  return [...view, axis, tapsOf(pass), radiusOf(pass, axis), threads];
}

function line(gpu: Gpu, pass: Pass, root: string, axis: number, table: Storage, from: Storage, to?: Storage): Storage {
  const [n, c, h, w] = pass.input;
  const size = n * c * h * w;
  const target = to ?? gpu.allocate(size * 4);
  const pipeline = pipelineFor(gpu, pass, root, "urrw");
  const shape = gpu.uniform(lineWords(pass, axis, 0));
  gpu.dispatch({
    pipeline,
    bindings: [shape, table, from, target],
    groups: groupsFor(n * c * h * Math.ceil(w / 4)),
    bytes: size * 8,
  });
  return target;
}

function slope(
  gpu: Gpu,
  pass: Pass,
  axis: number,
  table: Storage,
  x: Storage,
  g: Storage,
  totals: Storage,
  row: number,
): void {
  const [n, c, h, w] = pass.input;
  const threads = threadsFor(gpu, Math.ceil((c * h * w) / 4), n);
  const sums = gpu.allocate(n * threads * 4);
  const pipeline = pipelineFor(gpu, pass, "window_slope", "urrrw");
  const shape = gpu.uniform(lineWords(pass, axis, threads));
  gpu.dispatch({
    pipeline,
    bindings: [shape, table, x, g, sums],
    groups: groupsFor(n * threads),
    bytes: n * c * h * w * 8,
  });
  sumRows(gpu, sums, n, threads, 1, { total: totals, first: row * n });
  sums.release();
}
