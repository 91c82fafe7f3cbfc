import type { Shape, Tensor } from "../../tensor/index.ts";
import type { Bound } from "../pass.ts";

/** A link of a chain, and what it sees and makes. */
export interface Placed {
  link: Bound;
  input: Shape;
  output: Shape;
}

/** What moves pixels by a matrix for each sample. */
export interface Straight {
  /** `[N, 3, 3]`, source to destination, differentiable in the parameters. */
  readonly matrix: Tensor;
}

/** What moves them otherwise. */
export interface Bent {
  /** Takes points `[N, K, 2]` from the source to the destination, or back, differentiably. */
  readonly move: (points: Tensor, back: boolean) => Tensor;
  /** What it keeps for that. */
  readonly kept: readonly Tensor[];
  /** Whether what it moves may be hidden: where something else is shown at the place that a point goes to, that place does not lead back. */
  readonly hides?: boolean;
}

/** How links move pixels. */
export type Move = Straight | Bent;
