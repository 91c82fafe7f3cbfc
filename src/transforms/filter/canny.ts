import cannyWgsl from "../../../shaders/program/canny.wgsl";
import cannyBlurWgsl from "../../../shaders/program/canny_blur.wgsl";
import cannyBlurBackWgsl from "../../../shaders/program/canny_blur_back.wgsl";
import cannyGreyWgsl from "../../../shaders/program/canny_grey.wgsl";
import cannyGreyBackWgsl from "../../../shaders/program/canny_grey_back.wgsl";
import cannyJoinWgsl from "../../../shaders/program/canny_join.wgsl";
import cannyKeepWgsl from "../../../shaders/program/canny_keep.wgsl";
import cannyMarkWgsl from "../../../shaders/program/canny_mark.wgsl";
import cannyShowWgsl from "../../../shaders/program/canny_show.wgsl";
import cannyShowBackWgsl from "../../../shaders/program/canny_show_back.wgsl";
import cannySigmaWgsl from "../../../shaders/program/canny_sigma.wgsl";
import cannySlopesWgsl from "../../../shaders/program/canny_slopes.wgsl";
import cannySlopesBackWgsl from "../../../shaders/program/canny_slopes_back.wgsl";
import cannyStartWgsl from "../../../shaders/program/canny_start.wgsl";
import cannyThinWgsl from "../../../shaders/program/canny_thin.wgsl";
import { define } from "../language/declare.ts";
import type { ProgramBackward, ProgramBuffer, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { ParamValue } from "../language/values.ts";

type Options = Readonly<Record<string, unknown>>;

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
  check: ({ lowThreshold, highThreshold }) =>
    lowThreshold && highThreshold && lowThreshold[0] > highThreshold[0]
      ? {
          argument: "lowThreshold",
          given: String(lowThreshold[0]),
          allowed: `at most highThreshold, ${highThreshold[0]}`,
        }
      : null,
  outChannels: ({ output }) => (output === "both" ? 2 : 1),
  estimator: {
    default: "straightThrough",
    surrogates: { straightThrough: "m − lowThreshold / 2 − highThreshold / 2 where m is the largest across the edge" },
  },
  example: { params: { lowThreshold: 0.4, highThreshold: 0.9, sigmaX: 0.8, sigmaY: 0.9 }, options: { kernelSize: 3 } },
  doc: "edges of m > lowThreshold that hang together with m > highThreshold, m = √(gx² + gy² + 10⁻⁶), thinned",
  source: "Canny 1986; Kornia, filters.canny",
});
