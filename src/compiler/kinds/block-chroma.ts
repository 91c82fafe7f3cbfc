/**
 * Luma and chroma with half its sides: images are split into their planes, and what blocks leave of these is merged in a pixel pass, so
 * that the points that follow run on what it shows.
 */
import chromaMergeBackWgsl from "../../../shaders/pass/chroma_merge_back.wgsl";
import chromaSplitWgsl from "../../../shaders/pass/chroma_split.wgsl";
import chromaSplitBackWgsl from "../../../shaders/pass/chroma_split_back.wgsl";
import { linkShader, type Storage, withShaders } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { groupsFor } from "../pixels/kernel.ts";
import { type Sight, seeBackward, seeForward, totalsOf } from "../pixels/see.ts";
import { label } from "../pixels/work.ts";
import { type Asked, pullBlocks, runBlocks, type Way, type Work } from "./block-run.ts";
import { tilingOf } from "./block-tiles.ts";
import { type Gradients, gradientsIn } from "./kind.ts";

const planesModule = async (pass: Pass) => (await withShaders(import("./block-wgsl.ts"))).planesModule(pass);

const CHROMA = {
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
        modules: { "generated::tile": planesModule(pass) },
      }),
  });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform(work.shape), ...buffers, ...(coin ? kept : [])],
    groups: groupsFor(root === "chroma_split_back" && padded ? n * h * w : n * (floats / 6)),
    bytes: 4 * n * (floats + 3 * h * w),
  });
}

/** The planes of a batch of images. */
function splitImage(work: Work, x: Storage): Storage {
  const { gpu, pass } = work;
  const planes = gpu.allocate(4 * pass.input[0] * tilingOf(pass).floats);
  convert(work, "chroma_split", [x, planes]);
  return planes;
}

/** The planes of images as blocks leave them. */
function donePlanes(work: Work, block: Tensor, table: readonly Storage[], planes: Storage): Storage {
  const done = work.gpu.allocate(planes.size);
  runBlocks(work, block, table, planes, done);
  return done;
}

/** How planes are seen: merged, but for samples that a coin leaves alone. */
function sightOf({ pass, conditions }: Work, planes: Storage): Sight {
  const wholeRows = pass.input[3] % 4 === 0;
  return {
    name: "chroma_merge",
    module: "chroma",
    byQuads: true,
    modules: () => ({ "generated::tile": planesModule(pass) }),
    conditions: { coin: conditions.coin, halved: true, whole_rows: wholeRows },
    sums: 0,
    reads: [{ io: { role: "floats", name: "planes" }, storage: planes }],
    key: `|${wholeRows}`,
  };
}

function forwardHalved(work: Work, table: readonly Storage[], x: Tensor, block: Tensor, into?: Storage): Storage {
  const { gpu, pass } = work;
  const planes = splitImage(work, x.storage);
  const done = donePlanes(work, block, table, planes);
  const y = seeForward(gpu, pass, sightOf(work, done), x, block, into);
  for (const storage of [planes, done]) storage.release();
  return y;
}

/**
 * Back through the points, the merging, the blocks and the splitting. Points and clipping look at what blocks leave, which is computed
 * again.
 */
function backwardHalved(work: Work, table: readonly Storage[], asked: Asked): Gradients {
  const { gpu, pass } = work;
  const { x, block, needsImage, wanted } = asked;
  const own = wanted.filter(({ transform }) => transform === 0);
  const ofPoints = wanted.filter(({ transform }) => transform > 0);
  const planes = splitImage(work, x.storage);
  const done = donePlanes(work, block, table, planes);
  const needsSeen = needsImage || own.length > 0;
  const pulled =
    pass.links.length > 1
      ? seeBackward(gpu, pass, sightOf(work, done), { ...asked, needsSeen, wanted: ofPoints })
      : null;
  const seen = pulled ? pulled.seen : asked.gradient.storage.retain();
  const found = seen && pullHalved(work, block, table, planes, done, seen, needsImage, own);
  for (const storage of [planes, done, seen]) storage?.release();
  const sums = pulled && totalsOf(gpu, pass, pulled);
  return gradientsIn(found?.image ?? null, [own, found?.totals ?? null], [ofPoints, sums]);
}

/** The same from what was merged on. */
function pullHalved(
  work: Work,
  block: Tensor,
  table: readonly Storage[],
  planes: Storage,
  done: Storage,
  seen: Storage,
  needsImage: boolean,
  own: readonly Slot[],
): { image: Storage | null; totals: Storage | null } {
  const { gpu, pass } = work;
  const gradient = gpu.allocate(planes.size);
  convert(work, "chroma_merge_back", [done, seen, gradient], [block.storage]);
  const { planes: ofPlanes, totals } = pullBlocks(work, block, table, planes, gradient, needsImage, own);
  gradient.release();
  if (!ofPlanes) return { image: null, totals };
  const [n, c, h, w] = pass.input;
  const image = gpu.allocate(4 * n * c * h * w);
  convert(work, "chroma_split_back", [ofPlanes, image], [block.storage, seen]);
  ofPlanes.release();
  return { image, totals };
}

/** The way of blocks of luma and chroma. */
export const halved: Way = { forward: forwardHalved, backward: backwardHalved, packs: true };
