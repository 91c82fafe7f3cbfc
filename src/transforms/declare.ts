import { ArgumentError, describe } from "../gpu/errors.ts";
import { A_FUNCTION, check, isPlainObject, refuseUnknown } from "../gpu/options.ts";
import type { Tensor } from "../tensor/index.ts";
import type { SettingsOf } from "./settings.ts";
import { printable, showTransform } from "./show.ts";
import type { Bernoulli, ParamValue } from "./values.ts";

/** A parameter of a transform: one value, or `size` values, per sample. */
export interface ParamSpec {
  /** Value when the caller gives none; without one the parameter is required. */
  default?: number | readonly number[];
  /** Values per sample: 1 unless given; `C` is one per channel. */
  size?: number | "C";
  /** Least value, itself allowed. */
  min?: number;
  /** Largest value, itself allowed. */
  max?: number;
  /** 0 has no meaning, such as a scale of 0: values stay this far from it; `true` is 1e-12. */
  nonzero?: boolean | number;
  /** Unit of its values: pixels, degrees, turns, factor, intensity, exponent. */
  unit: string;
  /** What it means, in a few words, for messages and tables. */
  doc: string;
  /** Name of the field in WGSL, where the parameter's own name is reserved there. */
  field?: string;
}

/** How far the values of a parameter stay from 0; 0 where they need not. */
export const gapOf = ({ nonzero }: ParamSpec): number => (nonzero === true ? 1e-12 : nonzero || 0);

/** A static choice: part of the pipeline, not of the data. */
export interface OptionSpec {
  /** Value when the caller gives none. */
  default?: unknown;
  /** The values, or `size` for a number of pixels, or `kernelSize` for an odd size or [height, width]. */
  allowed: readonly unknown[] | "size" | "kernelSize";
  /** What it means, in a few words. */
  doc: string;
  /** Whether it has to be given; for what has no default. */
  required?: boolean;
  /** Whether the WGSL `Params` has a field of this name. */
  inShader?: boolean;
}

/** How the compiler treats a transform. */
export type Kind = "point" | "map" | "window";

/** Everything there is to know about a transform; it is declared once, and everything else follows. */
export interface Declaration {
  /** Letters and digits; unique in the registry. */
  name: string;
  /** How the compiler treats it. */
  kind: Kind;
  /** WGSL module below `shaders/`: `color::gamma`. */
  module: string;
  /** WGSL of a transform that a user declares at run time, instead of a file of the package. */
  wgsl?: string;
  /** Its parameters, by name, in order. */
  params: Record<string, ParamSpec>;
  /** Its options, by name. */
  options?: Record<string, OptionSpec>;
  /** Channel counts that make sense; any, unless given. */
  channels?: readonly number[];
  /** Needs the mean over the image of the module's `measure`. */
  statistic?: boolean;
  /** Needs the pixel's position. */
  position?: boolean;
  /**
   * A point with y = a · x + b channel by channel, a and b depending on parameters and position alone: its gradient of the image
   * does not look at the image.
   */
  linear?: boolean;
  /** A map that keeps lines parallel. */
  affine?: boolean;
  /** A map that looks only at pixels of the source, whatever the padding, and so fits into any row of maps. */
  inside?: boolean;
  /** Size of the result, [height, width]. */
  size?: (options: Record<string, unknown>, input: readonly [number, number]) => readonly [number, number];
  /** What is wrong with one sample's values, or null. */
  check?: (
    values: Record<string, readonly number[]>,
    options: Record<string, unknown>,
  ) => { argument: string; given: string; allowed: string } | null;
  /** The formula, in one line. */
  doc: string;
  /** Where it comes from: a paper, a standard, another library's function. */
  source: string;
}

/** A transform with its parameters: a plain value, not yet bound to an image. */
export interface Transform {
  /** What it is. */
  readonly declaration: Declaration;
  /** Values by parameter; defaults are filled in. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Values by option; defaults are filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Probability of applying it to a sample, for `sequential`. */
  readonly p?: number | Tensor | Bernoulli;
  /** Which samples it applies to, 0 or 1 each; a tensor is a gate whose gradient is asked for. All, unless given. */
  readonly on?: readonly number[] | Tensor;
  /** Name of its random stream, for `sequential`. */
  readonly key?: string;
}

/** Every declaration ever made, those that another one replaced in the registry included. */
const declared = new WeakSet<object>();
const registered = new Map<string, Declaration>();
/** The names of augrad's own transforms, which nobody else can take. */
const own = new Set<string>();

/** All declared transforms, by name. */
export const registry: ReadonlyMap<string, Declaration> = registered;

/** Settings that every transform takes. */
export interface CommonSettings {
  /** Probability of applying it to a sample, 0..1; for `sequential`. */
  p?: number | Tensor | Bernoulli;
  /** Which samples it applies to, 0 or 1 each, instead of `p`; for points a tensor of gates too. */
  on?: readonly number[] | Tensor;
  /** Name of its random stream; for `sequential`, where the same transform comes more than once. */
  key?: string;
}

/** The function that a user calls; settings that have no default are required. */
export type Constructor<Settings> = {
  (
    ...settings: Partial<Settings> extends Settings
      ? [settings?: Settings & CommonSettings]
      : [settings: Settings & CommonSettings]
  ): Transform;
  /** What it was made from. */
  declaration: Declaration;
};

/** What `declare` takes: WGSL, or a module that has it. */
export type NewDeclaration<
  P extends Record<string, ParamSpec> = Record<string, ParamSpec>,
  O extends Record<string, OptionSpec> = Record<string, OptionSpec>,
> = Omit<Declaration, "module" | "wgsl" | "params" | "options"> & {
  /** Its parameters, by name, in order. */
  params: P;
  /** Its options, by name. */
  options?: O;
} & ({ module: string; wgsl?: string } | { module?: string; wgsl: string });

/** Turns the settings that a caller gave into those that the declaration has. */
export type Prepare = (settings: Record<string, unknown>) => Record<string, unknown>;

/**
 * Declares a transform: registers it, and returns its constructor. A name may be declared again, as when a page reloads a
 * module: the newest is in the registry, and transforms that were made before stay what they are.
 */
export function declare<
  const P extends Record<string, ParamSpec>,
  const O extends Record<string, OptionSpec> = Record<never, never>,
>(declaration: NewDeclaration<P, O>): Constructor<SettingsOf<P, O>>;
export function declare<Settings extends object>(declaration: NewDeclaration, prepare?: Prepare): Constructor<Settings>;
export function declare(given: NewDeclaration, prepare: Prepare = (settings) => settings): unknown {
  check("prepare of declare()", prepare, A_FUNCTION);
  checkDeclaration(given as Declaration);
  const declaration = { ...given, module: given.module ?? `user::${given.name}` } as Declaration;
  registered.set(declaration.name, declaration);
  declared.add(declaration);
  const make = (settings: Record<string, unknown> = {}): Transform => {
    if (!isPlainObject(settings)) {
      throw new ArgumentError(
        `settings of ${declaration.name}`,
        describe(settings),
        `an object, such as ${example(declaration)}`,
      );
    }
    return construct(declaration, prepare({ ...settings }));
  };
  return Object.assign(make, { declaration });
}

/** {@link declare} for augrad's own transforms. */
export const define: typeof declare = (declaration: NewDeclaration, prepare?: Prepare) => {
  const make = declare(declaration, prepare);
  own.add(declaration.name);
  return make as never;
};

/** Whether a value is a transform: what a constructor that {@link declare} made has returned, or a copy of it. */
export function isTransform(value: unknown): value is Transform {
  if (typeof value !== "object" || value === null) return false;
  const { declaration, params, options } = value as Partial<Transform>;
  return (
    typeof declaration === "object" &&
    declared.has(declaration) &&
    isPlainObject(params) &&
    isPlainObject(options) &&
    Object.keys(declaration.params).every((param) => params[param] !== undefined)
  );
}

const example = ({ params }: Declaration): string => {
  const [first] = Object.keys(params).filter((name) => name !== "fill");
  return first ? `{ ${first}: 1 }` : "{}";
};

const KINDS: readonly Kind[] = ["point", "map", "window"];
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const COMMON = ["p", "on", "key"];

/** What a declaration has to be before anything is made of it; its WGSL is looked at when it is first used. */
function checkDeclaration(declaration: Declaration): void {
  if (!isPlainObject(declaration)) throw new ArgumentError("declaration", describe(declaration), "an object");
  const { name, kind, params, options = {} } = declaration;
  if (typeof name !== "string" || !NAME.test(name))
    throw new ArgumentError("name", describe(name), "a name of letters and digits");
  if (own.has(name)) throw new ArgumentError("name", name, "a name that no transform of augrad has");
  if (declaration.module === undefined && typeof declaration.wgsl !== "string")
    throw new ArgumentError(`wgsl of ${name}`, describe(declaration.wgsl), "WGSL, or a module that has it");
  if (!KINDS.includes(kind)) throw new ArgumentError(`kind of ${name}`, describe(kind), KINDS.join(", "));
  if (typeof params !== "object" || params === null)
    throw new ArgumentError(`params of ${name}`, describe(params), "an object of parameters, which may be empty");
  for (const setting of [...Object.keys(params), ...Object.keys(options)]) {
    if (!NAME.test(setting) || COMMON.includes(setting))
      throw new ArgumentError(
        `params of ${name}`,
        setting,
        `names of letters and digits, other than ${COMMON.join(", ")}`,
      );
  }
  for (const [param, { size = 1 }] of Object.entries(params)) {
    if (size !== "C" && !(Number.isInteger(size) && size >= 1))
      throw new ArgumentError(`size of ${name}.${param}`, describe(size), 'a whole number of at least 1, or "C"');
  }
}

/** Whether a map shows its `fill`. One that looks only at pixels of its source never does, whatever was asked for. */
export const showsFill = ({ declaration, options }: Pick<Transform, "declaration" | "options">): boolean =>
  options.padding === "fill" && !declaration.inside;

function construct(declaration: Declaration, settings: Record<string, unknown>): Transform {
  const { name } = declaration;
  const params: Record<string, ParamValue> = {};
  const options: Record<string, unknown> = {};
  const { p, on, key, ...rest } = settings;
  checkGiven(`${name}.p`, p);
  checkGiven(`${name}.on`, on);
  for (const [param, spec] of Object.entries(declaration.params)) {
    // As a default NaN stands for the centre; nobody means that by a NaN of their own.
    if (Number.isNaN(rest[param]))
      throw new ArgumentError(`${name}.${param}`, "NaN", `a finite number (f32) of ${spec.unit}`);
    const value = rest[param] === undefined ? spec.default : rest[param];
    delete rest[param];
    checkGiven(`${name}.${param}`, value);
    if (value === undefined)
      throw new ArgumentError(`${name}.${param}`, "nothing", `${spec.doc} (${spec.unit}); it has no default`);
    params[param] = value as ParamValue;
  }
  for (const [option, spec] of Object.entries(declaration.options ?? {})) {
    const value = rest[option] === undefined ? spec.default : rest[option];
    delete rest[option];
    checkOption(`${name}.${option}`, value, spec);
    options[option] = value;
  }
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    const known = [...Object.keys(declaration.params), ...Object.keys(declaration.options ?? {}), ...COMMON];
    refuseUnknown(name, unknown, known, "setting");
  }
  if (key !== undefined && typeof key !== "string")
    throw new ArgumentError(`${name}.key`, describe(key), "a string: the name of its random stream");
  const transform: Transform = {
    declaration,
    params,
    options,
    p: p as Transform["p"],
    on: on as Transform["on"],
    key: key as string | undefined,
  };
  return printable(transform, () => showTransform(transform));
}

/** What a parameter may be depends on the image; what it may never be is refused here, where it was given. */
function checkGiven(argument: string, value: unknown): void {
  if (value === null || ["string", "boolean", "bigint", "symbol", "function"].includes(typeof value))
    throw new ArgumentError(argument, describe(value), "a number, an array of numbers, a tensor or a distribution");
}

function checkOption(argument: string, value: unknown, spec: OptionSpec): void {
  if (value === undefined && spec.required)
    throw new ArgumentError(argument, "nothing", `${spec.doc}; it has no default`);
  if (spec.allowed === "size") {
    if (value === undefined && spec.default === undefined) return;
    if (!Number.isInteger(value) || (value as number) < 1)
      throw new ArgumentError(argument, describe(value), "a whole number of pixels, at least 1");
  } else if (spec.allowed === "kernelSize") {
    const sizes = typeof value === "number" ? [value] : value;
    const fine =
      value === undefined ||
      (Array.isArray(sizes) &&
        sizes.length > 0 &&
        sizes.length <= 2 &&
        sizes.every((k) => Number.isInteger(k) && k > 0 && k % 2 === 1));
    if (!fine) throw new ArgumentError(argument, describe(value), "an odd whole number, or [height, width] of two");
  } else if (!spec.allowed.includes(value)) {
    throw new ArgumentError(argument, describe(value), spec.allowed.map((item) => JSON.stringify(item)).join(", "));
  }
}
