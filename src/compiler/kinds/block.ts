/**
 * Blocks: disjoint tiles of planes, each worked on as a whole by one thread. The planes are those of the image, or luma and chroma
 * with half its sides. What a transform makes of its parameters alone is a table, one for each sample.
 */
import chromaMergeWgsl from "../../../shaders/pass/chroma_merge.wgsl";
import chromaMergeBackWgsl from "../../../shaders/pass/chroma_merge_back.wgsl";
import chromaSplitWgsl from "../../../shaders/pass/chroma_split.wgsl";
import chromaSplitBackWgsl from "../../../shaders/pass/chroma_split_back.wgsl";
import { type Gpu, linkShader, ShapeError, type Storage, withShaders } from "../../gpu/index.ts";
import { show, type Tensor } from "../../tensor/index.ts";
import type { Declaration, Transform } from "../../transforms/index.ts";
import { gateOf, type Slot, sizeOf } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { groupsFor, sumRows } from "../pixels/kernel.ts";
import { label, resultOf, userModules } from "../pixels/work.ts";
import { tilesFor } from "../tuning.ts";
import { blockOf, sidesOf, tilingOf } from "./block-tiles.ts";
import type { BlockCode } from "./block-wgsl.ts";
import { gradientsOf, type Kind, type Signature } from "./kind.ts";
import { sidesSettled } from "./settle.ts";

/** What writes the WGSL of blocks is loaded with the first of them. */
const tileModule = async (of: BlockCode) => (await withShaders(import("./block-wgsl.ts"))).tileModule(of);
const transformModule = async (of: BlockCode) => (await withShaders(import("./block-wgsl.ts"))).transformModule(of);

/** Pixels of a block: two of them and sums fit into what WGSL grants a function, 8192 bytes. */
const LARGEST = 576;

interface Work {
  gpu: Gpu;
  pass: Pass;
  /** Words of `Shape` in `lib/tile.wgsl`. */
  shape: number[];
  threads: number;
  /** What the options choose in the module. */
  conditions: Record<string, boolean>;
}

function workOf(gpu: Gpu, pass: Pass): Work {
  const [n, c, h, w] = pass.input;
  const { tiles, columns, rows, halved } = tilingOf(pass);
  const threads = tilesFor(gpu, tiles, n);
  const coin = gateOf(pass.layout, 0)?.offset;
  const shape = [n, threads, tiles, c, w, h, columns, rows, coin ?? 0];
  const conditions = { ...choices(pass.links[0].transform), halved, coin: coin !== undefined };
  return { gpu, pass, shape, threads, conditions };
}

/** Options by what they choose: `estimator_polynomial`. */
function choices({ declaration, options }: Pick<Transform, "declaration" | "options">): Record<string, boolean> {
  const chosen: Record<string, boolean> = {};
  for (const [name, { allowed }] of Object.entries(declaration.options ?? {})) {
    if (!Array.isArray(allowed)) continue;
    for (const value of allowed) if (typeof value === "string") chosen[`${name}_${value}`] = options[name] === value;
  }
  return chosen;
}

/** One dispatch of a kernel around the transform. */
function dispatchBlock(work: Work, code: Omit<BlockCode, "pass">, buffers: readonly Storage[], threads: number): void {
  const { gpu, pass } = work;
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
function tableOf(work: Work, block: Tensor): Storage[] {
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

const CHROMA = {
  chroma_merge: chromaMergeWgsl,
  chroma_merge_back: chromaMergeBackWgsl,
  chroma_split: chromaSplitWgsl,
  chroma_split_back: chromaSplitBackWgsl,
};

type Chroma = keyof typeof CHROMA;

/** Between images and planes, and back. `kept` are what samples get that a coin leaves alone. */
function convert(work: Work, root: Chroma, buffers: readonly Storage[], kept: readonly Storage[] = []): void {
  const { gpu, pass, conditions } = work;
  const [n, , h, w] = pass.input;
  const { height, width, columns, rows, floats } = tilingOf(pass);
  const coin = conditions.coin && kept.length > 0;
  const padded = columns * width !== w || rows * height !== h;
  const pipeline = gpu.pipeline({
    key: `${root}|${height}x${width}|${coin}|${padded}`,
    label: label(pass, root),
    access: `u${"r".repeat(buffers.length - 1)}w${coin ? "r".repeat(kept.length) : ""}`,
    source: () =>
      linkShader(CHROMA[root], {
        conditions: { coin, padded, halved: true },
        modules: {
          "generated::tile": `const HEIGHT: u32 = ${height}u;\nconst WIDTH: u32 = ${width}u;\n`,
        },
      }),
  });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform(work.shape), ...buffers, ...(coin ? kept : [])],
    groups: groupsFor(root === "chroma_split_back" && padded ? n * h * w : n * (floats / 6)),
    bytes: 4 * n * (floats + 3 * h * w),
  });
}

/** Planes of the image in the colours of the blocks. */
function planesOf(work: Work, x: Storage): Storage {
  const { gpu, pass, conditions } = work;
  if (!conditions.halved) return x.retain();
  const planes = gpu.allocate(4 * pass.input[0] * tilingOf(pass).floats);
  convert(work, "chroma_split", [x, planes]);
  return planes;
}

function runBlocks(work: Work, block: Tensor, table: readonly Storage[], planes: Storage, to: Storage): void {
  dispatchBlock(
    work,
    { root: "block_forward", wanted: [], image: false },
    [block.storage, planes, to, ...table],
    work.shape[0] * work.threads,
  );
}

function forwardBlocks(gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage): Storage {
  const work = workOf(gpu, pass);
  const table = tableOf(work, block);
  const planes = planesOf(work, x.storage);
  const y = resultOf(gpu, pass, into);
  if (work.conditions.halved) {
    const done = gpu.allocate(planes.size);
    runBlocks(work, block, table, planes, done);
    convert(work, "chroma_merge", [done, y], [block.storage, x.storage]);
    done.release();
  } else runBlocks(work, block, table, planes, y);
  for (const storage of [planes, ...table]) storage.release();
  return y;
}

/** The gradient of the planes behind the blocks. Clipping looks at what they hold, which is computed again. */
function planeGradient(
  work: Work,
  block: Tensor,
  table: readonly Storage[],
  planes: Storage,
  gradient: Storage,
): Storage {
  if (!work.conditions.halved) return gradient.retain();
  const { gpu } = work;
  const done = gpu.allocate(planes.size);
  runBlocks(work, block, table, planes, done);
  const pulled = gpu.allocate(planes.size);
  convert(work, "chroma_merge_back", [done, gradient, pulled], [block.storage]);
  done.release();
  return pulled;
}

function backwardBlocks(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
): { image: Storage | null; totals: Storage | null } {
  const work = workOf(gpu, pass);
  const { halved } = work.conditions;
  const [n, c, h, w] = pass.input;
  const table = tableOf(work, block);
  const planes = planesOf(work, x.storage);
  const g = planeGradient(work, block, table, planes, gradient.storage);
  const rows = wanted.length ? (blockOf(pass).table ?? sizeOf(wanted)) : 0;
  const partial = gpu.allocate(4 * Math.max(1, rows * n * work.threads));
  const image = needsImage ? gpu.allocate(4 * n * (halved ? tilingOf(pass).floats : c * h * w)) : null;
  dispatchBlock(
    work,
    { root: "block_backward", wanted, image: needsImage },
    [block.storage, planes, g, partial, ...table, ...(image ? [image] : [])],
    n * work.threads,
  );
  for (const storage of [planes, g, ...table]) storage.release();
  const totals = rows ? parametersOf(work, block, partial, rows, wanted) : null;
  partial.release();
  if (!image || !halved) return { image, totals };
  const whole = gpu.allocate(4 * n * c * h * w);
  convert(work, "chroma_split_back", [image, whole], [block.storage, gradient.storage]);
  image.release();
  return { image: whole, totals };
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

const POINTER = (type: string) => `ptr<function,${type}>`;

function functionsOf({ block }: Declaration): readonly Signature[] {
  const [b, params] = [POINTER("Block"), POINTER("Params")];
  if (!block?.table) {
    return [
      ["forward", [b, "Params", "Tile"], ""],
      ["backward", [b, b, "Params", "Tile", params], ""],
    ];
  }
  return [
    ["entry", ["u32", "Params"], "f32"],
    ["entry_back", ["u32", "Params", "f32", params], ""],
    ["forward", [b, "Tile"], ""],
    ["backward", [b, b, "Tile", POINTER("Sums")], ""],
  ];
}

export const block: Kind = {
  motion: "still",
  functions: functionsOf,
  hasParams: true,
  settle: sidesSettled,
  take: ({ links, at, input }) => {
    const { declaration, options } = links[at].transform;
    const [height, width] = sidesOf({ links: [links[at]] });
    if (height * width > LARGEST)
      throw new ShapeError(
        `${declaration.name}.${declaration.block?.size}`,
        show([height, width]),
        `at most ${LARGEST} pixels`,
      );
    const chosen = Object.entries(choices({ declaration, options })).filter(([, is]) => is);
    return {
      count: 1,
      ended: `${declaration.name} works on whole blocks`,
      pass: { kind: "block", output: input, heads: 1, tile: [height, width, ...chosen.map(([name]) => name)].join() },
    };
  },
  readsF32: true,
  savesInput: true,
  cost: (pass) => {
    const { halved, floats } = tilingOf(pass);
    return {
      dispatches: halved ? { forward: 3, backward: 5 } : { forward: 1, backward: 1 },
      between: halved ? 8 * pass.input[0] * floats : 0,
      table: Math.max(blockOf(pass).table ?? 0, floats),
      buffers: 6,
    };
  },
  forward: (gpu, pass, x, params, into) => ({
    y: forwardBlocks(gpu, pass, x, params, into),
    saved: [params],
    pull: (gradient, [sx, sb], needsImage, wanted) => {
      const { image, totals } = backwardBlocks(gpu, pass, sx, sb, gradient, needsImage, wanted);
      return gradientsOf(image, wanted, totals);
    },
  }),
};
