import { cellsOf } from "../compiler/pack/layout.ts";
import { ArgumentError } from "../gpu/index.ts";
import { piecesAt, samplesAt } from "../targets/list.ts";
import { type Shape, Tensor } from "../tensor/index.ts";
import type { ParamSpec, ParamValue, Parts, Transform } from "../transforms/index.ts";
import { isPicked } from "../transforms/language/choose.ts";

// Which values of a transform belong to single samples of a batch, and those of some of the samples.

/** A value that has numbers: as nested arrays, or as a tensor. */
type Numbers = ParamValue | readonly unknown[];

/** Sizes of nested arrays, of the first row each, or of a tensor. */
function sizesOf(value: unknown): Shape {
  if (value instanceof Tensor) return value.shape;
  const sizes: number[] = [];
  let part = value;
  while (Array.isArray(part) || ArrayBuffer.isView(part)) {
    sizes.push((part as ArrayLike<unknown>).length);
    part = (part as ArrayLike<unknown>)[0];
  }
  return sizes;
}

/** How many dimensions a value has that all samples share. */
function sharedRank(spec: ParamSpec, transform: Transform, sizes: Shape): number {
  if (spec.role === "image") return 3;
  if (spec.list) return 1;
  if (spec.role === "key" || spec.size === undefined || spec.size === 1) return 0;
  const cells = cellsOf(spec, transform);
  const [rows, columns] = sizes.slice(-2);
  return sizes.length > 1 && cells?.[0] === rows && cells[1] === columns ? 2 : 1;
}

/** Whether a parameter's value has a row for each of n samples; one row is for all. */
export function isPerSample(value: unknown, spec: ParamSpec, transform: Transform, n: number): boolean {
  const sizes = sizesOf(value);
  return sizes[0] === n && sizes.length > sharedRank(spec, transform, sizes);
}

/** The rows at some places of a value; of a tensor with its gradient. */
function rowsAt<T extends Numbers>(value: T, places: readonly number[]): T {
  if (!(value instanceof Tensor)) return places.map((i) => (value as readonly unknown[])[i]) as unknown as T;
  return samplesAt(value, places) as T;
}

/** Values by parameter for some of n samples, by their places in the batch. Partners are places, too, and stay what they are. */
export function paramsAt<V extends Numbers>(
  transform: Transform,
  params: Readonly<Record<string, V>>,
  n: number,
  places: readonly number[],
): Record<string, V> {
  const specs = transform.declaration.params;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      isPerSample(value, specs[name], transform, n) ? rowsAt(value, places) : value,
    ]),
  );
}

/**
 * A transform for some of the n samples that it was made for, by their places in the batch. Tensors that are made for it belong to the
 * scope that is open.
 * @throws ArgumentError for one seed of all samples, whose random numbers depend on their places
 */
export function transformAt(transform: Transform, n: number, places: readonly number[]): Transform {
  const { declaration, params, field, on, parts, branches } = transform;
  for (const [name, { role }] of Object.entries(declaration.params))
    if (role === "key" && typeof params[name] === "number" && !Number.isNaN(params[name]))
      throw new ArgumentError(`${declaration.name}.${name}`, "one number", "none, or one for each of the images");
  const [down, across] = declaration.composite?.pieces?.grid ?? [1, 1];
  const count = down * across;
  const row = <T extends Numbers>(value: T): T => (sizesOf(value)[0] === n && n > 1 ? rowsAt(value, places) : value);
  return {
    ...transform,
    params: paramsAt(transform, params, n, places),
    ...(field === undefined ? {} : { field: field instanceof Tensor ? row(field) : [row(field[0]), row(field[1])] }),
    ...(branches && {
      branches: { chains: branches.chains.map((each) => each.at(places)), taken: rowsAt(branches.taken, places) },
    }),
    ...(parts && { parts: partsAt(parts, n * count, piecesAt(places, count)) }),
    on: on === undefined || !isPicked(on) ? on && row(on) : { ...on, index: row(on.index) },
  };
}

const partsAt = (parts: Parts, n: number, places: readonly number[]): Parts =>
  parts.at?.(places) ?? { ...parts, chain: parts.chain.map((each) => transformAt(each, n, places)) };

/** The tensors that a transform holds, those of what it applies within itself included. */
export function tensorsOf({ params, on, field, parts, branches }: Transform): readonly Tensor[] {
  const values = [...Object.values(params), isPicked(on) ? on.index : on, field].flat();
  return [
    ...values.filter((value): value is Tensor => value instanceof Tensor),
    ...(parts?.chain ?? []).flatMap(tensorsOf),
    ...(branches?.chains ?? []).flatMap((each) => each.tensors()),
  ];
}

/** Whether samples see others of the batch. */
export const seesOthers = ({ declaration, parts, branches }: Transform): boolean =>
  declaration.reads === "batch" ||
  (parts?.chain ?? []).some(seesOthers) ||
  (branches?.chains ?? []).some(({ meets }) => meets);
