import { moduleSource } from "../gpu/index.ts";
import type { Declaration, ParamSpec } from "../transforms/index.ts";
import type { Bound } from "./pass.ts";

/**
 * How much a point adds to the time that compiling its kernels takes: 1 for itself, 1 for each value that may be learned, and
 * more for what compilers are slow at.
 */
export function weightOf({ transform: { declaration }, gate, values }: Bound): number {
  if (declaration.kind !== "point") return 0;
  let weight =
    1 +
    BRANCH * branchesOf(declaration) +
    (declaration.statistic ? STATISTIC : 0) +
    DRAW * (declaration.draws ?? 0) +
    (gate === "gate" ? 1 : 0);
  for (const name in declaration.params) {
    const value = values[name];
    if (value && "tensor" in value) weight += Math.min(sizeOf(declaration.params[name].size), LARGEST);
  }
  return weight;
}

/** A thread sums three values of a parameter that has one per channel. */
const sizeOf = (size: ParamSpec["size"] = 1): number => (typeof size === "number" ? size : 3);

/** No parameter weighs more than this. */
const LARGEST = 16;

/**
 * What a branch weighs. To order the blocks of a loop, SwiftShader looks for paths through it, and looks twice as long for each
 * `if … else` and `&&` in a row: three transforms with two of them each took a minute.
 */
const BRANCH = 4;

/** What a statistic weighs: it has kernels of its own, with all that comes before it in the pass. */
const STATISTIC = 8;

/** What a stream of random numbers weighs: a block of Threefry is hundreds of operations in a row, for each of four pixels. */
const DRAW = 4;

const branches = new WeakMap<Declaration, number>();

/** Branches and loops in the WGSL of a transform. */
function branchesOf(declaration: Declaration): number {
  let found = branches.get(declaration);
  if (found === undefined) {
    const code = (declaration.wgsl ?? moduleSource(declaration.module) ?? "").replaceAll(
      /\/\/.*|\/\*[\s\S]*?\*\//g,
      "",
    );
    found = code.match(/\b(if|for|while|loop|switch)\b|&&|\|\|/g)?.length ?? 0;
    branches.set(declaration, found);
  }
  return found;
}
