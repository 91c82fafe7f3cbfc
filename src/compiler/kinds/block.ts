/**
 * Blocks: disjoint tiles of planes, each worked on as a whole by one thread. The planes are those of the image, or luma and chroma
 * with half its sides. What a transform makes of its parameters alone is a table, one for each sample.
 */
import { ShapeError } from "../../gpu/index.ts";
import { show } from "../../tensor/index.ts";
import type { BlockSpec, Declaration } from "../../transforms/index.ts";
import type { Pass } from "../pass.ts";
import { takePoints } from "../pixels/epilogue.ts";
import { resultOf } from "../pixels/work.ts";
import { halved } from "./block-chroma.ts";
import { choices, pullBlocks, runBlocks, tableOf, type Way, workOf } from "./block-run.ts";
import { blockOf, sidesOf, tilingOf } from "./block-tiles.ts";
import { type Chain, gradientsOf, type Kind, type Signature, type Taken } from "./kind.ts";
import { sidesSettled } from "./settle.ts";

/** Pixels of a block: two of them and sums fit into what WGSL grants a function, 8192 bytes. */
const LARGEST = 576;

/** The way of blocks of the image's own planes. */
const whole: Way = {
  forward: (work, table, x, block, into) => {
    const y = resultOf(work.gpu, work.pass, into);
    runBlocks(work, block, table, x.storage, y);
    return y;
  },
  backward: (work, table, { x, block, gradient, needsImage, wanted }) => {
    const { planes, totals } = pullBlocks(work, block, table, x.storage, gradient.storage, needsImage, wanted);
    return gradientsOf(planes, wanted, totals);
  },
  packs: false,
};

const WAYS: Readonly<Record<NonNullable<BlockSpec["planes"]> | "whole", Way>> = { whole, ycbcr420: halved };

const wayOf = (pass: Pick<Pass, "links">): Way => WAYS[blockOf(pass).planes ?? "whole"];

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

function takeBlock({ links, at, input }: Chain): Taken {
  const own = { links: [links[at]] };
  const { declaration, options } = links[at].transform;
  const { name } = declaration;
  const [height, width] = sidesOf(own);
  if (height * width > LARGEST)
    throw new ShapeError(`${name}.${declaration.block?.size}`, show([height, width]), `at most ${LARGEST} pixels`);
  const { packs } = wayOf(own);
  const points = packs
    ? takePoints(links, at + 1, input, { measures: "none" })
    : { count: 0, output: input, ended: `${name} works on whole blocks` };
  const chosen = Object.entries(choices({ declaration, options })).filter(([, is]) => is);
  const tile = [height, width, ...chosen.map(([name]) => name)].join();
  return {
    count: 1 + points.count,
    ended: points.ended,
    packs,
    pass: { kind: "block", output: points.output, heads: 1, tile },
  };
}

export const block: Kind = {
  motion: "still",
  functions: functionsOf,
  hasParams: true,
  settle: sidesSettled,
  take: takeBlock,
  readsF32: true,
  savesInput: true,
  cost: (pass) => {
    const { halved, floats } = tilingOf(pass);
    return {
      dispatches: halved ? { forward: 3, backward: pass.links.length > 1 ? 6 : 5 } : { forward: 1, backward: 1 },
      between: halved ? 8 * pass.input[0] * floats : 0,
      table: Math.max(blockOf(pass).table ?? 0, floats),
      buffers: 6,
    };
  },
  forward: (gpu, pass, x, block, into) => {
    const work = workOf(gpu, pass);
    const table = tableOf(work, block);
    const y = wayOf(pass).forward(work, table, x, block, into);
    for (const entries of table) entries.release();
    return {
      y,
      saved: [block],
      pull: (gradient, [sx, sb], needsImage, wanted) => {
        const again = tableOf(work, sb);
        const gradients = wayOf(pass).backward(work, again, { x: sx, block: sb, gradient, needsImage, wanted });
        for (const entries of again) entries.release();
        return gradients;
      },
    };
  },
};
