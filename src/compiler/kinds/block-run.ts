/** The dispatches around a transform of blocks: its table, its tiles there and back, and the gradients of its parameters. */
import { type Gpu, linkShader, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { gateOf, type Slot, sizeOf } from "../pack/layout.ts";
import { makePass, type Pass, perPass } from "../pass.ts";
import { groupsFor, sumRows } from "../pixels/kernel.ts";
import { label, userModules } from "../pixels/work.ts";
import { tilesFor } from "../tuning.ts";
import { blockOf, tilingOf } from "./block-tiles.ts";
import type { BlockCode } from "./block-wgsl.ts";
import type { Gradients } from "./kind.ts";

/** What writes the WGSL of blocks is loaded with the first of them. */
const tileModule = async (of: BlockCode) => (await withShaders(import("./block-wgsl.ts"))).tileModule(of);
const transformModule = async (of: BlockCode) => (await withShaders(import("./block-wgsl.ts"))).transformModule(of);

/** What all dispatches of a pass of blocks have in common. */
export interface Work {
  gpu: Gpu;
  pass: Pass;
  /** Words of `Shape` in `lib/tile.wgsl`. */
  shape: number[];
  threads: number;
  /** What the options choose in the module. */
  conditions: Record<string, boolean>;
}

/** What backward is asked for. */
export interface Asked {
  x: Tensor;
  block: Tensor;
  gradient: Tensor;
  needsImage: boolean;
  wanted: readonly Slot[];
}

/** How passes of blocks run, by what is cut into blocks. */
export interface Way {
  forward: (work: Work, table: readonly Storage[], x: Tensor, block: Tensor, into?: Storage) => Storage;
  backward: (work: Work, table: readonly Storage[], asked: Asked) => Gradients;
  /** Whether points that follow run in the pass, which stores what they make as any type; else it has none, and stores f32. */
  packs: boolean;
}

export function workOf(gpu: Gpu, pass: Pass): Work {
  const [n, c, h, w] = pass.input;
  const { tiles, columns, rows, halved } = tilingOf(pass);
  const threads = tilesFor(gpu, tiles, n);
  const coin = gateOf(pass.layout, 0)?.offset;
  const shape = [n, threads, tiles, c, w, h, columns, rows, coin ?? 0];
  const conditions = { ...choices(pass.links[0].transform), halved, coin: coin !== undefined };
  return { gpu, pass, shape, threads, conditions };
}

/** Options by what they choose: `estimator_polynomial`. */
export function choices({ declaration, options }: Pick<Transform, "declaration" | "options">): Record<string, boolean> {
  const chosen: Record<string, boolean> = {};
  for (const [name, { allowed }] of Object.entries(declaration.options ?? {})) {
    if (!Array.isArray(allowed)) continue;
    for (const value of allowed) if (typeof value === "string") chosen[`${name}_${value}`] = options[name] === value;
  }
  return chosen;
}

/** The pass without the points that follow: its slots come first, so that kernels around the transform are the same whatever follows. */
const headOf = perPass((pass: Pass): Pass => {
  const { links, positions, input } = pass;
  if (links.length === 1) return pass;
  return makePass({
    ...pass,
    links: links.slice(0, 1),
    positions: positions.slice(0, 1),
    output: input,
    outputType: "f32",
  });
});

/** One dispatch of a kernel around the transform. */
function dispatchBlock(work: Work, code: Omit<BlockCode, "pass">, buffers: readonly Storage[], threads: number): void {
  const { gpu } = work;
  const pass = headOf(work.pass);
  const { root, wanted, image } = code;
  const own = { ...code, pass };
  const table = blockOf(pass).table ? "r" : "";
  const access = {
    block_table: "urw",
    block_forward: `urrw${table}`,
    block_backward: `urrrw${table}${image ? "w" : ""}`,
    block_parameters: "urrw",
  }[root];
  const pipeline = gpu.pipeline({
    key: `${root}|${pass.key}|${wanted.map(({ offset }) => offset)}|${image}`,
    label: label(pass, root),
    access,
    source: () =>
      linkShader(`pass::${root}`, {
        conditions: { ...work.conditions, image_gradient: image },
        modules: {
          ...userModules(pass),
          "generated::tile": tileModule(own),
          "generated::transform": transformModule(own),
        },
      }),
  });
  const bytes =
    4 *
    pass.input[0] *
    tilingOf(pass).floats *
    { block_table: 0, block_forward: 2, block_backward: 3, block_parameters: 0 }[root];
  gpu.dispatch({ pipeline, bindings: [gpu.uniform(work.shape), ...buffers], groups: groupsFor(threads), bytes });
}

/** The table of every sample, in a list that is empty where the transform has none. */
export function tableOf(work: Work, block: Tensor): Storage[] {
  const { gpu, pass } = work;
  const { table } = blockOf(pass);
  if (!table) return [];
  const entries = gpu.allocate(pass.input[0] * table * 4);
  dispatchBlock(
    work,
    { root: "block_table", wanted: [], image: false },
    [block.storage, entries],
    pass.input[0] * table,
  );
  return [entries];
}

/** Every tile of the planes as the transform leaves it. */
export function runBlocks(work: Work, block: Tensor, table: readonly Storage[], planes: Storage, to: Storage): void {
  dispatchBlock(
    work,
    { root: "block_forward", wanted: [], image: false },
    [block.storage, planes, to, ...table],
    work.shape[0] * work.threads,
  );
}

/** Pulls the gradient of planes back through every tile, and to the wanted slots of the transform. */
export function pullBlocks(
  work: Work,
  block: Tensor,
  table: readonly Storage[],
  planes: Storage,
  gradient: Storage,
  needsPlanes: boolean,
  wanted: readonly Slot[],
): { planes: Storage | null; totals: Storage | null } {
  const { gpu, pass, threads } = work;
  const [n] = pass.input;
  const rows = wanted.length ? (blockOf(pass).table ?? sizeOf(wanted)) : 0;
  const partial = gpu.allocate(4 * Math.max(1, rows * n * threads));
  const pulled = needsPlanes ? gpu.allocate(4 * n * tilingOf(pass).floats) : null;
  dispatchBlock(
    work,
    { root: "block_backward", wanted, image: needsPlanes },
    [block.storage, planes, gradient, partial, ...table, ...(pulled ? [pulled] : [])],
    n * threads,
  );
  const totals = rows ? parametersOf(work, block, partial, rows, wanted) : null;
  partial.release();
  return { planes: pulled, totals };
}

/** The sums of the wanted slots: of all threads, and through the table where there is one. */
function parametersOf(work: Work, block: Tensor, partial: Storage, rows: number, wanted: readonly Slot[]): Storage {
  const { gpu, pass, threads } = work;
  const [n] = pass.input;
  const sums = sumRows(gpu, partial, rows * n, threads);
  if (!blockOf(pass).table) return sums;
  const totals = gpu.allocate(4 * n * sizeOf(wanted));
  dispatchBlock(work, { root: "block_parameters", wanted, image: false }, [block.storage, sums, totals], n);
  sums.release();
  return totals;
}
