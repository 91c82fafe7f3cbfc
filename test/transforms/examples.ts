import { type Declaration, type Gpu, type Tensor, type Transform, tensor } from "../../src/index.ts";

/**
 * One sample's values of a parameter, away from the identity: as the declaration's example says, else a little off its default; null
 * where that is the image's middle, and where it has no gradient: {@link fixedOf} has those.
 */
export function exampleOf({ params, example }: Declaration, param: string): number[] | null {
  const { default: given, size = 1, gradient, role, max = Infinity } = params[param];
  if (gradient === false || role === "image") return null;
  const said = example?.params?.[param] ?? given;
  const list = [said].flat() as number[];
  if (list.some(Number.isNaN)) return null;
  const off = example?.params?.[param] === undefined ? 0.1 : 0;
  // A kernel is one of 3 x 3.
  const count = typeof size === "number" ? size : size === "kernel" ? 9 : size === "points" ? list.length : 3;
  return Array.from({ length: Math.max(count, list.length) }, (_, i) => {
    const value = list[i % list.length];
    return value + off > max ? value - off : value + off;
  });
}

/** One sample's values of the parameters that have no gradient: those of the declaration's example, or the defaults. */
export const fixedOf = ({ params, example }: Declaration): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, { gradient }]) => gradient === false)
      .map(([name, spec]) => [name, [example?.params?.[name] ?? spec.default].flat() as number[]]),
  );

/** The parameters that learn and have an example of their own for each sample; what padding shows is not among them. */
export const learned = (declaration: Declaration): string[] =>
  Object.entries(declaration.params)
    .filter(([param, { role, list }]) => role !== "fill" && !list && exampleOf(declaration, param) !== null)
    .map(([param]) => param);

/** Whether its result has another shape than the image, in its example. */
export function isReshaping({ options = {}, example, outChannels, size, channels = [3] }: Declaration): boolean {
  const defaults = Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, spec.default]));
  const chosen = { ...defaults, ...example?.options };
  const count = channels.includes(3) ? 3 : channels[0];
  const [height, width] = size?.(chosen, [16, 12]) ?? [16, 12];
  return (outChannels?.(chosen, count) ?? count) !== count || height !== 16 || width !== 12;
}

/** What a field may look through in images of [height, width]: noise, or places about as far as the pixels themselves. */
export function exampleField(gpu: Gpu, { field }: Declaration, [h, w]: readonly [number, number]): Tensor | undefined {
  if (!field) return undefined;
  const places = Array.from({ length: 2 * h * w }, (_, i) => {
    const [x, y] = [i % w, Math.floor(i / w) % h];
    return (field.unit === "pixels" ? (i < h * w ? x : y) : 0) + 0.4 * Math.sin(3 * i + 1);
  });
  return tensor(gpu, places, [1, 2, h, w]);
}

/** Images beside the input, [1, 3, H, W], by parameter. */
export function exampleImages(
  gpu: Gpu,
  { params }: Declaration,
  [h, w]: readonly [number, number],
): Record<string, Tensor> {
  const names = Object.keys(params).filter((name) => params[name].role === "image");
  const values = Array.from({ length: 3 * h * w }, (_, i) => 0.5 + 0.4 * Math.cos(2 * i + 1));
  return Object.fromEntries(names.map((name) => [name, tensor(gpu, values, [1, 3, h, w])]));
}

/** A transform away from its identity, some settings replaced. */
export function exampleTransform(
  declaration: Declaration,
  changed: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
): Transform {
  const fixed = fixedOf(declaration);
  const params = Object.entries(declaration.params).map(([name, spec]) => {
    if (changed[name] !== undefined) return [name, changed[name]];
    const example = fixed[name] ?? exampleOf(declaration, name);
    return [name, example === null ? spec.default : example.length === 1 && !spec.list ? example[0] : example];
  });
  const all = { ...declaration.example?.options, ...options };
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
