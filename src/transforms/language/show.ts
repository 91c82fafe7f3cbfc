import { Tensor } from "../../tensor/index.ts";
import type { Transform } from "./declaration.ts";
import type { Distribution } from "./values.ts";

/** Node's console asks an object for its text under this name. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Gives a plain value a text of its own, which neither JSON nor a copy takes along. */
export function printable<T extends object>(value: T, text: () => string): T {
  for (const name of ["toString", INSPECT]) Object.defineProperty(value, name, { value: text, enumerable: false });
  return value;
}

/**
 * {@link printable} for values of which every step makes many, by a prototype that they share: to define two methods on each took longer
 * than making it. It has all that a plain object has, so that they are plain objects to everybody who asks.
 */
export function printer<T extends object>(text: (value: T) => string): (value: T) => T {
  const method: PropertyDescriptor & ThisType<T> = {
    value() {
      return text(this);
    },
  };
  const plain = Object.getOwnPropertyDescriptors(Object.prototype);
  const prototype = Object.create(null, { ...plain, toString: method, [INSPECT]: method });
  return (value) => Object.setPrototypeOf(value, prototype);
}

const FEW = 8;

/** A parameter as one would write it: `1.2`, `[1, 2, ...]`, `uniform(-30, 30)`, `tensor [1] of f32`. */
export function showValue(value: unknown): string {
  if (value instanceof Tensor) return String(value);
  if (typeof value === "function") return "() => tensor";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const list = Array.from(value as ArrayLike<unknown>);
    return `[${list.slice(0, FEW).map(showValue).join(", ")}${list.length > FEW ? `, ... ${list.length} in all` : ""}]`;
  }
  if (typeof value === "object" && value !== null && "distribution" in value)
    return Object.hasOwn(value, "toString") ? String(value) : showDistribution(value as Distribution);
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** A distribution prints itself; a copy, such as JSON makes of it, as its properties. */
function showDistribution({ distribution, ...rest }: Distribution): string {
  return `${distribution}(${Object.entries(rest)
    .map(([name, value]) => `${name}: ${showValue(value)}`)
    .join(", ")})`;
}

/** The settings of a transform that differ from their defaults, in the order of its declaration, the common ones last. */
export function givenOf({
  declaration,
  params,
  options,
  field,
  p,
  on,
  key,
  sameOnBatch,
}: Transform): [name: string, value: unknown][] {
  const settings: [string, unknown, unknown][] = [
    [declaration.field?.name ?? "", field, undefined],
    ...Object.entries(declaration.params).map(([name, spec]): [string, unknown, unknown] => [
      name,
      params[name],
      spec.default,
    ]),
    ...Object.entries(declaration.options ?? {}).map(([name, spec]): [string, unknown, unknown] => [
      name,
      options[name],
      spec.default,
    ]),
    ...Object.entries({ p, on, key }).map(([name, value]): [string, unknown, unknown] => [name, value, undefined]),
    ["sameOnBatch", sameOnBatch, false],
  ];
  return settings.flatMap(([name, value, usual]) =>
    value === undefined || Object.is(value, usual) ? [] : [[name, value]],
  );
}

/** `rotate({ angle: uniform(-30, 30), p: 0.5 })`: what differs from the defaults is there. */
export function showTransform(transform: Transform): string {
  if (transform.links) return transform.links.show();
  const text = givenOf(transform)
    .map(([name, value]) => `${name}: ${showValue(value)}`)
    .join(", ");
  return `${transform.declaration.name}(${text ? `{ ${text} }` : ""})`;
}
