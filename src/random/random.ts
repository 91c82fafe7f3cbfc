import { sequential } from "../augment/index.ts";
import { ArgumentError, describe, isPlainObject, refuseUnknown } from "../gpu/index.ts";
import type { CommonSettings, Declaration, Flat, Transform } from "../transforms/index.ts";
import type { Maker, RandomOption } from "./options.ts";
import { renamed } from "./values.ts";

/** Any options of a random class, by name. */
export type RandomOptions = Readonly<Record<string, RandomOption<unknown>>>;

/** The settings that options make: required where there is no default. */
export type RandomSettings<Options extends RandomOptions> = Flat<
  { [K in keyof Options as Options[K] extends { required: true } ? K : never]: NonNullable<Options[K]["default"]> } & {
    [K in keyof Options as Options[K] extends { required: true } ? never : K]?: NonNullable<Options[K]["default"]>;
  }
>;

/** Settings of every random class. */
export type RandomCommon = Pick<CommonSettings, "p" | "key" | "sameOnBatch">;

/** Their names. */
const COMMON: readonly string[] = ["p", "key", "sameOnBatch"] satisfies (keyof RandomCommon)[];

/** What a random class is made from. */
export interface RandomSpec {
  /** Kornia's name. */
  readonly name: string;
  /** The transform that it makes random. */
  readonly declaration: Declaration;
  /** Its options by name. */
  readonly options: Readonly<Record<string, Pick<RandomOption<unknown>, "sets" | "default" | "required" | "allowed">>>;
  /** Probability of applying it to a sample, unless given. */
  readonly p: number;
}

/** A function under the name of Kornia's class: makes a transform whose parameters are distributions. */
export type RandomClass<Settings> = {
  (
    ...settings: Partial<Settings> extends Settings
      ? [settings?: Settings & RandomCommon]
      : [settings: Settings & RandomCommon]
  ): Transform;
  /** What it was made from. */
  readonly random: RandomSpec;
};

/** Kornia's probability of most classes. */
const P = 0.5;

/** What a random class has besides its options. */
interface Rest {
  /** Probability unless given. */
  p?: number;
  /** Settings of the transform that are always the same. */
  fixed?: Readonly<Record<string, unknown>>;
  /** Another transform, for some settings. */
  instead?: (settings: Readonly<Record<string, unknown>>) => Maker;
  /** The transform's settings, where options have to do with each other. */
  together?: (settings: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** Makes a random class of a transform and a table of options. */
export function random<const Options extends RandomOptions>(
  name: string,
  transform: Maker,
  options: Options,
  { p = P, fixed = {}, together = (settings) => settings, instead = () => transform }: Rest = {},
): RandomClass<RandomSettings<Options>> {
  const { declaration } = transform;
  const make = (given: Record<string, unknown> = {}): Transform => {
    const read = readAll(name, given, options);
    const maker = instead(read);
    // Nothing is drawn yet; what the parameters do not allow is found by planning.
    try {
      const { key, sameOnBatch } = given;
      const made = maker({
        ...fixed,
        ...together(read),
        p: given.p === undefined ? p : given.p,
        key,
        sameOnBatch,
      } as never);
      sequential([made]);
      return made;
    } catch (error) {
      throw renamed(error, (argument) => ownName(name, maker.declaration.name, options, argument));
    }
  };
  return Object.assign(make, { random: Object.freeze({ name, declaration, options, p }) }) as never;
}

/** The transform's settings of those that a caller gave. */
export function readAll(name: string, given: unknown, options: RandomOptions): Record<string, unknown> {
  if (!isPlainObject(given)) {
    const known = [...Object.keys(options), ...COMMON].join(", ");
    throw new ArgumentError(`settings of ${name}`, describe(given), `an object of ${known}`);
  }
  for (const option of Object.keys(given))
    if (!Object.hasOwn(options, option) && !COMMON.includes(option))
      refuseUnknown(name, option, [...Object.keys(options), ...COMMON], "setting");
  const read: Record<string, unknown> = {};
  for (const [option, spec] of Object.entries(options)) {
    const value = given[option] ?? spec.default;
    if (given[option] === null || (value === undefined && spec.required))
      throw new ArgumentError(`${name}.${option}`, value === undefined ? "nothing" : "null", spec.allowed);
    if (value !== undefined) Object.assign(read, spec.read(`${name}.${option}`, value));
  }
  return read;
}

/** `brightnessShift.shift` as the class has it: `RandomBrightness.brightness`. */
function ownName(name: string, transform: string, options: RandomOptions, argument: string): string {
  const [, setting, rest] = new RegExp(`^(?:transforms\\[0\\]|${transform})\\.(\\w+)(.*)$`).exec(argument) ?? [];
  if (setting === undefined) return argument;
  const option = Object.keys(options).find((each) => options[each].sets.includes(setting));
  return `${name}.${option ?? setting}${rest}`;
}
