import plasmaBrightnessWgsl from "../../../shaders/program/plasma_brightness.wgsl";
import plasmaContrastWgsl from "../../../shaders/program/plasma_contrast.wgsl";
import plasmaDiamondWgsl from "../../../shaders/program/plasma_diamond.wgsl";
import plasmaImageWgsl from "../../../shaders/program/plasma_image.wgsl";
import plasmaSeedWgsl from "../../../shaders/program/plasma_seed.wgsl";
import plasmaShadowWgsl from "../../../shaders/program/plasma_shadow.wgsl";
import plasmaShowWgsl from "../../../shaders/program/plasma_show.wgsl";
import plasmaSquareWgsl from "../../../shaders/program/plasma_square.wgsl";
import plasmaSumsWgsl from "../../../shaders/program/plasma_sums.wgsl";
import { define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ProgramBackward, ProgramBuffer, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { Seeded } from "../language/settings.ts";
import type { ParamValue } from "../language/values.ts";

/** Rows or columns of a field's grid. */
interface Side {
  /** How many are valid. */
  valid: number;
  /** How many there are: beyond the valid ones there is one that has middles of cells alone. */
  there: number;
  /** The last one of the whole field. */
  last: number;
}

/** A side of the grids from the first one to that of the pixels, each with as much as the next one looks at. */
function sidesOf(size: number, steps: number): Side[] {
  const sides: Side[] = [];
  const first = Math.max(Math.ceil((size - 1) / 2 ** steps), 1);
  let valid = size;
  for (let step = steps; step >= 0; step--) {
    const last = first * 2 ** step;
    if (step < steps) valid = Math.min(last + 1, Math.floor(sides[0].there / 2) + 1);
    sides.unshift({ valid, there: Math.min(last + 1, valid + 1), last });
  }
  return sides;
}

/** The grids [down, across] of images of a size. */
function gridsOf(height: number, width: number): (readonly [Side, Side])[] {
  const steps = Math.max(Math.ceil(Math.log2(Math.max(height - 1, width - 1, 1))), 1) - 1;
  const across = sidesOf(width, steps);
  return sidesOf(height, steps).map((side, step) => [side, across[step]]);
}

const fieldsOf = ([, c]: readonly number[], { perChannel }: ProgramRun["options"]): number => (perChannel ? c : 1);

/** A number as the word that has its bits. */
const wordOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];

/** A program that makes a field of each sample, and changes the image by it. */
function plasma(name: "brightness" | "contrast" | "shadow", params: readonly string[]): ProgramSpec {
  /** The fields `[sample][field][row][column]`, and behind them their derivatives by the roughness. */
  function fieldOf(run: ProgramRun, tangent: boolean): ProgramBuffer {
    const [n, , height, width] = run.input;
    const fields = fieldsOf(run.input, run.options);
    const planes = n * fields;
    const [first, ...others] = gridsOf(height, width);
    const bufferFor = ([down, across]: readonly [Side, Side]) =>
      run.buffer((tangent ? 2 : 1) * planes * down.there * across.there);
    const keys = run.buffer(2 * planes);
    let [grid, coarse] = [first, bufferFor(first)];
    run.dispatch("plasma_seed", {
      words: [n, fields, first[0].there, first[1].there, run.rows("seed").first],
      buffers: [run.params, keys, coarse],
      threads: planes,
      conditions: { tangent },
    });
    others.forEach((next, k) => {
      const [fine, [down, across]] = [bufferFor(next), next];
      const half = {
        words: [
          ...[n, fields, k + 1, grid[0].there, grid[1].there, grid[0].last, grid[1].last],
          ...[down.there, across.there, down.valid, across.valid],
        ],
        threads: planes * Math.ceil(down.there / 2) * Math.ceil(across.there / 2),
        conditions: { tangent },
      };
      run.dispatch("plasma_diamond", { ...half, buffers: [run.params, coarse, fine, keys] });
      run.dispatch("plasma_square", { ...half, buffers: [run.params, coarse, fine] });
      [grid, coarse] = [next, fine];
    });
    return coarse;
  }

  const shown = (run: ProgramRun) => {
    const { clip, estimator = "none", softness = 1 } = run.options;
    const threads = run.threads(run.input[1] * run.input[2] * run.input[3]);
    const [, , h, w] = run.input;
    const [down, across] = gridsOf(h, w).at(-1)!;
    const fields = fieldsOf(run.input, run.options);
    const words = [
      ...[...run.input, fields, down.there, across.there],
      ...[threads, Number(clip), wordOf(softness as number)],
    ];
    return { threads, words, conditions: { [name]: true, [estimator as string]: true } };
  };

  function backward(run: ProgramBackward): void {
    const [n, c, h, w] = run.input;
    const tangent = run.wants("roughness");
    const { threads, words, conditions } = shown(run);
    const seen = [run.params, fieldOf(run, tangent), run.x, run.gradient];
    if (run.image)
      run.dispatch("plasma_image", {
        words,
        buffers: [...seen, run.image],
        threads: n * c * h * Math.ceil(w / 4),
        conditions,
      });
    const all = ["roughness", ...params];
    if (!all.some((param) => run.wants(param))) return;
    const sums = [0, 1, 2].map(() => run.buffer(n * threads));
    run.dispatch("plasma_sums", {
      words,
      buffers: [...seen, ...sums],
      threads: n * threads,
      conditions: { ...conditions, tangent },
    });
    for (const [k, param] of all.entries()) if (run.wants(param)) run.sum(param, sums[k], threads);
  }

  return {
    kernels: {
      plasma_seed: { wgsl: plasmaSeedWgsl, buffers: "rww" },
      plasma_diamond: { wgsl: plasmaDiamondWgsl, buffers: "rrwr" },
      plasma_square: { wgsl: plasmaSquareWgsl, buffers: "rrw" },
      plasma_show: { wgsl: plasmaShowWgsl, buffers: "rrrw" },
      plasma_image: { wgsl: plasmaImageWgsl, buffers: "rrrrw" },
      plasma_sums: { wgsl: plasmaSumsWgsl, buffers: "rrrrwww" },
    },
    forward(run) {
      const [n, c, h, w] = run.input;
      const { words, conditions } = shown(run);
      const buffers = [run.params, fieldOf(run, false), run.x, run.y];
      run.dispatch("plasma_show", { words, buffers, threads: n * c * h * Math.ceil(w / 4), conditions });
    },
    backward,
    cost(input, options) {
      const [, , h, w] = input;
      const halves = 2 * gridsOf(h, w).length - 1;
      return { forward: halves + 1, backward: halves + 2, floats: 2 * fieldsOf(input, options) * (h + 1) * (w + 1) };
    },
  };
}

const roughness: ParamSpec = {
  default: 0.5,
  min: 0,
  max: 1,
  usual: [0.1, 0.7],
  unit: "factor",
  doc: "what the noise is multiplied by from step to step",
};
const options = (perChannel: boolean): Record<string, OptionSpec> => ({
  perChannel: { default: perChannel, allowed: [true, false], doc: "each channel has a field of its own" },
  clip: { default: true, allowed: [true, false], doc: "clip the result to 0..1" },
});

/** The settings that every plasma has. */
export type Plasma = {
  /**
   * What the strength of the noise is multiplied by from step to step: 0 gives a soft field, 1 white noise; 0 to 1, 0.5 unless
   * given.
   */
  roughness?: ParamValue;
  /** Clip the result to 0..1; true unless given. */
  clip?: boolean;
} & Seeded;

/**
 * Brightens and darkens by a plasma, a random fractal field of 0..1, which is made on the device from the seed and never kept: first a
 * grid whose points lie half the longer side of the image apart, or more; then its resolution is doubled until there is a point for
 * each pixel, each new point being the mean of its four neighbours, drawn towards a random number by `roughness` to the power of the step.
 *
 * Kornia's field starts from a grid whose corners are a third as bright as its other points, for half the shorter side; its mean
 * of neighbours is a third too large at the border. This one's mean is 1/2 everywhere.
 */
export const plasmaBrightness = define<
  {
    /** What is added where the field is 1, and taken away where it is 0; 0 keeps the image, 0.5 unless given. */
    intensity?: ParamValue;
    /** Each channel has a field of its own, or all have the same; true unless given. */
    perChannel?: boolean;
  } & Plasma
>({
  name: "plasmaBrightness",
  kind: "program",
  wgsl: plasmaBrightnessWgsl,
  program: plasma("brightness", ["intensity"]),
  reads: "place",
  draws: 1,
  params: {
    roughness,
    intensity: {
      default: 0.5,
      neutral: 0,
      usual: [0, 1],
      intensity: [0, 1],
      unit: "intensity",
      doc: "what is added where the field is 1",
    },
  },
  options: options(true),
  example: { params: { roughness: 0.4, intensity: 0.3, seed: 7 } },
  doc: "y = clip(x + (2 field − 1) · intensity)",
  source: "Fournier, Fussell and Carpenter 1982; Kornia, RandomPlasmaBrightness",
});

/**
 * Multiplies the contrast about 1/2 by a plasma, a random fractal field of 0..1, as in {@link plasmaBrightness}: `factor` times the field.
 */
export const plasmaContrast = define<
  {
    /** What the contrast is multiplied by where the field is 1; where it is 0 the image is grey; 4 unless given. */
    factor?: ParamValue;
    /** Each channel has a field of its own, or all have the same; true unless given. */
    perChannel?: boolean;
  } & Plasma
>({
  name: "plasmaContrast",
  kind: "program",
  wgsl: plasmaContrastWgsl,
  program: plasma("contrast", ["factor"]),
  reads: "place",
  draws: 1,
  params: {
    roughness,
    factor: {
      default: 4,
      usual: [1, 4],
      unit: "factor",
      doc: "what the contrast is multiplied by where the field is 1",
    },
  },
  options: options(true),
  example: { params: { roughness: 0.4, factor: 1.7, seed: 7 } },
  doc: "y = clip((x − 1/2) · factor · field + 1/2)",
  source: "Fournier, Fussell and Carpenter 1982; Kornia, RandomPlasmaContrast",
});

/**
 * Casts a shadow: adds `shadeIntensity` where a plasma, a random fractal field of 0..1 as in {@link plasmaBrightness}, is below
 * `shadeQuantity`.
 *
 * What is shaded jumps as the quantity or the field is changed; the gradients of quantity and roughness are estimates, by `estimator`.
 */
export const plasmaShadow = define<
  {
    /** What is added in the shadow; 0 keeps the image, -0.5 unless given. */
    shadeIntensity?: ParamValue;
    /** There is shadow where the field is below; 0 to 1, 0.5 unless given. */
    shadeQuantity?: ParamValue;
    /** Each channel has a field of its own, or all have the same; false unless given. */
    perChannel?: boolean;
    /** Width of the step that `soft` differentiates, in units of the field; 0.05 unless given. */
    softness?: number;
    /**
     * `straightThrough` (unless given): the step moves as quantity less field does, so that the gradient of the quantity is the shade,
     * summed over all pixels. `soft`: a sigmoid takes the place of the step. `none`: quantity and roughness have the gradient 0.
     */
    estimator?: "straightThrough" | "soft" | "none";
  } & Plasma
>({
  name: "plasmaShadow",
  kind: "program",
  wgsl: plasmaShadowWgsl,
  program: plasma("shadow", ["shadeIntensity", "shadeQuantity"]),
  reads: "place",
  draws: 1,
  params: {
    roughness,
    shadeIntensity: {
      default: -0.5,
      neutral: 0,
      usual: [-1, 0],
      intensity: [0, -1],
      unit: "intensity",
      doc: "what is added in the shadow",
    },
    shadeQuantity: {
      default: 0.5,
      min: 0,
      max: 1,
      usual: [0, 1],
      unit: "share",
      doc: "there is shadow where the field is below",
    },
  },
  options: {
    ...options(false),
    softness: { default: 0.05, allowed: { min: 1e-4 }, doc: "width of the step that soft differentiates" },
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough: "x + (m + shadeQuantity − q − field + f) · shadeIntensity, m, q and f being as they are",
      soft: "x + sigmoid((shadeQuantity − field) / softness) · shadeIntensity",
      none: "the formula itself: 0 for quantity and roughness",
    },
  },
  example: { params: { roughness: 0.4, shadeIntensity: -0.2, shadeQuantity: 0.45, seed: 7 } },
  doc: "y = clip(x + shadeIntensity) where field < shadeQuantity",
  source: "Fournier, Fussell and Carpenter 1982; Kornia, RandomPlasmaShadow",
});
