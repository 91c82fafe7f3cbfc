import type { NumberRange } from "./declaration.ts";
import type { ParamValue } from "./values.ts";

/** What an option of a declaration takes. */
export type OptionValue<Spec> = Spec extends { allowed: "size" }
  ? number
  : Spec extends { allowed: "kernelSize" | "anyKernelSize" }
    ? number | readonly [number, number]
    : Spec extends { allowed: "kernelOrigin" }
      ? readonly [number, number]
      : Spec extends { allowed: "kernelCells" }
        ? readonly (readonly (0 | 1)[])[]
        : Spec extends { allowed: readonly (infer Value)[] }
          ? Value
          : Spec extends { allowed: NumberRange }
            ? number
            : never;

/** One type instead of an intersection, as an editor shows it. */
export type Flat<T> = T extends infer Members ? { [K in keyof Members]: Members[K] } : never;

/** The settings that a declaration's parameters and options make: required where there is no default. */
export type SettingsOf<Params, Options, Estimator = never> = Flat<
  { [K in keyof Params as Params[K] extends { default: unknown } ? never : K]: ParamValue } & {
    [K in keyof Params as Params[K] extends { default: unknown } ? K : never]?: ParamValue;
  } & { [K in keyof Options as Options[K] extends { required: true } ? K : never]: OptionValue<Options[K]> } & {
    [K in keyof Options as Options[K] extends { required: true } ? never : K]?: OptionValue<Options[K]>;
  } & EstimatorSetting<Estimator>
>;

/** The setting by which one chooses among estimators, where there are some. */
export type EstimatorSetting<Spec> = [Spec] extends [never]
  ? unknown
  : Spec extends { surrogates: infer Surrogates }
    ? { estimator?: keyof Surrogates }
    : unknown;

/** The setting of transforms that draw random numbers in the shader. */
export type Seeded = {
  /**
   * What its random numbers depend on: a whole number 0..2^53-1, with which every sample of the batch gets numbers of its own, or
   * one for each sample. Without one, `sequential` draws it at every step; `apply` needs it.
   */
  seed?: number | readonly number[];
};

/** The setting that a declaration with `draws` makes. */
export type Drawn<Draws> = [Draws] extends [number] ? Seeded : unknown;
