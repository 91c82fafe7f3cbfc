import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "./declaration.ts";
import type { CompositeSettings } from "./kind-specs.ts";

// What a transform applies within itself.

/** Chains of which each sample of a batch runs one at most. */
export interface Branches {
  readonly chains: readonly BranchChain[];
  /** The number of the chain that each sample runs; -1 for one that stays as it is. */
  readonly taken: readonly number[];
}

/** One of {@link Branches}, made for all samples of a batch. */
export interface BranchChain {
  readonly chain: readonly Transform[];
  /** Whether its samples see others: then it runs on all, and those that run it are taken of what it makes. */
  readonly meets: boolean;
  /** The tensors that it holds. */
  tensors(): readonly Tensor[];
  /** The same for the samples at some places. Tensors that are made for it belong to the scope that is open. */
  at(places: readonly number[]): BranchChain;
}

/** A part of a pipeline that a transform applies within itself, and what it makes of the image and of that part's results. */
export interface Inner {
  /** The part, as it was given. */
  readonly tree: unknown;
  /** What its function was given besides, by name: for documents. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The transform as one would write it. */
  show(): string;
  /** The result; `run` applies the part. */
  made(x: Tensor, settings: CompositeSettings, run: (x: Tensor) => Tensor): Tensor;
  /** Where it is a region of the image that shows what the part makes. */
  readonly region?: RegionOf;
  /** What is drawn for the part, where it sees pieces of samples. */
  readonly spread?: Spread;
  /** Whether maps in a row within it become one resample; true unless given. */
  readonly compose?: boolean;
}

/** How samples fall into pieces, frames of clips or patches of images, that are drawn for one by one. */
export interface Spread {
  /** How many pieces a sample has. */
  readonly count: number;
  /** Whether all pieces of a sample get one draw. */
  readonly shared: boolean;
  /** Whether all samples get what sample 0 gets, piece by piece. */
  readonly sameOnBatch: boolean;
}

/**
 * How much of each pixel of images of a shape is what a part of a pipeline makes, `[N, 1, H, W]`, N or 1; null where that is no matter of
 * pixels, as where channels differ.
 */
export type RegionOf = (settings: CompositeSettings, like: Pick<Tensor, "gpu" | "shape">) => Tensor | null;

/** {@link Inner}, as it runs. */
export interface Parts {
  readonly chain: readonly Transform[];
  /** Whether links of it run side by side, and the chain does not say all. */
  readonly sideBySide: boolean;
  made(x: Tensor, settings: CompositeSettings, chain: readonly Transform[]): Tensor;
  readonly region?: RegionOf;
  /** What the chain is for images of this shape, where that depends on which links change their size. */
  readonly chainFor?: (shape: readonly number[]) => readonly Transform[];
  /** The same for the samples, or pieces of samples, at some places, where it is not the chain as it is that runs. */
  at?(places: readonly number[]): Parts;
}
