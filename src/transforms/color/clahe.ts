import claheWgsl from "../../../shaders/program/clahe.wgsl";
import claheCountWgsl from "../../../shaders/program/clahe_count.wgsl";
import claheCountBackWgsl from "../../../shaders/program/clahe_count_back.wgsl";
import claheLimitsWgsl from "../../../shaders/program/clahe_limits.wgsl";
import claheLookWgsl from "../../../shaders/program/clahe_look.wgsl";
import claheSlopeWgsl from "../../../shaders/program/clahe_slope.wgsl";
import claheTableWgsl from "../../../shaders/program/clahe_table.wgsl";
import claheTableBackWgsl from "../../../shaders/program/clahe_table_back.wgsl";
import claheVotesWgsl from "../../../shaders/program/clahe_votes.wgsl";
import { define } from "../language/declare.ts";
import type { ProgramBackward, ProgramBuffer, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { ParamValue } from "../language/values.ts";

const BINS = 256;
/** Counts of a tile times 255 fit into 32 bits. */
const MOST_PIXELS = 2 ** 24;

type Options = Readonly<Record<string, unknown>>;

/**
 * How an image is cut into tiles, the last of which may reach beyond it. Kornia's are even, so that half a tile is whole. OpenCV's reach beyond
 * along both axes or none: where only one does not divide, the other has a pixel more, too.
 */
function tilesOf([, , h, w]: readonly number[], { gridSize, convention }: Options) {
  const [rows, columns] = (typeof gridSize === "number" ? [gridSize, gridSize] : gridSize) as readonly [number, number];
  const even = (size: number) => size + (size % 2);
  const more = h % rows === 0 && w % columns === 0 ? 0 : 1;
  const [height, width] =
    convention === "opencv"
      ? [Math.floor(h / rows) + more, Math.floor(w / columns) + more]
      : [even(Math.ceil(h / rows)), even(Math.ceil(w / columns))];
  // A thread counts a part of a tile: about 2048 pixels, and no more parts than rows.
  const parts = Math.max(1, Math.min(height, Math.round((height * width) / 2048)));
  return { rows, columns, height, width, parts };
}

function claheWork(run: ProgramRun) {
  const [n, c, h, w] = run.input;
  const { rows, columns, height, width, parts } = tilesOf(run.input, run.options);
  const threads = run.threads(c * h * w);
  const tiles = n * c * rows * columns;
  const soft = run.options.slowAndDifferentiable === true;
  const conditions = { soft, opencv: run.options.convention === "opencv" };
  return { words: [n, c, h, w, rows, columns, height, width, parts, threads], tiles, parts, threads, conditions };
}

/** The counts of parts of tiles. */
function countsOf(run: ProgramRun): ProgramBuffer {
  const { words, tiles, parts, conditions } = claheWork(run);
  const counts = run.buffer(tiles * parts * BINS);
  run.dispatch("clahe_count", { words, buffers: [run.x, counts], threads: tiles * parts, conditions });
  return counts;
}

/** Lookup tables: as they are looked up, smooth between whole numbers, or their derivatives by `clipLimit`. */
function tableOf(run: ProgramRun, counts: ProgramBuffer, which: "levels" | "smooth" | "limits"): ProgramBuffer {
  const { words, tiles, conditions } = claheWork(run);
  const table = run.buffer(tiles * BINS);
  run.dispatch("clahe_table", {
    words,
    buffers: [run.params, counts, table],
    threads: tiles,
    conditions: { ...conditions, smooth: which === "smooth", limits: which === "limits" },
  });
  return table;
}

/** The gradient of the image through soft counts. */
function pullCounts(run: ProgramBackward, counts: ProgramBuffer, image: ProgramBuffer): void {
  const { words, tiles, parts, conditions } = claheWork(run);
  const [n, c, h, w] = run.input;
  const votes = run.buffer(tiles * parts * BINS);
  run.dispatch("clahe_votes", { words, buffers: [run.x, run.gradient, votes], threads: tiles * parts, conditions });
  const ofCounts = run.buffer(tiles * BINS);
  run.dispatch("clahe_table_back", {
    words,
    buffers: [run.params, counts, votes, ofCounts],
    threads: tiles,
    conditions,
  });
  run.dispatch("clahe_count_back", { words, buffers: [run.x, ofCounts, image], threads: n * c * h * w });
}

const CLAHE: ProgramSpec = {
  kernels: {
    clahe_count: { wgsl: claheCountWgsl, buffers: "rw" },
    clahe_table: { wgsl: claheTableWgsl, buffers: "rrw" },
    clahe_look: { wgsl: claheLookWgsl, buffers: "rrw" },
    clahe_slope: { wgsl: claheSlopeWgsl, buffers: "rrrw" },
    clahe_limits: { wgsl: claheLimitsWgsl, buffers: "rrrw" },
    clahe_votes: { wgsl: claheVotesWgsl, buffers: "rrw" },
    clahe_table_back: { wgsl: claheTableBackWgsl, buffers: "rrrw" },
    clahe_count_back: { wgsl: claheCountBackWgsl, buffers: "rrw" },
  },
  forward(run) {
    const [n, c, h, w] = run.input;
    const { words, conditions } = claheWork(run);
    const table = tableOf(run, countsOf(run), "levels");
    run.dispatch("clahe_look", { words, buffers: [table, run.x, run.y], threads: n * c * h * w, conditions });
  },
  backward(run) {
    const [n, c, h, w] = run.input;
    const { words, threads, conditions } = claheWork(run);
    const counts = countsOf(run);
    if (run.image && conditions.soft) pullCounts(run, counts, run.image);
    else if (run.image && run.options.estimator === "straightThrough") run.copy(run.gradient, run.image);
    else if (run.image) {
      const table = tableOf(run, counts, "smooth");
      const buffers = [table, run.x, run.gradient, run.image];
      run.dispatch("clahe_slope", { words, buffers, threads: n * c * h * w, conditions });
    }
    if (!run.wants("clipLimit")) return;
    const partial = run.buffer(n * threads);
    const buffers = [tableOf(run, counts, "limits"), run.x, run.gradient, partial];
    run.dispatch("clahe_limits", { words, buffers, threads: n * threads, conditions });
    run.sum("clipLimit", partial, threads);
  },
  cost(input, options) {
    const { rows, columns, parts } = tilesOf(input, options);
    const soft = options.slowAndDifferentiable === true;
    return { forward: 2, backward: soft ? 4 : 3, floats: input[1] * rows * columns * parts * BINS };
  },
  refuses(input, options) {
    const [, , h, w] = input;
    const { rows, columns, height, width } = tilesOf(input, options);
    const given = `${rows} x ${columns} tiles on ${h} x ${w} pixels`;
    // Hard counts of OpenCV's tiles mirror as often as it takes.
    const isOnce = options.convention === "kornia" || options.slowAndDifferentiable === true;
    if (isOnce && (rows * height - h >= h || columns * width - w >= w))
      return { argument: "gridSize", given, allowed: "tiles that the image, mirrored once, can fill" };
    if (height * width > MOST_PIXELS)
      return { argument: "gridSize", given, allowed: `tiles of at most ${MOST_PIXELS} pixels` };
    return null;
  },
};

/**
 * Equalises the histogram of each tile of an image with limited contrast, and blends between tiles (CLAHE). Each channel is taken by itself;
 * values of 0..1.
 */
export const clahe = define<{
  /** How often a level may come, in multiples of what all levels would have evenly; 0 for no limit, 40 unless given. */
  clipLimit?: ParamValue;
  /** Tiles down and across, or one number for both; 8 unless given. */
  gridSize?: number | readonly [number, number];
  /** Counts levels softly, by Gaussians, so that the image has the true gradient of its tables; `false` unless given. */
  slowAndDifferentiable?: boolean;
  /**
   * Whose tiles and rounding. `kornia`, the default: tiles of an even size, 256 bins of equal width, tables rounded down, the rest of what is
   * cut off in the first bins. `opencv`: the image as the 256 levels of 8 bits, the rest in every n-th bin, tables and the
   * result rounded to the nearest level; with soft counts nothing is rounded.
   */
  convention?: "kornia" | "opencv";
  /**
   * The gradient of the image where counts are hard. `slope`, the default: that of the lookup, drawn as straight lines between the
   * levels of tables that count as constant. `straightThrough`: as if nothing had been done.
   */
  estimator?: "slope" | "straightThrough";
}>({
  name: "clahe",
  kind: "program",
  wgsl: claheWgsl,
  program: CLAHE,
  reads: "image",
  params: {
    clipLimit: { default: 40, min: 0, usual: [1, 40], unit: "factor", doc: "limit of a level's share" },
  },
  options: {
    gridSize: { default: 8, allowed: "anyKernelSize", doc: "tiles, [down, across]" },
    slowAndDifferentiable: { default: false, allowed: [true, false], doc: "soft counts, whose gradient is true" },
    convention: { default: "kornia", allowed: ["kornia", "opencv"], doc: "whose tiles and rounding" },
  },
  estimator: {
    default: "slope",
    surrogates: {
      slope: "straight lines between the levels of the tables; the limit of counts no whole number",
      straightThrough: "x; the limit of counts no whole number",
    },
  },
  example: { params: { clipLimit: 2.3 }, options: { gridSize: 2 } },
  doc: "y = Σ weight · table(x) of the four nearest tiles, table = ⌊255 · Σ counts / pixels⌋ / 255, counts ≤ ⌊clipLimit · pixels / 256⌋",
  source: "Kornia, enhance.equalize_clahe; OpenCV, createCLAHE",
});
