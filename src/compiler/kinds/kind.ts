import type { Gpu, Storage } from "../../gpu/index.ts";
import type { Shape, Tensor } from "../../tensor/index.ts";
import type { Declaration, Transform } from "../../transforms/index.ts";
import type { Slot } from "../pack/layout.ts";
import type { Bound, BoundField, BoundValue, Pass } from "../pass.ts";

/** A function of a transform's module: its name, the types of its parameters, and of its result. */
export type Signature = readonly [name: string, params: readonly string[], result: string];

/** A chain, and where in it a pass begins. */
export interface Chain {
  links: readonly Bound[];
  at: number;
  /** The shape that the link at `at` sees. */
  input: Shape;
  /** Whether maps in a row become one resample. */
  compose: boolean;
  /** The kind that a link is for images of this size. */
  kindOf: (link: Bound, input: Shape) => Pass["kind"];
}

/** The links that one pass takes from a chain, and why it ends there. */
export interface Taken {
  count: number;
  ended: string;
  /** Whether a pass that reads f32 stores its result as any type, so that none has to follow that converts it. */
  packs?: boolean;
  pass: Pick<Pass, "kind" | "heads" | "output"> &
    Partial<Pick<Pass, "frames" | "interpolation" | "padding" | "fill" | "tile">>;
}

/** What a pass costs. */
export interface Cost {
  /** Dispatches of the forward pass that go over pixels, and those of the backward one with the gradients of everything. */
  dispatches: { forward: number; backward: number };
  /** How often forward reads the input; once unless given. */
  readings?: number;
  /** Bytes that forward writes and reads again between its dispatches. */
  between?: number;
  /** Floats per sample of the largest table that the pass makes. */
  table?: number;
  /** Sums per thread besides those of parameters. */
  sums?: number;
  /** How the gradient of the image is made, where a kind has several ways. */
  image?: string;
  /** Storage buffers of the dispatch that binds the most of them: WebGPU guarantees 8. */
  buffers: number;
}

/** An operation that makes, over all of its pixels, what a pass looks at besides the image. */
export interface Making {
  /** What it makes, for people. */
  what: string;
  /** Shape of what it is made of; null where that is no image. */
  from: Shape | null;
  to: Shape;
  dispatches: Cost["dispatches"];
}

/** The wanted slots' sums, and the gradient of the image. */
export interface Gradients {
  image: Storage | null;
  /** The sums of a wanted slot, `[rows][samples]`, and the row in which it begins. */
  of: (slot: Slot) => { storage: Storage; row: number };
  /** The gradient of the tensor that a field looks through, where it is wanted. */
  field?: Storage | null;
  /** The gradients of the images beside the input, in the order of `besideOf`, where they are wanted. */
  images?: readonly (Storage | null)[];
  release: () => void;
}

/** What a pass computed, and how to pull a gradient back through it. */
export interface Ran {
  y: Storage;
  /** What backward needs besides the input of the pass. */
  saved: Tensor[];
  /** `saved` begins with the input of the pass, where its kind saves it. */
  pull: (
    gradient: Tensor,
    saved: readonly Tensor[],
    needsImage: boolean,
    wanted: readonly Slot[],
    needsField: boolean,
    beside: BesideAsked,
  ) => Gradients;
}

/** Images beside the input, on the way back: the tensors, and whether the gradient of each is wanted. */
export interface BesideAsked {
  images: readonly Tensor[];
  needs: readonly boolean[];
}

/** What a pass looks at besides its input and its block. */
export interface Sources {
  /** The tensor that a field looks through; the pass disposes of it with what was saved. */
  field?: Tensor;
  /** Images beside the input, in the order of `besideOf`; their gradients are asked for with them. */
  images?: readonly Tensor[];
}

/** Applies a chain: `apply()`, for what a kind makes by other transforms. */
export type Apply = (x: Tensor, chain: readonly Transform[]) => Tensor;

/** What the compiler has to know of a kind of transform; `kinds/index.ts` lists them. It runs, or is made of what runs. */
export type Kind = Rules & (Runs | Composes);

/** Kinds whose passes run kernels. */
interface Runs {
  forward: (gpu: Gpu, pass: Pass, x: Tensor, block: Tensor, into?: Storage, sources?: Sources) => Ran;
  compose?: undefined;
  chainsOf?: undefined;
  seen?: undefined;
}

/** Kinds that are made of other transforms, and of operations on tensors. */
interface Composes {
  compose: (x: Tensor, pass: Pass, link: Bound, images: readonly Tensor[], apply: Apply) => Tensor;
  /** The chains that run, for images of this shape. */
  chainsOf: (link: Bound, input: Shape) => readonly (readonly Transform[])[];
  /** The shape that chains see. */
  seen: (link: Bound, input: Shape) => Shape;
  forward?: undefined;
}

/**
 * How a kind moves pixels, of which `motion/` has a rule each. `still`: they stay where they are. `matrix`: its module's `matrix` says where
 * they go. `place`: its module's `place` says where a pixel of the result comes from. `taps`: as its declaration says, or its module's
 * `tap` and `seen`. `strides`: so many pixels apart become neighbours. `chains`: as the transforms that it is made of.
 */
export type MotionKind = "still" | "matrix" | "place" | "taps" | "strides" | "chains";

interface Rules {
  /** How it moves pixels. */
  motion: MotionKind;
  /** The functions that a module of this kind has. */
  functions: (declaration: Declaration) => readonly Signature[];
  /**
   * Whether its module has a `struct Params` with the declared fields, which its kernels fill from the block and move into their ranges; a
   * kind without gets plain numbers.
   */
  hasParams: boolean;
  /** What else `Params` has, by field. */
  fields?: (declaration: Declaration) => Readonly<Record<string, string>>;
  /** Whether a gate between 0 and 1 blends; others are applied or not. */
  blends?: boolean;
  /** Settles what depends on values and yet is part of the plan, such as the size of a window. */
  settle?: (transform: Transform, values: Readonly<Record<string, BoundValue>>, field?: BoundField) => Transform;
  /** The kind that a transform of this one is for images of this size, where it is another. */
  as?: (transform: Transform, input: Shape, output: Shape) => Pass["kind"];
  /** Takes links for one pass. */
  take: (chain: Chain) => Taken;
  /**
   * Whether each value of the result is a weighted mean of the channel, with weights that sum to 1 wherever it lies, and is no
   * costlier than the input: linear points then run behind it.
   */
  averages?: (link: Bound, input: Shape, output: Shape) => boolean;
  /** Whether neighbours of such kinds become one look at the image, which is another result than two looks. */
  joins?: boolean;
  /** Reads every pixel many times, so that the image is converted to f32 before, and writes f32 unless its pass `packs`. */
  readsF32: boolean;
  /** Whether backward looks at the pass's input again. */
  savesInput: boolean;
  /** Why a batch of this kind cannot be split, where samples see each other. */
  whole?: string;
  cost: (pass: Pass) => Cost;
  /** Repeats an image beside the input for every sample, differentiably, where a kind sees such images. */
  spread?: (image: Tensor, shape: Shape) => Tensor;
  /** The tensor `[N, 2, H, W]` that a pass of these links looks through, differentiably, and how to let go of it. */
  through?: (
    gpu: Gpu,
    links: readonly Bound[],
    samples: number,
    apply: Apply,
  ) => { tensor: Tensor; dispose: () => void } | undefined;
  /** How that tensor comes about, of what a caller gave or of nothing, before what it goes through. */
  making?: (links: readonly Bound[], samples: number) => readonly Making[];
}

/** Rows of the sums in which the wanted slots begin. */
export function rowsOf(wanted: readonly Slot[], storage: Storage | null): Gradients["of"] {
  return (slot) => {
    let row = 0;
    for (const other of wanted) {
      if (other === slot) return { storage: storage!, row };
      row += other.size;
    }
    throw new Error(`No gradient was computed for ${slot.name}.`);
  };
}

/** What backward leaves where all wanted slots have their sums in one buffer, in this order. */
export const gradientsOf = (image: Storage | null, wanted: readonly Slot[], totals: Storage | null): Gradients =>
  gradientsIn(image, [wanted, totals]);

/** The same where some slots have their sums in one buffer, and some in another. */
export function gradientsIn(
  image: Storage | null,
  ...sums: readonly (readonly [wanted: readonly Slot[], totals: Storage | null])[]
): Gradients {
  return {
    image,
    of: (slot) => {
      const [wanted, totals] = sums.find(([wanted]) => wanted.includes(slot)) ?? [[], null];
      return rowsOf(wanted, totals)(slot);
    },
    release: () => {
      for (const [, totals] of sums) totals?.release();
    },
  };
}
