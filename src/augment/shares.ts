import { add, concat, noGrad, reshape, sub } from "../autograd/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { keeping, type Tensor, tensor } from "../tensor/index.ts";
import type { Bernoulli, Bound, Primitive, ValueChoice } from "../transforms/index.ts";
import { gumbel, gumbelSoftmax, logWeights } from "./distributions/gumbel.ts";
import { beta, choice, isLearnable, valueFor } from "./distributions/index.ts";
import { drawOnGpu, openTools } from "./gpudraw.ts";
import type { MixtureOf, Selection } from "./tree.ts";

// Shares of the branches of selections whose weights or whose probability learn, and of mixtures: 1 for the branch that a sample takes and 0 for
// others, or numbers in between, with a gradient.

/** How the shares of a selection are drawn. */
export interface Shares {
  /** What is drawn, where something learns; null where the processor draws the shares. */
  readonly source: Primitive | null;
  /** Shares that a sample has: one for each link, and one for itself where it may take none. */
  readonly count: number;
  /** Uniform numbers that a sample draws. */
  readonly units: number;
  /** Whether shares may lie between 0 and 1. */
  readonly relaxed: boolean;
  /** Whether all samples of a batch have one draw. */
  readonly sameOnBatch: boolean;
  /** The shares of n samples, `[n, count]`. */
  draw(gpu: Gpu, units: Float32Array, n: number): Tensor;
  /** The same of shares that the processor draws. */
  rows?(units: Float32Array): number[][];
}

/** Null for a selection that the processor draws. */
export function sharesOf(selection: Selection): Shares | null {
  if (selection.selection === "oneOf" && selection.weights !== undefined && isLearnable(selection.weights)) {
    const { links, weights, estimator = "straightThrough", temperature = 0.5 } = selection;
    return estimator === "relaxed"
      ? relaxedShares(links.length, weights, temperature)
      : linkShares(links.length, weights, estimator);
  }
  if (selection.selection === "sometimes" && typeof selection.p !== "number") return coinShares(selection.p);
  return selection.selection === "mixture" ? mixedShares(selection) : null;
}

/**
 * Weights of links from Dirichlet's distribution of one concentration, by breaking a stick: the j-th of K gets a part of what is left that
 * is of Beta(α, (K − j) α). All together, and the image itself, have the parts of a draw from Beta(α, α).
 */
function mixedShares({ links, alpha }: MixtureOf): Shares {
  const count = links.length;
  const parts = Array.from({ length: count - 1 }, (_, j) => valueFor(beta(alpha, (count - 1 - j) * alpha), 1));
  const whole = valueFor(beta(alpha, alpha), 1);
  const row = (units: Float32Array): number[] => {
    const changed = whole([units[count - 1]], 0);
    let left = changed;
    const own = parts.map((part, j) => {
      const share = left * part([units[j]], 0);
      left -= share;
      return share;
    });
    return [...own, left, 1 - changed];
  };
  const rows = (units: Float32Array): number[][] =>
    Array.from({ length: units.length / count }, (_, i) => row(units.subarray(i * count, (i + 1) * count)));
  return {
    source: null,
    count: count + 1,
    units: count,
    relaxed: true,
    sameOnBatch: false,
    rows,
    draw: (gpu, units) => noGrad(() => tensor(gpu, rows(units))),
  };
}

/** A row for each link, with a 1 at its own place. */
const oneHot = (count: number): number[][] =>
  Array.from({ length: count }, (_, k) => Array.from({ length: count }, (_, i) => Number(i === k)));

function linkShares(count: number, weights: Bound, estimator: ValueChoice["estimator"]): Shares {
  const source = choice(oneHot(count), { weights, estimator });
  return {
    source,
    count,
    units: 1,
    relaxed: false,
    sameOnBatch: false,
    draw: (gpu, units, n) => drawn(gpu, source, "oneOf", repeated(units, count), n, count),
  };
}

/** Each number so many times in a row: a row of values is drawn of one. */
export const repeated = (units: Float32Array, count: number): Float32Array =>
  Float32Array.from({ length: units.length * count }, (_, i) => units[Math.floor(i / count)]);

function coinShares(p: Bernoulli): Shares {
  return {
    source: p,
    count: 2,
    units: 1,
    relaxed: p.estimator === "relaxed",
    sameOnBatch: p.sameOnBatch,
    draw: (gpu, units, n) =>
      keeping(gpu, () => {
        const share = reshape(drawn(gpu, p, "sometimes", units, n, 1), [n, 1]);
        return concat([share, sub(1, share)], 1);
      }),
  };
}

/** A draw without what was made on the way. By the score function it has no gradient: that is in its probability. */
function drawn(gpu: Gpu, source: Primitive, name: string, units: Float32Array, n: number, count: number): Tensor {
  const shape = { n, components: count, vector: count > 1 };
  const { value, dispose } = drawOnGpu(gpu, source, name, units, shape);
  return keeping(gpu, () => {
    const copy = add(value, 0);
    dispose();
    return copy;
  });
}

/** Shares of a Gumbel softmax, of a uniform number for each link. */
function relaxedShares(count: number, weights: Bound, temperature: number): Shares {
  return {
    source: choice(oneHot(count), { weights }),
    count,
    units: count,
    relaxed: true,
    sameOnBatch: false,
    draw(gpu, units, n) {
      const tools = openTools(gpu, "oneOf", { n, components: count, vector: true });
      try {
        const { list, upload } = tools.toolsAt("");
        return keeping(gpu, () =>
          gumbelSoftmax(logWeights(list("weights", weights, count)), upload(units.map(gumbel)), temperature),
        );
      } finally {
        tools.dispose();
      }
    },
  };
}
