/** The pixel pass, forward and backward: what a kind sees at each pixel of the result, and the points that follow. */
import type { Gpu, Storage, Wgsl } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type Slot, sizeOf } from "../pack/layout.ts";
import { type Pass, perPass, quadAligned } from "../pass.ts";
import { rolls } from "../tuning.ts";
import type { ChainSpec } from "./chain.ts";
import type { Io, IoBuffer } from "./io.ts";
import { dispatchKernel, floatWord, sumRows } from "./kernel.ts";
import { bytesOf, geometryOf, label, pointsOf, resultOf, userModules } from "./work.ts";
import { chainModule } from "./written.ts";

/** A buffer that a kind binds besides those of every pixel pass. */
export interface Extra {
  io: IoBuffer;
  storage: Storage;
}

/** How a kind sees: what its pixel passes link and bind besides what every one has. */
export interface Sight {
  /** What its dispatches are called: `map` makes map_forward and map_backward. */
  name: string;
  /**
   * The file below shaders/see with `Scene`, `scene_of`, `see`, and for backward `Seen`, `see_again`, `SeeSum`, `see_back` and
   * `save_see`; `generated`, where `modules` has it; none where pixels see their own place.
   */
  module?: string;
  /**
   * Whether it sees the four pixels of a quad together, which have more in common than each with itself: in the place of what sees one
   * its module has `see_quad`, no parameter of the kind learns from what is seen, and `x` is read as points read it.
   */
  byQuads?: boolean;
  /**
   * Whether it sees four pixels of one row at a time, too: its module has `see_four`, and for backward `Four` and `see_four_again`, which do
   * for the four from a pixel on what `see` and `see_again` do for one.
   */
  byFours?: boolean;
  /** Generated modules that it imports; with `adds`, for a pass that adds to the sums of one before. */
  modules: (backward: boolean, wanted: readonly Slot[], adds?: boolean) => Record<string, Wgsl | Promise<Wgsl>>;
  conditions: Readonly<Record<string, boolean>>;
  /** Sums of its own in each thread, behind those of the parameters of points. */
  sums: number;
  /** What it reads besides the image and the block. */
  reads?: readonly Extra[];
  /** Further words of the code's key. */
  key?: string;
  /** Whether the code has a pixel once, in a loop over the four of a quad: where seeing takes much code. */
  isRolled?: boolean;
  /** Whether it leaves pixels below the last row out by itself. */
  knowsLast?: boolean;
  /** More of the chain's code. */
  chain?: Partial<ChainSpec>;
}

/** The bindings of a pass over the pixels of `plane`. */
export function ioOf(pass: Pass, buffers: Io["buffers"], plane: readonly number[] = pass.output): Io {
  const frames = pass.frames.length || undefined;
  return {
    channels: pass.input[1],
    alignedIn: quadAligned(pass.input),
    alignedOut: quadAligned(plane),
    frames,
    buffers,
  };
}

/** Sizes before and after each map, for the `Shape` uniform. */
export const frameWords = perPass((pass: Pass): readonly number[] =>
  pass.frames.flatMap((frame) => frame.map(floatWord)),
);

/** The image as a kind reads it: whole quads of its own place, or single pixels anywhere. */
export const imageOf = (pass: Pass, sight: Sight): IoBuffer => ({
  role: "x",
  dtype: pass.inputType,
  access: sight.module && !sight.byQuads ? "fetch" : "quad",
  plane: "in",
});

/** How the kernels of a pixel pass see, as conditions; `isLong` is a chain that they have once, in a loop over the pixels of a quad. */
function waysOf({ module, byQuads = false, byFours = false, isRolled = false }: Sight, isLong: boolean) {
  return {
    own_place: !module,
    by_pixels: module !== undefined && !byQuads && !byFours,
    by_quads: byQuads,
    by_fours: byFours,
    rolled: isLong || (isRolled && !byFours),
  };
}

/** What stands for what a kind sees. */
export const standInsOf = ({ module }: Sight): Record<string, string> =>
  module && module !== "generated" ? { "generated::see": `see::${module}` } : {};

/** The chain of a pass that sees. */
export const specOf = (pass: Pass, sight: Sight, more: Partial<ChainSpec> = {}): ChainSpec => ({
  points: pointsOf(pass),
  layout: pass.layout,
  channels: pass.input[1],
  fill: pass.fill,
  ...sight.chain,
  ...more,
});

/** Runs a pixel pass. */
export function seeForward(gpu: Gpu, pass: Pass, sight: Sight, x: Tensor, block: Tensor, into?: Storage): Storage {
  const geometry = geometryOf(gpu, pass, pass.output);
  const y = resultOf(gpu, pass, into);
  const { reads = [] } = sight;
  dispatchKernel(gpu, {
    root: "pixels_forward",
    label: label(pass, `${sight.name}_forward`),
    key: `${pass.key}${sight.key ?? ""}`,
    io: () =>
      ioOf(pass, [
        { role: "params" },
        ...reads.map(({ io }) => io),
        imageOf(pass, sight),
        { role: "y", dtype: pass.outputType, channels: pass.output[1] },
      ]),
    conditions: {
      ...sight.conditions,
      ...waysOf(sight, rolls(pointsOf(pass).length)),
    },
    standIns: standInsOf(sight),
    modules: () => ({
      ...userModules(pass),
      ...sight.modules(false, []),
      "generated::chain": chainModule(specOf(pass, sight)),
    }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [block.storage, ...reads.map(({ storage }) => storage), x.storage, y],
    threads: geometry.total,
    bytes: x.byteLength + bytesOf(pass),
  });
  return y;
}

/** What the pull-back of a pixel pass is asked for. */
export interface Pull {
  x: Tensor;
  block: Tensor;
  gradient: Tensor;
  /** Whether the gradient of what was seen is stored. */
  needsSeen: boolean;
  /** Slots whose gradients are summed over pixels, before the kind's own sums. */
  wanted: readonly Slot[];
  /** Where threads leave further sums, of which each sample has `length` a row. */
  writes?: (length: number) => readonly Extra[];
  /** How many of those each thread leaves for a sample. */
  more?: number;
}

/** What it leaves: the caller frees the partial sums, of which it may add more before it adds them up. */
export interface Pulled {
  seen: Storage | null;
  partial: Storage;
  /** Rows of the partial sums, and how long each is. */
  rows: number;
  length: number;
  geometry: ReturnType<typeof geometryOf>;
}

/** Pulls a gradient back to what was seen, and leaves the sums of parameters. */
export function seeBackward(gpu: Gpu, pass: Pass, sight: Sight, asked: Pull): Pulled {
  const { x, block, gradient, needsSeen, wanted, more = 0 } = asked;
  const [n, , h, w] = pass.output;
  const { reads = [] } = sight;
  const summed = sizeOf(wanted);
  const rows = summed + sight.sums;
  const geometry = geometryOf(gpu, pass, pass.output, { sums: Math.max(rows, more) });
  const length = geometry.threads * geometry.groups;
  const writes = asked.writes?.(length) ?? [];
  const partial = gpu.allocate(Math.max(rows * n * length, 1) * 4);
  // A list's sums are added to.
  if (wanted.some(({ list }) => list)) gpu.clear(partial);
  // It has the channels of the input, which a point that follows may change.
  const seenBytes = n * pass.input[1] * h * w * 4;
  const seen = needsSeen ? gpu.allocate(seenBytes) : null;
  const isLong = rolls(pointsOf(pass).length, summed);
  dispatchKernel(gpu, {
    root: "pixels_backward",
    label: label(pass, `${sight.name}_backward`),
    key: `${pass.key}${sight.key ?? ""}|${wanted.map((slot) => slot.offset).join()}|${seen ? "x" : ""}${writes.length ? "s" : ""}`,
    io: () =>
      ioOf(pass, [
        { role: "params" },
        ...reads.map(({ io }) => io),
        imageOf(pass, sight),
        { role: "g", dtype: "f32", access: "quad", plane: "out", channels: pass.output[1] },
        { role: "partial" },
        ...writes.map(({ io }) => io),
        ...(seen ? [{ role: "y", dtype: "f32" } as const] : []),
      ]),
    conditions: {
      ...sight.conditions,
      // What was seen is kept for the way back, and cannot be picked in a loop.
      ...waysOf({ ...sight, byFours: sight.byFours && !isLong }, isLong),
      seen_gradient: seen !== null,
      whole_plane: sight.knowsLast || quadAligned(pass.output),
    },
    standIns: standInsOf(sight),
    modules: () => ({
      ...userModules(pass),
      ...sight.modules(true, wanted),
      "generated::chain": chainModule(specOf(pass, sight, { wanted, ragged: !quadAligned(pass.output) })),
    }),
    shape: [...geometry.shape, ...frameWords(pass)],
    buffers: [
      block.storage,
      ...reads.map(({ storage }) => storage),
      x.storage,
      gradient.storage,
      partial,
      ...writes.map(({ storage }) => storage),
      ...(seen ? [seen] : []),
    ],
    threads: geometry.total,
    bytes: x.byteLength + gradient.byteLength + (seen ? seenBytes : 0),
  });
  return { seen, partial, rows, length, geometry };
}

/** Adds up the partial sums and frees them; null where there are none. */
export function totalsOf(gpu: Gpu, pass: Pass, { partial, rows, length }: Pulled): Storage | null {
  const totals = rows ? sumRows(gpu, partial, rows * pass.output[0], length) : null;
  partial.release();
  return totals;
}
