import cannyWgsl from "../../shaders/program/canny.wgsl";
import cannyBlurWgsl from "../../shaders/program/canny_blur.wgsl";
import cannyBlurBackWgsl from "../../shaders/program/canny_blur_back.wgsl";
import cannyGreyWgsl from "../../shaders/program/canny_grey.wgsl";
import cannyGreyBackWgsl from "../../shaders/program/canny_grey_back.wgsl";
import cannyJoinWgsl from "../../shaders/program/canny_join.wgsl";
import cannyKeepWgsl from "../../shaders/program/canny_keep.wgsl";
import cannyMarkWgsl from "../../shaders/program/canny_mark.wgsl";
import cannyShowWgsl from "../../shaders/program/canny_show.wgsl";
import cannyShowBackWgsl from "../../shaders/program/canny_show_back.wgsl";
import cannySigmaWgsl from "../../shaders/program/canny_sigma.wgsl";
import cannySlopesWgsl from "../../shaders/program/canny_slopes.wgsl";
import cannySlopesBackWgsl from "../../shaders/program/canny_slopes_back.wgsl";
import cannyStartWgsl from "../../shaders/program/canny_start.wgsl";
import cannyThinWgsl from "../../shaders/program/canny_thin.wgsl";
import claheWgsl from "../../shaders/program/clahe.wgsl";
import claheCountWgsl from "../../shaders/program/clahe_count.wgsl";
import claheCountBackWgsl from "../../shaders/program/clahe_count_back.wgsl";
import claheLimitsWgsl from "../../shaders/program/clahe_limits.wgsl";
import claheLookWgsl from "../../shaders/program/clahe_look.wgsl";
import claheSlopeWgsl from "../../shaders/program/clahe_slope.wgsl";
import claheTableWgsl from "../../shaders/program/clahe_table.wgsl";
import claheTableBackWgsl from "../../shaders/program/clahe_table_back.wgsl";
import claheVotesWgsl from "../../shaders/program/clahe_votes.wgsl";
import { define } from "./declare.ts";
import type { ProgramBackward, ProgramBuffer, ProgramRun, ProgramSpec } from "./program-spec.ts";
import type { ParamValue } from "./values.ts";

const BINS = 256;
/** Counts of a tile times 255 fit into 32 bits. */
const MOST_PIXELS = 2 ** 24;

type Options = Readonly<Record<string, unknown>>;

/** How an image is cut into tiles: even ones, so that half a tile is whole. The last ones may reach beyond it. */
function tilesOf([, , h, w]: readonly number[], { gridSize }: Options) {
  const [rows, columns] = (typeof gridSize === "number" ? [gridSize, gridSize] : gridSize) as readonly [number, number];
  const even = (size: number) => size + (size % 2);
  const [height, width] = [even(Math.ceil(h / rows)), even(Math.ceil(w / columns))];
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
  return { words: [n, c, h, w, rows, columns, height, width, parts, threads], tiles, parts, threads, soft };
}

/** The counts of parts of tiles. */
function countsOf(run: ProgramRun): ProgramBuffer {
  const { words, tiles, parts, soft } = claheWork(run);
  const counts = run.buffer(tiles * parts * BINS);
  run.dispatch("clahe_count", { words, buffers: [run.x, counts], threads: tiles * parts, conditions: { soft } });
  return counts;
}

/** Lookup tables: as they are looked up, smooth between whole numbers, or their derivatives by `clipLimit`. */
function tableOf(run: ProgramRun, counts: ProgramBuffer, which: "levels" | "smooth" | "limits"): ProgramBuffer {
  const { words, tiles, soft } = claheWork(run);
  const table = run.buffer(tiles * BINS);
  run.dispatch("clahe_table", {
    words,
    buffers: [run.params, counts, table],
    threads: tiles,
    conditions: { soft, smooth: which === "smooth", limits: which === "limits" },
  });
  return table;
}

/** The gradient of the image through soft counts. */
function pullCounts(run: ProgramBackward, counts: ProgramBuffer, image: ProgramBuffer): void {
  const { words, tiles, parts } = claheWork(run);
  const [n, c, h, w] = run.input;
  const votes = run.buffer(tiles * parts * BINS);
  run.dispatch("clahe_votes", { words, buffers: [run.x, run.gradient, votes], threads: tiles * parts });
  const ofCounts = run.buffer(tiles * BINS);
  run.dispatch("clahe_table_back", { words, buffers: [run.params, counts, votes, ofCounts], threads: tiles });
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
    const { words } = claheWork(run);
    const table = tableOf(run, countsOf(run), "levels");
    run.dispatch("clahe_look", { words, buffers: [table, run.x, run.y], threads: n * c * h * w });
  },
  backward(run) {
    const [n, c, h, w] = run.input;
    const { words, threads, soft } = claheWork(run);
    const counts = countsOf(run);
    if (run.image && soft) pullCounts(run, counts, run.image);
    else if (run.image && run.options.estimator === "straightThrough") run.copy(run.gradient, run.image);
    else if (run.image) {
      const table = tableOf(run, counts, "smooth");
      const buffers = [table, run.x, run.gradient, run.image];
      run.dispatch("clahe_slope", { words, buffers, threads: n * c * h * w });
    }
    if (!run.wants("clipLimit")) return;
    const partial = run.buffer(n * threads);
    const buffers = [tableOf(run, counts, "limits"), run.x, run.gradient, partial];
    run.dispatch("clahe_limits", { words, buffers, threads: n * threads });
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
    if (rows * height - h >= h || columns * width - w >= w)
      return { argument: "gridSize", given, allowed: "tiles of an even size that the image, mirrored once, can fill" };
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

const planesOf = ({ input: [n, , h, w] }: Pick<ProgramRun, "input">): number => n * h * w;

/** The odd size of the Gaussian, [down, across]. */
const windowOf = ({ kernelSize }: Options): readonly [number, number] =>
  typeof kernelSize === "number" ? [kernelSize, kernelSize] : (kernelSize as readonly [number, number]);

function cannyWork(run: ProgramRun) {
  const [n, c, h, w] = run.input;
  const threads = run.threads(h * w);
  const [down, across] = windowOf(run.options).map((size) => (size - 1) / 2);
  const words = (radius = 0) => [n, c, h, w, radius, threads, run.output[1]];
  return { words, down, across, threads, coloured: c === 3, pixels: planesOf(run) };
}

/** Marks what hangs together with a strong edge: a union of labels, four dispatches whatever the image shows. */
function hysteresis(run: ProgramRun, magnitude: ProgramBuffer, y: ProgramBuffer): void {
  const { words, pixels } = cannyWork(run);
  const labels = run.buffer(pixels);
  const strong = run.buffer(pixels);
  const shared = { words: words(), threads: pixels };
  run.dispatch("canny_start", { ...shared, buffers: [labels, strong, run.params, magnitude] });
  run.dispatch("canny_join", { ...shared, buffers: [labels] });
  run.dispatch("canny_mark", { ...shared, buffers: [labels, strong, run.params, magnitude] });
  run.dispatch("canny_keep", { ...shared, buffers: [labels, strong, run.params, magnitude, y] });
}

/** The gradients of the deviations and of the image, from that of the blurred plane. */
function pullBlur(run: ProgramBackward, blurred: ProgramBuffer, grey: ProgramBuffer, halfway: ProgramBuffer): void {
  const { words, down, across, threads, coloured, pixels } = cannyWork(run);
  const axes = [
    { name: "sigmaY", radius: down, before: halfway, conditions: { down: true } },
    { name: "sigmaX", radius: across, before: grey, conditions: { down: false } },
  ];
  let g = blurred;
  for (const { name, radius, before, conditions } of axes) {
    const shared = { words: words(radius), conditions };
    if (run.wants(name)) {
      const partial = run.buffer(run.input[0] * threads);
      const buffers = [run.params, before, g, partial];
      run.dispatch("canny_sigma", { ...shared, buffers, threads: run.input[0] * threads });
      run.sum(name, partial, threads);
    }
    const next = run.buffer(pixels);
    run.dispatch("canny_blur_back", { ...shared, buffers: [run.params, g, next], threads: pixels });
    g = next;
  }
  if (run.image)
    run.dispatch("canny_grey_back", {
      words: words(),
      buffers: [g, run.image],
      threads: pixels,
      conditions: { coloured },
    });
}

const CANNY: ProgramSpec = {
  kernels: {
    canny_grey: { wgsl: cannyGreyWgsl, buffers: "rw" },
    canny_blur: { wgsl: cannyBlurWgsl, buffers: "rrw" },
    canny_slopes: { wgsl: cannySlopesWgsl, buffers: "rww" },
    canny_thin: { wgsl: cannyThinWgsl, buffers: "rrw" },
    canny_show: { wgsl: cannyShowWgsl, buffers: "rrw" },
    canny_start: { wgsl: cannyStartWgsl, buffers: "wwrr" },
    canny_join: { wgsl: cannyJoinWgsl, buffers: "w" },
    canny_mark: { wgsl: cannyMarkWgsl, buffers: "wwrr" },
    canny_keep: { wgsl: cannyKeepWgsl, buffers: "wwrrw" },
    canny_limits: { wgsl: cannyShowBackWgsl, buffers: "rrw" },
    canny_show_back: { wgsl: cannyShowBackWgsl, buffers: "rrrrww" },
    canny_slopes_back: { wgsl: cannySlopesBackWgsl, buffers: "rrw" },
    canny_blur_back: { wgsl: cannyBlurBackWgsl, buffers: "rrw" },
    canny_sigma: { wgsl: cannySigmaWgsl, buffers: "rrrw" },
    canny_grey_back: { wgsl: cannyGreyBackWgsl, buffers: "rw" },
  },
  forward(run) {
    const { words, down, across, coloured, pixels } = cannyWork(run);
    const [grey, halfway, blurred, slopesX, slopesY, magnitude] = Array.from({ length: 6 }, () => run.buffer(pixels));
    const threads = pixels;
    run.dispatch("canny_grey", { words: words(), buffers: [run.x, grey], threads, conditions: { coloured } });
    const blur = (radius: number, from: ProgramBuffer, to: ProgramBuffer, isDown: boolean) =>
      run.dispatch("canny_blur", {
        words: words(radius),
        buffers: [run.params, from, to],
        threads,
        conditions: { down: isDown },
      });
    blur(across, grey, halfway, false);
    blur(down, halfway, blurred, true);
    run.dispatch("canny_slopes", { words: words(), buffers: [blurred, slopesX, slopesY], threads });
    run.dispatch("canny_thin", { words: words(), buffers: [slopesX, slopesY, magnitude], threads });
    const { output, hysteresis: hangs } = run.options;
    const conditions = { magnitude: output !== "edges", edges: output !== "magnitude" && !hangs };
    if (conditions.magnitude || conditions.edges)
      run.dispatch("canny_show", { words: words(), buffers: [run.params, magnitude, run.y], threads, conditions });
    if (output !== "magnitude" && hangs) hysteresis(run, magnitude, run.y);
    run.keep(grey, halfway, slopesX, slopesY, magnitude);
  },
  backward(run) {
    const { words, threads, pixels } = cannyWork(run);
    const [grey, halfway, slopesX, slopesY, magnitude] = run.kept;
    const limits = ["lowThreshold", "highThreshold"].filter(run.wants);
    if (limits.length) {
      const partial = run.buffer(run.input[0] * threads);
      const conditions = { limits: true, edges: run.options.output !== "magnitude" };
      const buffers = [run.gradient, magnitude, partial];
      run.dispatch("canny_limits", { words: words(), buffers, threads: run.input[0] * threads, conditions });
      for (const name of limits) run.sum(name, partial, threads);
    }
    if (!run.image && !run.wants("sigmaX") && !run.wants("sigmaY")) return;
    const [ofX, ofY, blurred] = Array.from({ length: 3 }, () => run.buffer(pixels));
    run.dispatch("canny_show_back", {
      words: words(),
      buffers: [run.gradient, magnitude, slopesX, slopesY, ofX, ofY],
      threads: pixels,
      conditions: { limits: false },
    });
    run.dispatch("canny_slopes_back", { words: words(), buffers: [ofX, ofY, blurred], threads: pixels });
    pullBlur(run, blurred, grey, halfway);
  },
  cost: ([, , h, w], { output, hysteresis: hangs }) => ({
    forward: output !== "magnitude" && hangs ? 9 : 6,
    backward: 8,
    floats: h * w,
  }),
  refuses([, , h, w], options) {
    const [down, across] = windowOf(options);
    if (down < 2 * h && across < 2 * w) return null;
    const given = `${down} x ${across} on ${h} x ${w} pixels`;
    return { argument: "kernelSize", given, allowed: "a window whose half the image, mirrored once, can fill" };
  },
};

const sigma = (doc: string) => ({ default: 1, min: 1e-3, usual: [0.5, 3], unit: "pixels", doc }) as const;

/**
 * Edges by Canny: grey, a Gaussian, Sobel's slopes, thinned to where the magnitude is largest across the edge, two thresholds and hysteresis.
 * For 1 or 3 channels; the result has one, or two.
 */
export const canny = define<{
  /** Magnitudes above it are weak edges; 0.1 unless given. */
  lowThreshold?: ParamValue;
  /** Magnitudes above it, and above `lowThreshold`, are strong edges; 0.2 unless given. */
  highThreshold?: ParamValue;
  /** Deviation of the Gaussian across, in pixels; 1 unless given. */
  sigmaX?: ParamValue;
  /** Deviation of the Gaussian down, in pixels; 1 unless given. */
  sigmaY?: ParamValue;
  /** Odd size of the Gaussian, or [height, width]; 5 unless given. */
  kernelSize?: number | readonly [number, number];
  /** Whether weak edges stay where they hang together with strong ones, all as 1; else edges are 1/2 and 1. True unless given. */
  hysteresis?: boolean;
  /** What the result shows: `edges`, the default, `magnitude`, or `both`, in this order: magnitude, edges. */
  output?: "edges" | "magnitude" | "both";
  /**
   * The gradient of edges; that of magnitudes is true. `straightThrough`: each of the two steps counts as half of its magnitude less its
   * threshold, wherever a magnitude is largest across the edge.
   */
  estimator?: "straightThrough";
}>({
  name: "canny",
  kind: "program",
  wgsl: cannyWgsl,
  program: CANNY,
  reads: "image",
  channels: [1, 3],
  params: {
    lowThreshold: { default: 0.1, min: 0, usual: [0.05, 0.3], unit: "intensity", doc: "what is above is a weak edge" },
    highThreshold: {
      default: 0.2,
      min: 0,
      usual: [0.1, 0.6],
      unit: "intensity",
      doc: "what is above is a strong edge",
    },
    sigmaX: sigma("deviation across"),
    sigmaY: sigma("deviation down"),
  },
  options: {
    kernelSize: { default: 5, allowed: "kernelSize", doc: "odd size of the Gaussian, [height, width]" },
    hysteresis: { default: true, allowed: [true, false], doc: "weak edges stay beside strong ones alone" },
    output: { default: "edges", allowed: ["edges", "magnitude", "both"], doc: "what the result shows" },
  },
  outChannels: ({ output }) => (output === "both" ? 2 : 1),
  estimator: {
    default: "straightThrough",
    surrogates: { straightThrough: "m − lowThreshold / 2 − highThreshold / 2 where m is the largest across the edge" },
  },
  example: { params: { lowThreshold: 0.4, highThreshold: 0.9, sigmaX: 0.8, sigmaY: 0.9 }, options: { kernelSize: 3 } },
  doc: "edges of m > lowThreshold that hang together with m > highThreshold, m = √(gx² + gy² + 10⁻⁶), thinned",
  source: "Canny 1986; Kornia, filters.canny",
});
