import { isShifted } from "../../src/compiler/arithmetic.ts";
import { kinds } from "../../src/compiler/kinds/index.ts";
import { type Declaration, type Gpu, type ParamSpec, type Tensor, type Transform, tensor } from "../../src/index.ts";
import { registry } from "../../src/registry.ts";
import type { Random } from "../fuzz/random.ts";
import { exampleTransform } from "../transforms/examples.ts";

/** How a transform's kind moves pixels. */
export const motionOfKind = ({ kind }: Declaration) => kinds[kind].motion;

const EXAMPLE_SIDE = 8;
const EXAMPLE_SHAPE = [1, 3, EXAMPLE_SIDE, EXAMPLE_SIDE];

/** What moves pixels, or may with one of its options. */
export const moving = [...registry.values()].filter((declaration) => {
  const motion = motionOfKind(declaration);
  if (motion === "strides" || motion === "chains") return declaration.size !== undefined;
  return (
    motion !== "still" &&
    (declaration.reads !== "batch" || isShifted(exampleTransform(declaration, {}, {}), EXAMPLE_SHAPE))
  );
});

/**
 * A sample's values of a parameter: in the range that people use, which is for 224 pixels a side, or about those of the example, which is
 * for 8 of them.
 */
function values(spec: ParamSpec, example: readonly number[], side: number, r: Random): number[] {
  const { usual, unit, size, min = -Infinity, max = Infinity } = spec;
  const drawn = example.map((value) => {
    if (usual && example.length === 1) return r.between(usual[0], usual[1]) * (unit === "pixels" ? side / 224 : 1);
    if (unit === "pixels" && (size === 4 || size === 8))
      return (value * side) / EXAMPLE_SIDE + r.between(-0.06, 0.06) * side;
    if (unit === "half sizes") return value + r.between(-0.1, 0.1);
    return value * r.between(0.85, 1.15);
  });
  return drawn.map((value) => Math.fround(Math.min(Math.max(value, min), max)));
}

/** Options other than those of the example: a result in which something can be seen, and what changes its size at all. */
function optionsOf({ options: specs = {}, example }: Declaration): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [name, { allowed }] of Object.entries(specs)) {
    if (allowed === "size" && example?.options?.[name] !== undefined) own[name] = name === "height" ? 30 : 34;
    if (name === "stride") own.stride = 2;
    if (name === "padding" && Array.isArray(allowed) && allowed.includes("valid")) own.padding = "valid";
    if (name === "padding" && Array.isArray(allowed) && allowed.includes("fill")) own.padding = "zeros";
    if (name === "antialias") own.antialias = false;
  }
  return own;
}

/** Kernels with their middle in the middle. */
const COLUMN = [0.25, 0.5, 0.25];
const KERNELS: Record<string, number[]> = {
  kernel: COLUMN.flatMap((a) => COLUMN.map((b) => a * b)),
  kernelWidth: COLUMN,
  kernelHeight: COLUMN,
};

/** Places that wave about their pixels. */
function waves(gpu: Gpu, side: number): Tensor {
  const at = Array.from({ length: 2 * side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    return (i < side * side ? x : y) + 1.5 * Math.sin(x / 4 + 1) * Math.cos(y / 5 + 2);
  });
  return tensor(gpu, at, [1, 2, side, side]);
}

/** A transform with settings of their own for each of `samples` images of `side` by `side` pixels, and their values by parameter. */
export function drawn(gpu: Gpu, declaration: Declaration, samples: number, side: number, r: Random) {
  const all = Array.from({ length: samples }, (_, n) => n);
  const options = optionsOf(declaration);
  const given = exampleTransform(declaration, {}, options);
  const rows: Record<string, number[][]> = {};
  for (const [name, spec] of Object.entries(declaration.params)) {
    const { role, list, size = 1 } = spec;
    const example = [given.params[name]].flat() as number[];
    if (list || role === "fill" || role === "image") continue;
    if (role === "partner") rows[name] = all.map((n) => example.map(() => (n + 1) % samples));
    else if (role === "key") rows[name] = all.map(() => [r.whole(0, 2 ** 32)]);
    else if (size in KERNELS) rows[name] = [KERNELS[size]];
    else rows[name] = all.map(() => values(spec, example, side, r));
  }
  const changed: Record<string, unknown> = {};
  for (const [name, list] of Object.entries(rows))
    changed[name] = list.length === 1 ? list[0] : list[0].length === 1 ? list.flat() : list;
  if (declaration.field?.name && !declaration.draws) changed.field = waves(gpu, side);
  const transform: Transform = exampleTransform(declaration, changed, options);
  return { transform, rows };
}
