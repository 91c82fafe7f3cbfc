/** Where the pixels of a chain go: for each way in which kinds move them, a rule. */
import { blend } from "../../autograd/blend.ts";
import { reshape } from "../../autograd/index.ts";
import { ArgumentError, type Gpu } from "../../gpu/index.ts";
import { keeping, type Shape, show } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { kinds, type MotionKind } from "../kinds/index.ts";
import { LONGEST_ROW } from "../kinds/row.ts";
import { neighbourhoodOf } from "../neighbourhood.ts";
import { sized } from "../outcome.ts";
import type { Bound } from "../pass.ts";
import { bindChain } from "../stages/apply.ts";
import { kindOf } from "../stages/plan.ts";
import { bentBy } from "./field.ts";
import { identity, repeated } from "./identity.ts";
import type { Move, Placed } from "./move.ts";
import { rowOf } from "./row.ts";
import { tapped } from "./taps.ts";

export { identity } from "./identity.ts";
export type { Move } from "./move.ts";

/** Makes what moves the pixels of one link, or of several in a row where they `join`. */
interface Rule {
  joins?: true;
  moves: (gpu: Gpu, placed: readonly [Placed, ...Placed[]]) => readonly Move[];
}

const RULES: Readonly<Record<MotionKind, Rule>> = {
  still: {
    moves: (_, [{ link, input, output }]) => {
      if (sameSize(input, output)) return [];
      const given = `a change of size from ${show(input)} to ${show(output)}`;
      throw new ArgumentError(link.transform.declaration.name, given, "a transform that says where its pixels go");
    },
  },
  matrix: { joins: true, moves: (gpu, placed) => [rowOf(gpu, placed)] },
  place: { moves: (gpu, [placed]) => [bentBy(gpu, placed)] },
  taps: { moves: (gpu, [placed]) => tapped(gpu, placed) },
  strides: { moves: (gpu, [placed]) => strided(gpu, placed) },
  chains: { moves: (gpu, [placed]) => chained(gpu, placed) },
};

const sameSize = (a: Shape, b: Shape): boolean => a[2] === b[2] && a[3] === b[3];

/** What moves the pixels of a chain whose transforms were bound to images of this shape, in order, and the shape of what comes out. */
export function movesOf(gpu: Gpu, links: readonly Bound[], input: Shape): { moves: readonly Move[]; output: Shape } {
  const moves: Move[] = [];
  let row: Placed[] = [];
  let output = input;
  const endRow = () => {
    const [first, ...rest] = row;
    if (first) moves.push(...RULES.matrix.moves(gpu, [first, ...rest]));
    row = [];
  };
  for (const link of links) {
    const placed = { link, input: output, output: sized(link, output) };
    const { motion } = kinds[kindOf(link, output)];
    output = placed.output;
    const rule = RULES[motion];
    if (rule.joins && link.gate !== "gate") {
      if (row.length === LONGEST_ROW) endRow();
      row.push(placed);
      continue;
    }
    const own = link.gate === "gate" ? gated(gpu, placed, rule) : rule.moves(gpu, [placed]);
    // What stays where it is ends no row.
    if (own.length === 0) continue;
    endRow();
    moves.push(...own);
  }
  endRow();
  return { moves, output };
}

/** Through a gate between 0 and 1 points come as far: all of the way at 1, not at all at 0. */
function gated(gpu: Gpu, placed: Placed, rule: Rule): readonly Move[] {
  const { on, ...open } = placed.link;
  const { on: _, ...transform } = placed.link.transform;
  const moves = rule.moves(gpu, [{ ...placed, link: { ...open, gate: "always", transform } }]);
  if (moves.length === 0 || !on || !("tensor" in on)) return moves;
  const share = reshape(on.tensor, [on.tensor.size, 1, 1]);
  const blended = moves.map((move): Move => {
    if ("matrix" in move) return { matrix: keeping(gpu, () => blend(share, move.matrix, identity(gpu, 1))) };
    const through: Extract<Move, { move: unknown }>["move"] = (points, back) =>
      keeping(gpu, () => blend(share, move.move(points, back), points));
    return { move: through, kept: [...move.kept, share] };
  });
  for (const move of moves) if ("matrix" in move) move.matrix.dispose();
  if (moves.every((move) => "matrix" in move)) share.dispose();
  return blended;
}

/** Pixels that lie `stride` apart become neighbours; where a window has to lie within the image, the first is that in its middle. */
function strided(gpu: Gpu, { link, input, output }: Placed): readonly Move[] {
  if (sameSize(input, output)) return [];
  const { width, height, left, top, stride } = neighbourhoodOf(link.transform);
  const [x, y] = [((width - 1) >> 1) - left, ((height - 1) >> 1) - top];
  const [down, across] = stride.map((step) => 1 / step);
  return [{ matrix: repeated(gpu, input[0], [across, 0, -across * x, 0, down, -down * y, 0, 0, 1]) }];
}

/** What a composite without a `combine` does is what its chain does; one with it makes an image of images, of the same size, in which nothing moves. */
function chained(gpu: Gpu, placed: Placed): readonly Move[] {
  const { link, input } = placed;
  const { on, declaration } = link.transform;
  if (declaration.composite?.combine) {
    refuseMoving(link.transform);
    return RULES.still.moves(gpu, [placed]);
  }
  const [chain] = kinds.composite.chainsOf!(link, input);
  const own = chain.map((each): Transform => ({ ...each, on }));
  return movesOf(gpu, bindChain(gpu, input, own), input).moves;
}

/** Channels of an image that move, or a share of it, have no one place. */
function refuseMoving({ declaration, parts }: Transform): void {
  for (const within of parts?.chain ?? []) {
    refuseMoving(within);
    if (kinds[within.declaration.kind].motion === "still" || within.parts) continue;
    throw new ArgumentError(
      `links of ${declaration.name}()`,
      `${within.declaration.name}, which moves pixels, beside labels or for a motion`,
      "links that leave pixels where they are: what moves in some channels, or in a share, is in two places",
    );
  }
}
