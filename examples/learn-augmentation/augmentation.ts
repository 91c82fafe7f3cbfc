/** The augmentation of this example: augrad's affine map, with four ranges. */
import { affine, around, type Gpu, mul, type Pipeline, parameter, sequential, type Tensor } from "augrad";
import { SIDE } from "./data.ts";
import { FIRST_WIDTHS, WIDTHS, type Widths } from "./results.ts";

/** What a learned number of 1 stands for: it sets how far one step of the optimiser goes, and nothing else. */
const UNITS: Widths = { angle: 45, move: 0.25, scale: 0.25, shear: 0.25 };

/** Pixels per share of half the side. */
const PIXELS = SIDE / 2;
/** Degrees of the slant per tangent: exact at the first width, and within 2% up to 0.25. */
const DEGREES = 180 / Math.PI;

type Bound = number | (() => Tensor);

function pipelineOf(widths: Record<keyof Widths, Bound>): Pipeline {
  // One draw for both directions keeps the shape of the digit; right and down are drawn apart.
  const size = around(1, widths.scale, { scale: "log" });
  return sequential([
    affine({
      angle: around(0, widths.angle),
      x: around(0, widths.move),
      y: around(0, widths.move),
      scaleX: size,
      scaleY: size,
      shearX: around(0, widths.shear),
      padding: "zeros",
    }),
  ]);
}

/** With ranges that stay as they are. */
export function fixedAugmentation({ angle, move, scale, shear }: Widths): Pipeline {
  return pipelineOf({ angle, move: move * PIXELS, scale, shear: shear * DEGREES });
}

/** With ranges that learn. */
export interface LearnedAugmentation {
  pipeline: Pipeline;
  /** What learns: each width in its unit, on the GPU. */
  parameters: Tensor[];
  /** Reads the four numbers. */
  widths(): Promise<Widths>;
}

export function learnedAugmentation(gpu: Gpu, first: Widths = FIRST_WIDTHS): LearnedAugmentation {
  const parameters = WIDTHS.map((name) => parameter(gpu, first[name] / UNITS[name]));
  const bound = (name: keyof Widths, unit: number) => {
    const learned = parameters[WIDTHS.indexOf(name)];
    return () => mul(learned, UNITS[name] * unit);
  };
  return {
    pipeline: pipelineOf({
      angle: bound("angle", 1),
      move: bound("move", PIXELS),
      scale: bound("scale", 1),
      shear: bound("shear", DEGREES),
    }),
    parameters,
    async widths() {
      const values = await Promise.all(parameters.map((each) => each.item()));
      // A width and its negative are the same range.
      const [angle, move, scale, shear] = WIDTHS.map((name, i) => Math.abs(values[i]) * UNITS[name]);
      return { angle, move, scale, shear };
    },
  };
}

/** All four widths times a number. */
export function scaledWidths(widths: Widths, factor: number): Widths {
  const { angle, move, scale, shear } = widths;
  return { angle: angle * factor, move: move * factor, scale: scale * factor, shear: shear * factor };
}
