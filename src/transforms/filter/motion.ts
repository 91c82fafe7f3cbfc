import motionWgsl from "../../../shaders/program/motion.wgsl";
import motionBackWgsl from "../../../shaders/program/motion_back.wgsl";
import motionBlurWgsl from "../../../shaders/program/motion_blur.wgsl";
import motionFoldWgsl from "../../../shaders/program/motion_fold.wgsl";
import motionTableWgsl from "../../../shaders/program/motion_table.wgsl";
import { define } from "../language/declare.ts";
import type { ProgramBackward, ProgramForward, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { ParamValue } from "../language/values.ts";
import { kernelSizeOf, PADDINGS, padding } from "./kernel.ts";

/** Settings of {@link motionBlur}. */
export interface MotionBlurSettings {
  /** Length of the motion in pixels, odd and at least 3; 3 unless given. */
  kernelSize?: number;
  /** Direction of the motion in degrees, counter-clockwise from across. */
  angle: ParamValue;
  /** −1 weighs its back alone, 1 its front, 0 (the default) all alike. */
  direction?: ParamValue;
  /**
   * How the line is turned; `bilinear` unless given. With `nearest`, Kornia's default, the gradient of the angle is that of `bilinear`
   * (straight-through).
   */
  interpolation?: "bilinear" | "nearest";
  /** What lies beyond the image; `zeros` unless given, as in Kornia. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** As in the kernels: neighbours across a line that a thread works on, and floats of a step in the table of weights. */
const STRIP = 8;
const STEP = 10;

type Options = Readonly<Record<string, unknown>>;

const radiusOf = (options: Options): number => (kernelSizeOf(options.kernelSize)[0] - 1) / 2;

/** Words and conditions of the kernels, for planes that reach so many pixels beyond the image on each side. */
function motionWork(run: ProgramRun, margin: number) {
  const [n, channels, height, width] = run.input;
  const radius = radiusOf(run.options);
  const beyond = String(run.options.padding);
  const [h, w] = [height + 2 * margin, width + 2 * margin];
  const strips = Math.max(w * Math.ceil(h / STRIP), h * Math.ceil(w / STRIP));
  const threads = run.threads(4 * channels * strips);
  const conditions: Record<string, boolean> = {
    ...Object.fromEntries(PADDINGS.map((name) => [`pad_${name}`, name === beyond])),
    // Also for the pixels of a strip that lie behind the last one.
    near: radius + STRIP < Math.min(height, width),
    nearest: run.options.interpolation === "nearest",
  };
  const words = [n, channels, height, width, radius, margin, strips, threads];
  return { n, radius, threads, floats: n * channels * h * w, call: { words, conditions } };
}

function forward(run: ProgramForward): void {
  const { n, radius, threads, call } = motionWork(run, 0);
  const table = run.buffer(n * (1 + STEP * (2 * radius + 1)));
  run.dispatch("motion_table", { ...call, buffers: [run.params, table], threads: n });
  run.dispatch("motion_blur", { ...call, buffers: [table, run.x, run.y], threads: n * threads });
  run.keep(table);
}

function backward(run: ProgramBackward): void {
  const folds = run.options.padding !== "zeros";
  const { n, threads, floats, call } = motionWork(run, folds ? radiusOf(run.options) : 0);
  const sums = run.wants("angle") || run.wants("direction");
  const gathered = run.image && folds ? run.buffer(floats) : (run.image ?? run.buffer(1));
  const partial = run.buffer(sums ? 2 * n * threads : 1);
  run.dispatch("motion_back", {
    ...call,
    conditions: { ...call.conditions, sums, wants_image: run.image !== null },
    buffers: [run.kept[0], run.x, run.gradient, gathered, partial],
    threads: n * threads,
  });
  if (run.image && folds)
    run.dispatch("motion_fold", {
      ...call,
      buffers: [gathered, run.image],
      threads: run.input.reduce((a, b) => a * b),
    });
  if (sums) run.sum(["angle", "direction"], partial, threads);
}

const MOTION: ProgramSpec = {
  kernels: {
    motion_table: { wgsl: motionTableWgsl, buffers: "rw" },
    motion_blur: { wgsl: motionBlurWgsl, buffers: "rrw" },
    motion_back: { wgsl: motionBackWgsl, buffers: "rrrww" },
    motion_fold: { wgsl: motionFoldWgsl, buffers: "rw" },
  },
  forward,
  backward,
  cost: ([, c, h, w], options) => {
    const margin = options.padding === "zeros" ? 0 : radiusOf(options);
    return { forward: 1, backward: margin ? 2 : 1, floats: c * (h + 2 * margin) * (w + 2 * margin) };
  },
};

/** Blurs along a line, as what moves; differentiable in the image, the angle and the direction. */
export const motionBlur = define<MotionBlurSettings>({
  name: "motionBlur",
  kind: "program",
  program: MOTION,
  wgsl: motionWgsl,
  reads: "neighbours",
  params: {
    angle: { unit: "degrees", usual: [-180, 180], doc: "direction of the motion, counter-clockwise" },
    direction: { default: 0, min: -1, max: 1, unit: "factor", usual: [-1, 1], doc: "−1 weighs the back, 1 the front" },
  },
  options: {
    kernelSize: { default: 3, allowed: "kernelSize", doc: "odd length of the motion, at least 3" },
    interpolation: {
      default: "bilinear",
      allowed: ["bilinear", "nearest"],
      doc: "how the line is turned; with `nearest` the angle has the gradient of `bilinear`",
    },
    padding: padding("zeros"),
  },
  check: (_, { kernelSize }) => {
    const [height, width] = kernelSizeOf(kernelSize);
    if (height === width && width >= 3) return null;
    return { argument: "kernelSize", given: `${height}, ${width}`, allowed: "one odd whole number of at least 3" };
  },
  example: { params: { angle: 35, direction: 0.4 }, options: { kernelSize: 5 } },
  doc: "y = Σ w(t) x(p + t), w a line of linear weights, turned by the angle, over its sum",
  source: "Kornia, filters.motion_blur",
});
