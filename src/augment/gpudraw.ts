import { noGrad } from "../autograd/index.ts";
import { type Gpu, TensorStateError } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import type { Bound, Compound, Distribution, Primitive } from "../transforms/index.ts";
import {
  checkLength,
  checkWidth,
  combinationOf,
  drawsOnGpu,
  familyOf,
  type GpuTools,
  isCompound,
  isLearnable,
  sourcesOf,
  tensorOf,
  valueFor,
} from "./distributions/index.ts";

/** A draw on the GPU: its value, and everything made on the way to it. */
export interface GpuDraw {
  value: Tensor;
  /** Frees what was made here. The graph keeps what backward needs, so that this may follow the pass that reads the value. */
  dispose(): void;
}

/** What {@link drawOnGpu} draws for. */
export interface DrawShape {
  /** Samples. */
  readonly n: number;
  readonly components: number;
  /** Whether the result is [n, components], also where there is one component. */
  readonly vector: boolean;
}

/** What distributions make tensors with; all of them are kept until `dispose`. */
export function openTools(gpu: Gpu, name: string, { n, components, vector }: DrawShape) {
  const made: Tensor[] = [];
  const keep = (value: Tensor): Tensor => {
    made.push(value);
    return value;
  };
  const upload = (values: Float32Array): Tensor => keep(tensor(gpu, values, vector ? [n, components] : [n]));
  const read = (which: string, value: Bound, check: (name: string, tensor: Tensor) => void): Tensor => {
    if (!isLearnable(value)) return keep(tensor(gpu, value as number[]));
    const of = `${name}, ${which}`;
    const result = tensorOf(of, value, keep);
    check(of, result);
    if (result.gpu !== gpu) throw new TensorStateError(`${of}: the tensor belongs to another device than the image.`);
    return result;
  };
  return {
    dispose(): void {
      for (const each of made) each.dispose();
    },
    /** The tools of a part of the distribution: `of.`, say, stands before the names of its bounds. */
    toolsAt: (at: string): Omit<GpuTools, "units"> => ({
      keep,
      upload,
      bound: (which, value) =>
        typeof value === "number"
          ? value
          : read(`${at}${which}`, value, (of, given) => checkWidth(of, given, components)),
      list: (which, value, length) => read(`${at}${which}`, value, (of, given) => checkLength(of, given, length)),
    }),
  };
}

/** Whether the gradient of a draw reaches its bounds by its probability alone. */
export const byScore = (source: Primitive): boolean => "estimator" in source && source.estimator === "scoreFunction";

/** The uniform numbers of one of the sources, of those of all. */
export const unitsOf = (units: Float32Array, sources: number, at: number): Float32Array =>
  sources === 1 ? units : Float32Array.from({ length: units.length / sources }, (_, i) => units[i * sources + at]);

/**
 * The values of a distribution whose bounds live on the GPU, for uniform numbers of `n` samples by `components` by sources: a tensor
 * [n], or [n, components] for a vector parameter. Its gradient reaches the bounds.
 */
export function drawOnGpu(
  gpu: Gpu,
  distribution: Distribution,
  name: string,
  units: Float32Array,
  shape: DrawShape,
): GpuDraw {
  const { toolsAt, dispose } = openTools(gpu, name, shape);
  const sources = sourcesOf(distribution);
  const drawn = new Map<Distribution, Tensor>();
  const build = (of: Distribution, at: string): Tensor => {
    const made = drawn.get(of) ?? (isCompound(of) ? combine(of, at) : draw(of, at));
    drawn.set(of, made);
    return made;
  };
  const draw = (source: Primitive, at: string): Tensor => {
    const own = unitsOf(units, sources.length, sources.indexOf(source));
    const tools = toolsAt(at);
    if (drawsOnGpu(source)) {
      const learned = () => familyOf(source).draw(source, { ...tools, units: own });
      return byScore(source) ? noGrad(learned) : learned();
    }
    const value = valueFor(source, shape.components);
    return tools.upload(own.map((u, i) => value([u], i % shape.components)));
  };
  const combine = (of: Compound, at: string): Tensor => {
    const { parts, draw: combined } = combinationOf(of);
    const built = parts(of).map(([which, part]) => build(part, `${at}${which}.`));
    return combined(of, built, toolsAt(at));
  };
  try {
    return { value: build(distribution, ""), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
