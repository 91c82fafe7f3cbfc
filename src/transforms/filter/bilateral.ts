import bilateralWgsl from "../../../shaders/program/bilateral.wgsl";
import bilateralBackWgsl from "../../../shaders/program/bilateral_back.wgsl";
import bilateralBlurWgsl from "../../../shaders/program/bilateral_blur.wgsl";
import bilateralShareWgsl from "../../../shaders/program/bilateral_share.wgsl";
import type { Tensor } from "../../tensor/index.ts";
import { define, type Prepare } from "../language/declare.ts";
import type { ProgramBackward, ProgramBuffer, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { ParamValue } from "../language/values.ts";
import { kernelSizeOf, padding, sigma } from "./kernel.ts";

/** Settings of {@link bilateralBlur}: one deviation in space for both axes, or one for each. */
export type BilateralBlurSettings = {
  /** Deviation in colour: how far colours may differ and still count. */
  sigmaColor: ParamValue;
  /** How colours differ: by the sum of their channels' distances (`l1`, the default), or by the Euclidean distance (`l2`). */
  colorDistance?: "l1" | "l2";
  /** Odd, or [height, width]; 5 unless given. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
} & (
  | {
      /** Deviation in space, in pixels, both ways; or `sigmaX` and `sigmaY`. */
      sigmaSpace: ParamValue;
      /** Deviation across, in pixels; `sigmaSpace` unless given. */
      sigmaX?: ParamValue;
      /** Deviation down, in pixels; `sigmaSpace` unless given. */
      sigmaY?: ParamValue;
    }
  | {
      sigmaSpace?: undefined;
      /** Deviation across, in pixels. */
      sigmaX: ParamValue;
      /** Deviation down, in pixels. */
      sigmaY: ParamValue;
    }
);

/** Settings of {@link jointBilateralBlur}. */
export type JointBilateralBlurSettings = BilateralBlurSettings & {
  /** The image whose colours are compared, [N, C, H, W] with any number of channels; 1 in the place of N shares it. */
  guidance: Tensor;
};

type Options = Readonly<Record<string, unknown>>;

/** The image whose colours are compared: another one, or the image itself. */
const guideOf = (run: ProgramRun) => run.images.guidance ?? { buffer: run.x, shape: run.input };

function bilateralWork(run: ProgramRun) {
  const [n, channels, h, w] = run.input;
  const { buffer, shape } = guideOf(run);
  const depth = shape[1];
  const [down, across] = kernelSizeOf(run.options.kernelSize).map((size) => (size - 1) / 2);
  const threads = run.threads(h * w);
  const { padding: beyond, colorDistance } = run.options as Record<string, string>;
  const conditions: Record<string, boolean> = {
    [`pad_${beyond}`]: true,
    mirrors: beyond !== "zeros",
    near: down < h && across < w,
    l2: colorDistance === "l2",
    x_one: channels === 1,
    x_whole: channels % 3 === 0,
    x_few: channels <= 3,
    guide_one: depth === 1,
    guide_whole: depth % 3 === 0,
    guide_few: depth <= 3,
    // What is seen is what is compared: it is read once.
    same: channels <= 3 && run.images.guidance === undefined,
  };
  const words = [n, channels, depth, h, w, down, across, threads];
  const shared = { words, conditions };
  return { n, channels, depth, pixels: h * w, threads, shared, guide: buffer };
}

function backward(run: ProgramBackward): void {
  const { n, channels, depth, pixels, threads, shared, guide } = bilateralWork(run);
  const [total, y] = run.kept;
  const scaled = run.buffer(n * channels * pixels);
  const product = run.buffer(n * pixels);
  run.dispatch("bilateral_share", {
    ...shared,
    conditions: { pad_zeros: true },
    buffers: [run.gradient, y, total, scaled, product],
    threads: n * pixels,
  });
  const itself = run.images.guidance === undefined;
  const guideGradient: ProgramBuffer | null = run.imageGradients.guidance ?? null;
  const sigmas = ["sigmaColor", "sigmaX", "sigmaY"];
  const sums = sigmas.some(run.wants);
  const partial = run.buffer(sums ? 3 * n * threads : 1);
  const wanted = [run.image ?? run.buffer(1), guideGradient ?? run.buffer(1), partial];
  const isShown = run.image !== null;
  run.dispatch("bilateral_back", {
    ...shared,
    conditions: {
      ...shared.conditions,
      itself: itself && isShown,
      wants_image: isShown,
      wants_guide: guideGradient !== null,
      sums,
    },
    buffers: [run.params, run.x, guide, scaled, product, ...wanted],
    threads: n * threads * Math.ceil(Math.max(channels, depth) / 3),
  });
  if (sums) run.sum(sigmas, partial, threads);
}

const BILATERAL: ProgramSpec = {
  kernels: {
    bilateral_blur: { wgsl: bilateralBlurWgsl, buffers: "rrrwww" },
    bilateral_share: { wgsl: bilateralShareWgsl, buffers: "rrrww" },
    bilateral_back: { wgsl: bilateralBackWgsl, buffers: "rrrrrwww" },
  },
  forward(run) {
    const { n, channels, pixels, shared, guide } = bilateralWork(run);
    const total = run.buffer(n * pixels);
    const threads = n * Math.ceil(channels / 3) * pixels;
    const y = run.buffer(n * channels * pixels);
    run.dispatch("bilateral_blur", { ...shared, buffers: [run.params, run.x, guide, run.y, total, y], threads });
    run.keep(total, y);
  },
  backward,
  cost: ([, c, h, w]) => ({ forward: 1, backward: 2, floats: c * h * w }),
};

const params = {
  sigmaColor: { min: 1e-3, usual: [0.05, 0.5], unit: "intensity", doc: "deviation in colour" },
  sigmaX: sigma("deviation across"),
  sigmaY: sigma("deviation down"),
} as const;

const options = {
  kernelSize: { default: 5, allowed: "kernelSize", doc: "odd size of the window, [height, width]" },
  colorDistance: { default: "l1", allowed: ["l1", "l2"], doc: "how colours differ" },
  padding: padding("reflection"),
} as const;

const example = { params: { sigmaColor: 0.3, sigmaX: 1.2, sigmaY: 0.9 } };

const spaced: Prepare = ({ sigmaSpace, ...settings }: Options) => ({
  ...settings,
  sigmaX: settings.sigmaX ?? sigmaSpace,
  sigmaY: settings.sigmaY ?? sigmaSpace,
});

/**
 * Blurs, but not across edges: neighbours count less the farther away they are and the more their colour differs, all channels
 * together. Differentiable in the image and in all deviations.
 */
export const bilateralBlur = define<BilateralBlurSettings>(
  {
    name: "bilateralBlur",
    kind: "program",
    program: BILATERAL,
    wgsl: bilateralWgsl,
    reads: "neighbours",
    params,
    options,
    example,
    doc: "y = Σ w x(p + t) / Σ w, w = exp(−t² / 2σ² − d² / 2σc²), d how far the colours differ",
    source: "Kornia, filters.bilateral_blur",
  },
  spaced,
);

/**
 * {@link bilateralBlur} by the colours of another image: edges of `guidance` are kept. Differentiable in the image, in the guidance and
 * in all deviations.
 */
export const jointBilateralBlur = define<JointBilateralBlurSettings>(
  {
    name: "jointBilateralBlur",
    kind: "program",
    program: BILATERAL,
    wgsl: bilateralWgsl,
    reads: "neighbours",
    params: {
      ...params,
      guidance: { role: "image", channels: "any", unit: "intensity", doc: "the image whose colours are compared" },
    },
    options,
    example,
    doc: "y = Σ w x(p + t) / Σ w, w = exp(−t² / 2σ² − d² / 2σc²), d how far the guidance's colours differ",
    source: "Kornia, filters.joint_bilateral_blur",
  },
  spaced,
);
