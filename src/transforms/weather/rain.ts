import rainWgsl from "../../../shaders/program/rain.wgsl";
import rainClearWgsl from "../../../shaders/program/rain_clear.wgsl";
import rainMarkWgsl from "../../../shaders/program/rain_mark.wgsl";
import rainShowWgsl from "../../../shaders/program/rain_show.wgsl";
import rainSumsWgsl from "../../../shaders/program/rain_sums.wgsl";
import { define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ProgramBuffer, ProgramRun, ProgramSpec } from "../language/program-spec.ts";
import type { Seeded } from "../language/settings.ts";
import type { ListValue, ParamValue } from "../language/values.ts";

const MOST_DROPS = 10_000;
const LONGEST = 1000;
/** Threads that mark the drops of a mask: some drops for each. */
const MARKS = 256;

/** Marks the pixels under drops, which then have one value. */
function rainOf(isDrawn: boolean): ProgramSpec {
  function workOf(run: ProgramRun) {
    const [n, c, h, w] = run.input;
    const row = (param: string) => run.rows(param).first;
    const [x, y] = ["x", "y"].map((param) => (isDrawn ? { first: 0, length: 0, lists: 1 } : run.rows(param)));
    const fields = Math.max(x.lists, y.lists);
    const threads = run.threads(c * h * w);
    const words = [
      ...[n, c, h, w, fields, MARKS, threads, Number(run.options.gaps)],
      ...["drops", "height", "width", "value"].map(row),
      ...[isDrawn ? row("seed") : 0, x.first, y.first, x.length, y.length, x.lists, y.lists],
    ];
    return { words, threads, masks: n * fields, values: n * c * h * w };
  }

  function maskOf(run: ProgramRun): ProgramBuffer {
    const { words, masks } = workOf(run);
    const pixels = masks * run.input[2] * run.input[3];
    const mask = run.buffer(pixels);
    run.dispatch("rain_clear", { words, buffers: [mask], threads: pixels });
    const conditions = { drawn: isDrawn };
    run.dispatch("rain_mark", { words, buffers: [mask, run.params], threads: masks * MARKS, conditions });
    return mask;
  }

  return {
    kernels: {
      rain_clear: { wgsl: rainClearWgsl, buffers: "w" },
      rain_mark: { wgsl: rainMarkWgsl, buffers: "wr" },
      rain_show: { wgsl: rainShowWgsl, buffers: "rrrw" },
      rain_sums: { wgsl: rainSumsWgsl, buffers: "rrw" },
    },
    forward(run) {
      const { words, values } = workOf(run);
      run.dispatch("rain_show", { words, buffers: [run.params, maskOf(run), run.x, run.y], threads: values });
    },
    backward(run) {
      const { words, values, threads } = workOf(run);
      const mask = maskOf(run);
      if (run.image) {
        const buffers = [run.params, mask, run.gradient, run.image];
        run.dispatch("rain_show", { words, buffers, threads: values, conditions: { back: true } });
      }
      if (!run.wants("value")) return;
      const partial = run.buffer(run.input[0] * threads);
      run.dispatch("rain_sums", { words, buffers: [mask, run.gradient, partial], threads: run.input[0] * threads });
      run.sum("value", partial, threads);
    },
    cost: ([, c, h, w]) => ({ forward: 3, backward: 4, floats: (isDrawn ? 1 : c) * h * w }),
  };
}

const whole: Pick<ParamSpec, "integer" | "gradient"> = { integer: true, gradient: false };
const drops = (count: number, doc: string): ParamSpec => ({
  ...whole,
  default: count,
  min: 0,
  max: MOST_DROPS,
  neutral: 0,
  usual: [1000, 2000],
  unit: "count",
  doc,
});
const shape: Record<"height" | "width" | "value", ParamSpec> = {
  height: { ...whole, default: 10, min: 0, max: LONGEST, usual: [5, 20], unit: "pixels", doc: "how far a drop falls" },
  width: {
    ...whole,
    default: 0,
    min: -LONGEST,
    max: LONGEST,
    usual: [-5, 5],
    unit: "pixels",
    doc: "how far it goes to the right",
  },
  value: { default: 200 / 255, usual: [0.5, 1], unit: "intensity", doc: "what a drop shows" },
};
const options: Record<string, OptionSpec> = {
  gaps: { default: true, allowed: [true, false], doc: "a line has one point less than its longer side" },
};

/** What all drops of a sample have. */
export type Drops = {
  /** How far a drop falls, in whole pixels, 0 to 1000; 10 unless given. */
  height?: ParamValue;
  /** How far it goes to the right meanwhile, or with a negative number to the left, in whole pixels up to 1000; 0 unless given. */
  width?: ParamValue;
  /** What a drop shows, in every channel; 200/255 unless given. */
  value?: ParamValue;
  /**
   * A drop has as many points as its longer side is long, spread evenly from end to end, so that one is missing; else one more,
   * which leaves no gap; true unless given.
   */
  gaps?: boolean;
};

/**
 * Lets it rain: draws slanted lines of one value, all of a sample alike, at places that are drawn on the device from the seed, so that
 * each lies within the image. The gradient of the image is 0 under a drop.
 */
export const rain = define<
  {
    /** How many, 0 to 10000; 0 keeps the image, 1000 unless given. */
    drops?: ParamValue;
  } & Drops &
    Seeded
>({
  name: "rain",
  kind: "program",
  wgsl: rainWgsl,
  program: rainOf(true),
  reads: "place",
  draws: 1,
  params: { drops: drops(1000, "how many drops"), ...shape },
  options,
  example: { params: { drops: 5, height: 4, width: -2, value: 0.7, seed: 7 } },
  doc: "y = value on lines from (x, y) to (x + width, y + height), x and y drawn",
  source: "Kornia, RandomRain",
});

/** Draws drops as {@link rain} does, which begin where `x` and `y` say. What lies beyond the image is left out. */
export const raindrops = define<
  {
    /** Columns in which the drops begin, in whole pixels: one list, or one for each sample, or for each of its channels. */
    x: ListValue;
    /** Rows in which they begin; as many as columns. */
    y: ListValue;
    /** How many of the list are drawn, 0 to 10000; 0 keeps the image, 10000 unless given, which is all. */
    drops?: ParamValue;
  } & Drops
>({
  name: "raindrops",
  kind: "program",
  wgsl: rainWgsl,
  program: rainOf(false),
  reads: "place",
  params: {
    x: { ...whole, list: { max: MOST_DROPS }, unit: "pixels", doc: "columns in which drops begin" },
    y: { ...whole, list: { max: MOST_DROPS, like: "x" }, unit: "pixels", doc: "rows in which drops begin" },
    drops: drops(MOST_DROPS, "how many of the list"),
    ...shape,
  },
  options,
  example: { params: { x: [3, 6, 1], y: [1, 0, 4], height: 4, width: -2, value: 0.7 } },
  doc: "y = value on lines from (x, y) to (x + width, y + height)",
  source: "Kornia, RandomRain",
});
