import { type Declaration, type Gpu, type Tensor, type Transform, tensor } from "../../src/index.ts";

/** Values away from the identity for parameters that have no default. */
const GIVEN: Record<string, Record<string, number[]>> = {
  normalize: { mean: [0.4, 0.5, 0.3], std: [0.5, 0.4, 0.6] },
  denormalize: { mean: [0.1, 0.2, 0.3], std: [0.5, 0.4, 0.6] },
  erasing: { x: [1.25], y: [1.375], width: [2.5], height: [2.25], value: [0.3] },
  gaussianBlur: { sigmaX: [0.8], sigmaY: [0.6] },
  perspective: { startPoints: [0, 0, 5, 0, 5, 5, 0, 5], endPoints: [0.5, 0, 5, 0.25, 4.5, 5, 0, 4.75] },
  warp: { matrix: [0.9, 0.1, 0.3, -0.1, 1.1, 0.2, 0.01, 0.02, 1] },
  fisheye: { gamma: [1.25] },
  warpAffine: { matrix: [0.9, 0.1, 0.3, -0.1, 1.1, 0.2] },
};

/**
 * One sample's values of a parameter, a little away from its default; null where the default is the image's centre, and where it has
 * no gradient: {@link fixedOf} has those.
 */
export function exampleOf(declaration: Declaration, param: string): number[] | null {
  const { default: given, size = 1, gradient } = declaration.params[param];
  if (gradient === false) return null;
  const known = GIVEN[declaration.name]?.[param];
  if (known) return known;
  const said = declaration.example?.params?.[param];
  if (said !== undefined) return [said].flat();
  if (typeof given === "number" && Number.isNaN(given)) return null;
  const list = Array.isArray(given) ? (given as number[]) : [given as number];
  const count = size === "C" ? 3 : size === "kernel" ? 9 : size;
  return Array.from({ length: count }, (_, i) => list[i % list.length] + 0.1);
}

/** One sample's values of the parameters that have no gradient: those of the declaration's example, or the defaults. */
export const fixedOf = ({ params, example }: Declaration): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, { gradient }]) => gradient === false)
      .map(([name, spec]) => [name, [example?.params?.[name] ?? spec.default].flat() as number[]]),
  );

export const OPTIONS: Record<string, Record<string, unknown>> = {
  gaussianBlur: { kernelSize: 3 },
  crop: { width: 5, height: 4 },
  centerCrop: { width: 4, height: 4 },
  resize: { width: 4, height: 7 },
  elastic: { kernelSize: 3 },
};

/** What a field may look through in images of [height, width]: noise, or places about as far as the pixels themselves. */
export function exampleField(gpu: Gpu, { field }: Declaration, [h, w]: readonly [number, number]): Tensor | undefined {
  if (!field) return undefined;
  const places = Array.from({ length: 2 * h * w }, (_, i) => {
    const [x, y] = [i % w, Math.floor(i / w) % h];
    return (field.unit === "pixels" ? (i < h * w ? x : y) : 0) + 0.4 * Math.sin(3 * i + 1);
  });
  return tensor(gpu, places, [1, 2, h, w]);
}

/** A transform away from its identity, some settings replaced. */
export function exampleTransform(
  declaration: Declaration,
  changed: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
): Transform {
  const fixed = fixedOf(declaration);
  const params = Object.entries(declaration.params).map(([name, spec]) => {
    const example = fixed[name] ?? exampleOf(declaration, name);
    return [name, changed[name] ?? (example?.length === 1 ? example[0] : example) ?? spec.default];
  });
  const all = { ...declaration.example?.options, ...OPTIONS[declaration.name], ...options };
  const chosen = Object.entries(declaration.options ?? {}).map(([name, spec]) => [name, all[name] ?? spec.default]);
  return {
    declaration,
    params: Object.fromEntries(params),
    field: changed.field as Transform["field"],
    options: Object.fromEntries(chosen),
    on: changed.on as Transform["on"],
    p: changed.p as Transform["p"],
  };
}
