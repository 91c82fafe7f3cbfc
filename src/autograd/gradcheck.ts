import {
  A_FUNCTION,
  ArgumentError,
  AugradError,
  check,
  describe,
  number,
  readOptions,
  ShapeError,
  text,
} from "../gpu/index.ts";
import { show, Tensor, tensor } from "../tensor/index.ts";
import { grad, noGrad } from "./graph.ts";
import { checkList, checkTogether } from "./operands.ts";

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /**
   * The function in float64: the values of every input, in order, to the values of the output. The differences are then
   * taken of it, which is far sharper than differences of the f32 function itself; its output is compared as well.
   */
  reference?: (inputs: readonly Float64Array[]) => ArrayLike<number>;
  /** Half the width of a central difference, times max(1, |x|): 1e-5 with a reference, 1e-2 without. */
  step?: number;
  /** Largest error of a gradient, relative to its size or to a fiftieth of the input's largest: 1e-4 with a reference, 2e-2 without. */
  tolerance?: number;
  /** Shifts the weights of the output, and which coordinates are checked. */
  seed?: number;
  /** Coordinates checked of each input, spread evenly: 64 with a reference, 16 without. */
  samples?: number;
}

/** One derivative, two ways. */
export interface Derivative {
  /** Which input, and which of its values. */
  input: number;
  /** Which value of that input, in row-major order. */
  index: number;
  /** By the backward pass. */
  analytic: number;
  /** By finite differences. */
  numeric: number;
  /** Relative; see {@link GradcheckOptions.tolerance}. */
  error: number;
}

/** What {@link gradcheck} found. */
export interface GradcheckReport {
  /** Every checked derivative is within the tolerance, the output too where there is a reference, and every input has a coordinate that is no kink. */
  ok: boolean;
  /** The derivative with the largest error. */
  worst: Derivative;
  /** Number of derivatives compared; kinks are not among them. */
  checked: number;
  /** Coordinates where the function has no derivative: differences to the left and right, or of two widths, disagree. */
  kinks: Derivative[];
  /** Largest error of the output against the reference, relative to max(1, |value|); 0 without one. */
  outputError: number;
  /** What was allowed. */
  tolerance: number;
}

const RULES = {
  reference: A_FUNCTION,
  step: number({ above: 0 }),
  tolerance: number({ above: 0 }),
  seed: number(),
  samples: number({ least: 1, whole: true }),
};

const GOLDEN = 0.6180339887498949;

/** Weights of both signs, 0.5 to 1.5 in size, that no symmetry of a function cancels. */
function weightsFor(size: number, seed: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    const u = ((i + 1) * GOLDEN + seed * 0.7548776662466927) % 1;
    const sign = ((i + 1) * 0.5698402909980532) % 1 < 0.5 ? -1 : 1;
    return Math.fround(sign * (0.5 + u));
  });
}

function coordinates(size: number, samples: number, seed: number): number[] {
  if (size <= samples) return Array.from({ length: size }, (_, i) => i);
  const step = size / samples;
  return Array.from({ length: samples }, (_, i) => {
    const [from, to] = [Math.floor(i * step), Math.floor((i + 1) * step)];
    return from + Math.floor(((i * GOLDEN + seed * 0.31) % 1) * (to - from));
  });
}

/**
 * Compares the gradients of Σ wᵢ·f(inputs)ᵢ, for fixed weights w, with central differences in float64. Inputs that
 * require a gradient are checked; the others are constants. Works on leaves and intermediate tensors alike; leaves `.grad` alone.
 * @param f a pure function of its tensors
 */
export async function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options?: GradcheckOptions,
): Promise<GradcheckReport> {
  return compare(f, inputs, readOptions<GradcheckOptions>("gradcheck", options, RULES));
}

async function compare(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions,
): Promise<GradcheckReport> {
  check("f of gradcheck()", f, A_FUNCTION);
  checkList(inputs, "gradcheck", "inputs", "an array of tensors");
  if (inputs.length === 0) throw new ArgumentError("inputs of gradcheck()", "none", "at least one tensor");
  const gpu = checkTogether(inputs, "gradcheck", "inputs");
  const { reference, seed = 0 } = options;
  const step = options.step ?? (reference ? 1e-5 : 1e-2);
  const tolerance = options.tolerance ?? (reference ? 1e-4 : 2e-2);
  const samples = options.samples ?? (reference ? 64 : 16);
  const wanted = inputs.map((_, i) => i).filter((i) => inputs[i].requiresGrad);
  if (wanted.length === 0)
    throw new ArgumentError(
      "inputs of gradcheck()",
      "tensors that require no gradient",
      "at least one made with parameter()",
    );

  const values = await Promise.all(inputs.map(async (input) => Float64Array.from(await input.read())));
  /** Runs f; what it makes on the way is freed, and a tensor that it was given stays. */
  const call = (given: readonly Tensor[]): Tensor => {
    using scope = gpu.scope();
    const result = f(...given);
    if (result instanceof Tensor) return scope.keep(result);
    const returned = `a function that returns ${describe(result)}`;
    throw new ArgumentError("f of gradcheck()", returned, "one that returns a tensor");
  };
  const output = call(inputs);
  const weights = weightsFor(output.size, seed);
  using weighing = tensor(gpu, Float32Array.from(weights), output.shape);
  const gradients = grad(
    output,
    wanted.map((i) => inputs[i]),
    { gradient: weighing },
  );
  const analytic = await Promise.all(gradients.map((gradient) => gradient.read()));
  const outputValues = await output.read();
  const outputShape = output.shape;
  for (const gradient of gradients) gradient.dispose();
  if (!inputs.includes(output)) output.dispose();

  const weigh = (result: ArrayLike<number>): number => {
    if (result.length !== weights.length)
      throw new ShapeError(
        "reference of gradcheck()",
        `${result.length} values`,
        `${weights.length} values, for ${show(outputShape)}`,
      );
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i] * result[i];
    return total;
  };
  const evaluate = async (): Promise<number> => {
    if (reference) return weigh(reference(values));
    const tensors = inputs.map((input, i) => tensor(gpu, Float32Array.from(values[i]), input.shape));
    const result = noGrad(() => call(tensors));
    const read = await result.read();
    for (const made of [...tensors, result]) made.dispose();
    return weigh(read);
  };
  const at = async (input: number, index: number, delta: number): Promise<{ y: number; moved: number }> => {
    const before = values[input][index];
    const moved = reference ? before + delta : Math.fround(before + delta);
    values[input][index] = moved;
    const y = await evaluate();
    values[input][index] = before;
    return { y, moved: moved - before };
  };

  const centre = await evaluate();
  const kinks: Derivative[] = [];
  let worst: Derivative = { input: wanted[0], index: 0, analytic: 0, numeric: 0, error: 0 };
  let checked = 0;
  let covered = true;
  for (const [k, input] of wanted.entries()) {
    const found: { derivative: Derivative; left: number; right: number; half: number; halfGap: number }[] = [];
    for (const index of coordinates(inputs[input].size, samples, seed)) {
      const h = step * Math.max(1, Math.abs(values[input][index]));
      const [right, left, halfRight, halfLeft] = [
        await at(input, index, h),
        await at(input, index, -h),
        await at(input, index, h / 2),
        await at(input, index, -h / 2),
      ];
      const slope = (a: { y: number; moved: number }) => (a.y - centre) / a.moved;
      const numeric = (right.y - left.y) / (right.moved - left.moved);
      const half = (halfRight.y - halfLeft.y) / (halfRight.moved - halfLeft.moved);
      const derivative = { input, index, analytic: analytic[k][index], numeric, error: 0 };
      found.push({
        derivative,
        left: slope(left),
        right: slope(right),
        half,
        halfGap: slope(halfRight) - slope(halfLeft),
      });
    }
    const largest = found.reduce((most, { derivative }) => Math.max(most, Math.abs(derivative.numeric) || 0), 0);
    let smooth = 0;
    for (const { derivative, left, right, half, halfGap } of found) {
      const { analytic: a, numeric: n } = derivative;
      const size = Math.max(Math.abs(a), Math.abs(n), largest / 50, 1e-4);
      const error = Math.abs(a - n) / size;
      derivative.error = Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
      // Where a function is smooth, the gap between its slopes to the left and right halves with the step.
      const gap = Math.abs(right - left);
      const limit = 3 * tolerance * Math.max(Math.abs(n), largest / 50, 1e-4);
      if (Math.abs(n - half) > limit || (Math.abs(halfGap) > 0.75 * gap && Math.abs(halfGap) > limit)) {
        kinks.push(derivative);
        continue;
      }
      smooth++;
      if (derivative.error >= worst.error) worst = derivative;
    }
    checked += smooth;
    covered &&= smooth > 0;
  }

  let outputError = 0;
  if (reference) {
    const expected = reference(values);
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(expected[i] - outputValues[i]) / Math.max(1, Math.abs(expected[i]));
      outputError = Math.max(outputError, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    }
  }
  return {
    ok: covered && worst.error <= tolerance && outputError <= tolerance,
    worst,
    checked,
    kinks,
    outputError,
    tolerance,
  };
}

/** A gradient that differs from finite differences. */
export class GradientError extends AugradError {
  static override readonly name: string = "GradientError";
  constructor(
    message: string,
    /** Everything that was compared. */
    readonly report: GradcheckReport,
  ) {
    super("gradient", message);
  }
}

/** {@link gradcheck}, throwing when it does not hold. `name` says in the message what was checked. */
export async function assertGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options?: GradcheckOptions & { name?: string },
): Promise<GradcheckReport> {
  const { name: named, ...settings } = readOptions<GradcheckOptions & { name?: string }>("assertGradients", options, {
    ...RULES,
    name: text,
  });
  const report = await compare(f, inputs, settings);
  if (report.ok) return report;
  const { worst, tolerance } = report;
  const name = named ?? (f.name || "the function");
  if (report.outputError > tolerance) {
    throw new GradientError(
      `The output of ${name} differs from its reference by ${report.outputError.toPrecision(3)}, relative; allowed is ${tolerance}.`,
      report,
    );
  }
  if (worst.error <= tolerance) {
    throw new GradientError(
      `The gradient of ${name} could not be checked: every coordinate of an input lies at a kink (${report.kinks.length} kinks).`,
      report,
    );
  }
  throw new GradientError(
    `The gradient of ${name} in inputs[${worst.input}] ${show(inputs[worst.input].shape)} at ${worst.index} is ${worst.analytic}, and finite differences give ` +
      `${worst.numeric}: a relative error of ${worst.error.toPrecision(3)}, allowed is ${tolerance} (${report.checked} checked, ${report.kinks.length} kinks).`,
    report,
  );
}
