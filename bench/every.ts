/** Every transform of the registry as a chain of one, with a parameter tensor for each parameter that has a gradient. */
import { exampleOf } from "../docs/reference/examples.ts";
import { type Gpu, type ParamValue, parameter, type Tensor, type Transform } from "../src/index.ts";
import { registry } from "../src/registry.ts";
import type { Chain } from "./chains.ts";
import type { Shape } from "./engine.ts";
import { EVERY } from "./record.ts";

/** Copies that a transform may take at 4x3x224x224 on SwiftShader, forward and backward together. */
const MOST = 40;

/** Sizes of kernels that follow from the deviation only where that is a number: 2 · ceil(3 σ) + 1. */
const SIZES: Record<string, number> = { gaussianBlur: 25, unsharpMask: 19 };

/** A parameter's value for each sample: one that has a gradient as a tensor that asks for it. */
function perSample(gpu: Gpu, base: Transform, name: string, n: number): ParamValue | Tensor {
  const { role, gradient, list, integer, size = 1 } = base.declaration.params[name];
  const value = base.params[name];
  const others = (i: number) => Array.from({ length: Number(size) }, (_, k) => (i + 1 + k) % n);
  if (role === "partner")
    return Array.from({ length: n }, (_, i) => (size === 1 ? others(i)[0] : others(i))) as ParamValue;
  const numbers = typeof value === "number" ? [value] : value;
  const isPlain = Array.isArray(numbers) && numbers.every((v) => Number.isFinite(v));
  // One height for a whole kernel is a number; a tensor has to have a number for each cell.
  if (size === "kernel" && typeof value === "number") return value;
  if (role || gradient === false || list || integer || !isPlain) return value;
  const rows = Array.from({ length: n }, () => numbers).flat();
  return parameter(gpu, rows, numbers.length === 1 ? [n] : [n, numbers.length]);
}

function chainOf(name: string): Chain {
  const make = (gpu: Gpu, n: number, [, , height, width]: Shape) => {
    const base = exampleOf(name, gpu, [height, width]);
    const params = Object.fromEntries(Object.keys(base.params).map((key) => [key, perSample(gpu, base, key, n)]));
    const made = Object.entries(params).flatMap(([key, value]) =>
      value === base.params[key] || Array.isArray(value) || typeof value === "number" ? [] : [value as Tensor],
    );
    const options = name in SIZES ? { ...base.options, kernelSize: SIZES[name] } : base.options;
    return { transforms: [{ ...base, params, options } as Transform], parameters: made };
  };
  return { name: `${EVERY}${name}`, make, allowed: { software: { both: MOST } } };
}

/** A chain for each transform, in the order of the registry. */
export const every: readonly Chain[] = [...registry.keys()].map(chainOf);
