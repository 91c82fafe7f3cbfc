import { ArgumentError, describe, ShapeError } from "../../gpu/errors.ts";
import { readyForUsers } from "../../gpu/library.ts";
import { A_FUNCTION, check, isPlainObject } from "../../gpu/options.ts";
import { provide } from "../../gpu/wesl.ts";
import { checkDeclaration, SEED } from "./checks.ts";
import { construct } from "./construct.ts";
import {
  type Constructor,
  type Declaration,
  type EstimatorSpec,
  type NewDeclaration,
  needsField,
  type OptionSpec,
  type ParamSpec,
  type Prepare,
  type Transform,
} from "./declaration.ts";
import type { Drawn, SettingsOf } from "./settings.ts";

export * from "./declaration.ts";

/** Every declaration ever made, those that another one replaced in the registry included. */
const declared = new WeakSet<object>();
const registered = new Map<string, Declaration>();
const ofVolumes = new Map<string, Declaration>();
/** The names of augrad's own transforms, which nobody else can take. */
const own = new Set<string>();

/**
 * The declarations of the transforms that a program has imported or declared, by name. A bundler leaves out transforms that are not
 * imported; `augrad/registry` brings all.
 */
export const registry: ReadonlyMap<string, Declaration> = registered;

/** The declaration of a transform of images or of volumes, by its name. */
export const declarationOf = (name: string): Declaration | undefined => registered.get(name) ?? ofVolumes.get(name);

/**
 * Declares a transform: registers it, and returns its constructor. A name may be declared again, as when a page reloads a
 * module: the newest is in the registry, and transforms that were made before stay what they are.
 */
export function declare<
  const P extends Record<string, ParamSpec>,
  const O extends Record<string, OptionSpec> = Record<never, never>,
  const E extends EstimatorSpec = never,
  const D extends number | undefined = undefined,
>(declaration: NewDeclaration<P, O> & { estimator?: E; draws?: D }): Constructor<SettingsOf<P, O, E> & Drawn<D>>;
export function declare<Settings extends object>(declaration: NewDeclaration, prepare?: Prepare): Constructor<Settings>;
export function declare(given: NewDeclaration, prepare?: Prepare): unknown {
  if (prepare !== undefined) check("prepare of declare()", prepare, A_FUNCTION);
  checkDeclaration(given);
  readyForUsers();
  if (own.has(given.name)) throw new ArgumentError("name", given.name, "a name that no transform of augrad has");
  return constructorOf(given, prepare);
}

/** {@link declare} for augrad's own transforms: nobody else can take their names, and the tests check what they declare. */
export const define: typeof declare = (declaration: NewDeclaration, prepare?: Prepare) => {
  own.add(declaration.name);
  return constructorOf(declaration, prepare) as never;
};

/** The declaration of a transform that applies links of its own, which the registry does not list: settings do not make it. */
export function declareInner(given: NewDeclaration): Declaration {
  const declaration: Declaration = { ...given, ...moduleOf(given), wgsl: undefined };
  declared.add(declaration);
  return declaration;
}

/** What a transform of volumes is made of: operations on tensors. */
export type VolumeDeclaration = Pick<Declaration, "name" | "params" | "options" | "doc" | "source"> &
  Required<Pick<Declaration, "volume">>;

/** {@link declareInner} of volumes, with what makes it of settings. The registry lists transforms of images, and does not have it. */
export function declareVolume(given: VolumeDeclaration): Constructor<object> {
  const refuse = () => {
    throw new ShapeError("x", "images [N, C, H, W]", `volumes [N, C, D, H, W], for ${given.name}`);
  };
  const declaration = declareInner({ ...given, kind: "composite", composite: { chains: refuse }, size: refuse });
  ofVolumes.set(declaration.name, declaration);
  return makerOf(declaration);
}

function constructorOf(given: NewDeclaration, prepare?: Prepare): Constructor<object> {
  const { wgsl, estimator } = given;
  const declaration: Declaration = { ...given, ...moduleOf(given), wgsl: typeof wgsl === "string" ? wgsl : undefined };
  if (given.draws) declaration.params = { ...given.params, seed: SEED };
  if (estimator) declaration.options = { ...given.options, estimator: estimatorOption(estimator) };
  registered.set(declaration.name, declaration);
  declared.add(declaration);
  return makerOf(declaration, prepare);
}

/** The function that makes a transform of settings. */
function makerOf(declaration: Declaration, prepare?: Prepare): Constructor<object> {
  const make = (settings: Record<string, unknown> = {}): Transform => {
    if (!isPlainObject(settings)) {
      throw new ArgumentError(
        `settings of ${declaration.name}`,
        describe(settings),
        `an object, such as ${example(declaration)}`,
      );
    }
    return construct(declaration, prepare ? prepare({ ...settings }) : settings);
  };
  return Object.assign(make, { declaration }) as never;
}

/** Where its WGSL is found: a file of the package has its path, a text that of the name. */
function moduleOf({ name, wgsl, module }: NewDeclaration): Pick<Declaration, "module"> {
  if (typeof wgsl !== "object") return { module: module ?? `user::${name}` };
  provide(wgsl);
  return { module: wgsl.path };
}

/** The option by which one chooses among estimators. */
const estimatorOption = (spec: EstimatorSpec): OptionSpec => ({
  default: spec.default,
  allowed: Object.keys(spec.surrogates),
  doc: "what is differentiated where the formula jumps",
  inShader: true,
});

/** Sees to it that the transforms among values are found by their names, where these are free. */
export function register(values: readonly unknown[]): void {
  for (const value of values) {
    const declaration = (value as Partial<Constructor<object>> | null)?.declaration;
    if (!declaration || !declared.has(declaration)) continue;
    const place = declaration.volume ? ofVolumes : registered;
    if (!place.has(declaration.name)) place.set(declaration.name, declaration);
  }
}

/** Whether a value is a transform: what a constructor that {@link declare} made has returned, or a copy of it. */
export function isTransform(value: unknown): value is Transform {
  if (typeof value !== "object" || value === null) return false;
  const { declaration, params, options } = value as Partial<Transform>;
  if (typeof declaration !== "object" || !declared.has(declaration)) return false;
  if (!isPlainObject(params) || !isPlainObject(options)) return false;
  for (const param in declaration.params) if (params[param] === undefined) return false;
  return !needsField(declaration) || (value as Transform).field !== undefined;
}

const example = ({ params }: Declaration): string => {
  const [first] = Object.keys(params).filter((name) => params[name].role !== "fill");
  return first ? `{ ${first}: 1 }` : "{}";
};

/** Whether a map shows its `fill`. One that looks only at pixels of its source never does, whatever was asked for. */
export const showsFill = ({ declaration, options }: Pick<Transform, "declaration" | "options">): boolean =>
  options.padding === "fill" && !declaration.inside;
