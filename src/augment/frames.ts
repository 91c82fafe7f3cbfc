import { reshape, transpose } from "../autograd/index.ts";
import { oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { type Shape, show } from "../tensor/index.ts";
import { PIECE_RULES, type PieceOptions, type PiecePipeline, type Pieces, piecewise } from "./pieces.ts";
import type { Tree } from "./tree.ts";

/** Options of {@link frames}: how draws and axes go, and those of `apply` that do not change the storage type. */
export interface FramesOptions extends PieceOptions {
  /** `clip`, the default: all frames of a clip get one draw. `frame`: each gets its own. */
  same?: "clip" | "frame";
  /** Order of the axes; `NTCHW` unless given. */
  layout?: "NTCHW" | "NCTHW";
}

/**
 * A pipeline for video: `frames([RandomHorizontalFlip(), ColorJitter({ hue: 0.1 })])(clips, { step })`, where clips are
 * `[N, T, C, H, W]` of f32. Its links are those of `sequential`, and run on all frames at once, in the passes of a batch of N · T images.
 * (Kornia: `VideoSequential`, whose `same_on_frame` is `same: "clip"`.)
 *
 * All frames of a clip get one draw, coins, selections and what is drawn in the shader included, or with `same: "frame"` each gets its own,
 * which depends on (seed, step, clip, frame): not on how many clips or frames there are.
 *
 * What it returns is called with clips, and is no link of another pipeline; selections, `blend` and `within` may stand among its links.
 * @param links a transform, a list of them, or a pipeline; they see one image
 * @throws ArgumentError for what is no transform, and for mixes, which see other samples
 */
export function frames(links: Tree, options?: FramesOptions): PiecePipeline {
  const { same = "clip", layout = "NTCHW", ...own } = readOptions<FramesOptions>("frames", options, RULES);
  return piecewise(framesIn(layout, same === "clip"), links, own, { same, layout }, USUAL);
}

const RULES = { ...PIECE_RULES, same: oneOf("clip", "frame"), layout: oneOf("NTCHW", "NCTHW") };
const USUAL = { same: "clip", layout: "NTCHW" };

/** Channels and time change places. */
const SWAPPED = [0, 2, 1, 3, 4] as const;

function framesIn(layout: "NTCHW" | "NCTHW", shared: boolean): Pieces {
  const axes = `[${[...layout].join(", ")}]`;
  const front = layout === "NCTHW";
  return {
    name: "frames",
    wholes: `clips ${axes}`,
    shared,
    shape: (shape) => {
      if (shape.length !== 5) throw new ShapeError("clips of frames()", show(shape), axes);
      const [n, t, ...image] = ordered(shape, front);
      return [n * t, ...image];
    },
    apart: (x) => {
      const clips = front ? transpose(x, SWAPPED) : x;
      return reshape(clips, [-1, ...clips.shape.slice(2)]);
    },
    together: (y, shape) => {
      const [n, t] = ordered(shape, front);
      const clips = reshape(y, [n, t, ...y.shape.slice(1)]);
      return front ? transpose(clips, SWAPPED) : clips;
    },
  };
}

/** Sizes of clips, time before channels. */
const ordered = (shape: Shape, front: boolean): Shape => (front ? SWAPPED.map((axis) => shape[axis]) : shape);
