import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Link, ParamSpec, ParamValue, Picked, Transform } from "../../transforms/index.ts";
import { isChoice, isPicked, knownSamples, transformsOf } from "../../transforms/language/choose.ts";
import { gapOf, isTransform, showsFill } from "../../transforms/language/declare.ts";
import { abilities } from "../kinds/abilities.ts";
import { kinds } from "../kinds/index.ts";
import { cellsOf, GATE, widthOf } from "../pack/layout.ts";
import { type ListShape, withLists } from "../pack/lists.ts";
import { seedWords } from "../pack/seed.ts";
import type { Bound, BoundValue } from "../pass.ts";
import { bindImage } from "./beside.ts";
import { fieldOf, refuseSeed } from "./field.ts";
import type { list } from "./lists.ts";
import { isNear } from "./near.ts";
import { allowedShapes, type Cells, flattened, tensorStrides } from "./shapes.ts";

/**
 * One transform or choice, or several, as a list of transforms. A hole of an array becomes undefined, which is refused where it
 * stands.
 */
export function listOf(links: Link | readonly Link[]): readonly Transform[] {
  const list = Array.isArray(links) ? [...links] : [links];
  list.forEach(checkLink);
  return transformsOf(list);
}

/** Checks that an element of a caller's list is a transform or a choice. */
export function checkLink(link: unknown, i: number): asserts link is Link {
  if (isTransform(link) || isChoice(link)) return;
  throw new ArgumentError(`transforms[${i}]`, describe(link), "a transform, such as brightness({ factor: 1.2 })");
}

/** Checks one transform's parameters for a batch of `samples` images of `channels` channels and `size` [H, W]. */
export function bind(transform: Transform, samples: number, channels: number, size: readonly [number, number]): Bound {
  const { declaration, params } = transform;
  const { name } = declaration;
  if (declaration.channels && !declaration.channels.includes(channels)) {
    throw new ShapeError("x", `${channels} channels`, `${declaration.channels.join(" or ")} channels, for ${name}`);
  }
  const { p } = transform;
  if (p !== undefined && p !== 1) {
    const given = typeof p === "number" ? String(p) : "a probability";
    throw new ArgumentError(`${name}.p`, given, "nothing here: a coin is thrown by sequential([...])");
  }
  const values: Record<string, BoundValue> = {};
  let lists: Record<string, ListShape> | undefined;
  let images: Record<string, Tensor> | undefined;
  for (const param in declaration.params) {
    const given = declaration.params[param];
    const last = given.role === "partner" ? samples - 1 : given.below === "C" ? channels - 1 : given.max;
    const spec = last === given.max ? given : { ...given, max: last };
    const width = widthOf(spec, channels, transform);
    // A fill that nothing shows is checked, too, and takes no room.
    const isShown = spec.role !== "fill" || showsFill(transform);
    if (!isShown && params[param] === spec.default) continue;
    if (spec.role === "image") {
      images ??= {};
      images[param] = bindImage(`${name}.${param}`, params[param], spec, [samples, channels, ...size]);
      continue;
    }
    if (spec.role === "key") {
      if (transform.field !== undefined) refuseSeed(transform, param);
      else values[param] = bindSeed(`${name}.${param}`, params[param], spec, samples);
      continue;
    }
    if (spec.list) {
      const list = bindListOf(
        { argument: `${name}.${param}`, spec, samples, channels, options: transform.options },
        params[param],
      );
      values[param] = list.value;
      lists ??= {};
      lists[param] = list.shape;
      continue;
    }
    const cells = cellsOf(spec, transform);
    const value = bindValue(`${name}.${param}`, centered(params[param], spec, size), spec, samples, width, cells);
    if (isShown) values[param] = value;
  }
  if (declaration.check) checkSamples(transform, values, samples);
  const source = declaration.field;
  const field = source && fieldOf(transform, samples, size);
  const listed = lists ? withLists(transform, lists) : transform;
  const settled = kinds[declaration.kind].settle?.(listed, values, field) ?? listed;
  const near = isNear(settled, values, samples, size);
  const on = transform.on === undefined ? undefined : bindGate(transform, transform.on, samples);
  const gate = !on ? "always" : "tensor" in on && on.is === undefined ? "gate" : "coin";
  const bound: Bound = { transform: settled, gate, values, on, field, near };
  return images ? { ...bound, images } : bound;
}

/** A coin or a gate, or the coin of a choice. */
function bindGate({ declaration }: Transform, given: NonNullable<Transform["on"]>, samples: number): BoundValue {
  const argument = `${declaration.name}.on`;
  const on = isPicked(given) ? bindPicked(given, samples) : bindValue(argument, given, GATE, samples, 1);
  if ("numbers" in on) checkCoin(argument, on.numbers);
  return on;
}

/** A coin that falls by the index of a choice. */
function bindPicked(picked: Picked, samples: number): BoundValue {
  const bound = bindValue("index of choose()", picked.index, INDEX, samples, 1);
  if ("tensor" in bound) return { ...bound, is: picked.is };
  return { ...bound, numbers: knownSamples(picked)! };
}
const INDEX: ParamSpec = { unit: "index", doc: "which one a sample gets" };

/** A coin shows 0 or 1; what lies between has no meaning for a branch. */
function checkCoin(argument: string, coin: ArrayLike<number>): void {
  for (let i = 0; i < coin.length; i++) {
    if (coin[i] !== 0 && coin[i] !== 1)
      throw new ArgumentError(`${argument}[${i}]`, String(coin[i]), "0 or 1, or a tensor for a gate between");
  }
}

/** NaN as a default stands for the middle of the image, which only the image knows. */
function centered(value: ParamValue, spec: ParamSpec, [h, w]: readonly [number, number]): ParamValue {
  if (typeof value !== "number" || !Number.isNaN(value) || spec.center === undefined) return value;
  return ((spec.center === "x" ? w : h) - 1) / 2;
}

function bindValue(
  argument: string,
  value: ParamValue,
  spec: ParamSpec,
  samples: number,
  width: number,
  cells?: Cells,
): BoundValue {
  if (typeof value === "number") {
    checkNumber(argument, value, spec);
    return { numbers: [value], strides: [0, 0] };
  }
  // `explain` works on outlines of tensors; `apply` takes only real ones.
  if (isTensorLike(value)) {
    checkGradient(argument, value as Tensor, spec);
    return { tensor: value as Tensor, strides: tensorStrides(argument, value as Tensor, samples, width, cells) };
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return bindArray(argument, flattened(value as readonly number[], cells), spec, samples, width, cells);
  refuseDistribution(argument, value);
  throw new ArgumentError(argument, describe(value), allowedShapes(samples, width, cells));
}

function refuseDistribution(argument: string, value: unknown): void {
  if (typeof value !== "object" || value === null || !("distribution" in value)) return;
  throw new ArgumentError(argument, "a distribution", "numbers or a tensor; distributions belong in sequential([...])");
}

/** A seed of each sample; one for all stands for seeds of their own, so that samples differ. */
function bindSeed(argument: string, value: ParamValue, spec: ParamSpec, samples: number): BoundValue {
  const allowed = `a whole number from 0 to 2^53 - 1, or ${samples} of them, one per sample`;
  if (Number.isNaN(value)) throw new ArgumentError(argument, "nothing", `${allowed}; sequential([...]) draws it`);
  const bound = bindValue(argument, value, spec, samples, 1);
  if ("tensor" in bound) throw new ArgumentError(argument, "a tensor", allowed);
  return seedWords(bound, samples);
}

type ListPlace = Parameters<typeof list.bindList>[0];

/** A list of values, checked one by one. */
function bindListOf(place: ListPlace, value: unknown): ReturnType<typeof list.bindList> {
  refuseDistribution(place.argument, value);
  const { spec } = place;
  const asTensor = (given: unknown): Tensor | null => {
    if (!isTensorLike(given)) return null;
    checkGradient(place.argument, given as Tensor, spec);
    return given as Tensor;
  };
  return abilities.list.bindList(place, value, asTensor, (argument, number) => checkNumber(argument, number, spec));
}

/** A gradient that there is not is refused where it is asked for, not returned as 0. */
function checkGradient(argument: string, tensor: Tensor, { gradient, doc }: ParamSpec): void {
  if (gradient !== false || !tensor.requiresGrad) return;
  throw new ArgumentError(
    argument,
    "a tensor that requires a gradient",
    `numbers, or a tensor without, as from detach(): ${doc} has no gradient`,
  );
}

export const isTensorLike = (value: unknown): boolean =>
  value instanceof Tensor ||
  (typeof value === "object" && value !== null && "dtype" in value && "shape" in value && Array.isArray(value.shape));

function bindArray(
  argument: string,
  value: ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  spec: ParamSpec,
  samples: number,
  width: number,
  cells?: Cells,
): BoundValue {
  const { length } = value;
  const first = value[0];
  if (typeof first === "object" && first !== null)
    return bindRows(argument, value as ArrayLike<ArrayLike<number>>, spec, samples, width, cells);
  const numbers = value as ArrayLike<number>;
  const fits = width > 1 ? length === width : length === samples || length === 1;
  if (!fits) throw new ShapeError(argument, `${length} values`, allowedShapes(samples, width, cells));
  for (let i = 0; i < length; i++) {
    if (!inRange(numbers[i], spec)) checkNumber(`${argument}[${i}]`, numbers[i], spec);
  }
  return { numbers, strides: width > 1 ? [0, 1] : [length === 1 ? 0 : 1, 0] };
}

function bindRows(
  argument: string,
  rows: ArrayLike<ArrayLike<number>>,
  spec: ParamSpec,
  samples: number,
  width: number,
  cells?: Cells,
): BoundValue {
  const { length } = rows;
  let fits = length === samples || length === 1;
  for (let i = 0; fits && i < length; i++) fits = rows[i]?.length === width;
  if (!fits) {
    const lengths = new Set<number | undefined>();
    for (let i = 0; i < length && lengths.size < 8; i++) lengths.add(rows[i]?.length);
    throw new ShapeError(
      argument,
      `${length} rows of ${[...lengths].join(", ")}`,
      allowedShapes(samples, width, cells),
    );
  }
  // A plain array: a typed one takes longer to make than to fill.
  const numbers = new Array<number>(length * width);
  for (let i = 0; i < length; i++) {
    const row = rows[i];
    for (let j = 0; j < width; j++) {
      if (!inRange(row[j], spec)) checkNumber(`${argument}[${i}][${j}]`, row[j], spec);
      numbers[i * width + j] = row[j];
    }
  }
  return { numbers, strides: [length === 1 ? 0 : width, 1] };
}

/** Judged as the f32 that the GPU gets: what overflows there is infinite, what underflows is 0. */
function inRange(value: number, spec: ParamSpec): boolean {
  if (typeof value !== "number") return false;
  const rounded = Math.fround(value);
  return (
    Number.isFinite(rounded) &&
    !(spec.min !== undefined && value < spec.min) &&
    !(spec.max !== undefined && value > spec.max) &&
    !(spec.nonzero && Math.abs(value) < gapOf(spec)) &&
    !(spec.integer && !Number.isInteger(value))
  );
}

function checkNumber(argument: string, value: unknown, spec: ParamSpec): void {
  if (inRange(value as number, spec)) return;
  const bounds = [
    spec.min !== undefined ? `at least ${spec.min}` : "",
    spec.max !== undefined ? `at most ${spec.max}` : "",
    spec.nonzero ? `other than 0, from which it is at least ${gapOf(spec)} away` : "",
  ].filter(Boolean);
  throw new ArgumentError(
    argument,
    describe(value),
    `${spec.integer ? "a whole" : "a finite"} number (f32) of ${spec.unit}${bounds.length ? `, ${bounds.join(", ")}` : ""}`,
  );
}

/** Asks the declaration about each sample's values, as far as they are numbers. */
function checkSamples(transform: Transform, values: Record<string, BoundValue>, samples: number): void {
  const { declaration, options } = transform;
  let rows = 1;
  for (const name in values) if ("numbers" in values[name] && values[name].strides[0] > 0) rows = samples;
  for (let n = 0; n < rows; n++) {
    const sample: Record<string, number[]> = {};
    for (const name in values) {
      const value = values[name];
      if (!("numbers" in value)) continue;
      const { numbers, strides } = value;
      const { size } = declaration.params[name];
      const width = typeof size === "number" ? size : size === "points" ? 2 * (options.points as number) : 1;
      const own = new Array<number>(width);
      for (let j = 0; j < width; j++) own[j] = numbers[n * strides[0] + j * strides[1]];
      sample[name] = own;
    }
    const wrong = declaration.check?.(sample, options as Record<string, unknown>);
    if (wrong)
      throw new ArgumentError(
        `${declaration.name}.${wrong.argument}${rows > 1 ? `[${n}]` : ""}`,
        wrong.given,
        wrong.allowed,
      );
  }
}
