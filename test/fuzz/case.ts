/** A case of the fuzzer: a plain value (JSON) that says everything about one call. */
import { type ParamSpec, registry } from "../../src/transforms/index.ts";
import type { Shape4 } from "../reference/image.ts";
import type { Link } from "./model/grid.ts";

export type DType = "f32" | "f16" | "u8" | "rgba8";

/** One parameter: how it is given, and its values. */
export interface ParamCase {
  /** A number; numbers in a list (with a shape of two sizes: a list of lists); or a tensor. */
  form: "number" | "list" | "tensor";
  shape: number[];
  values: number[];
  /** A tensor that requires a gradient. */
  learned?: boolean;
}

export interface LinkCase {
  name: string;
  options: Record<string, unknown>;
  params: Record<string, ParamCase>;
  /** Numbers are a coin, a tensor is a gate. */
  on?: ParamCase;
}

export interface Case {
  shape: Shape4;
  dtype: DType;
  /** Values as the storage type has them: numbers, or bytes; of rgba8 four a pixel. */
  image: number[];
  /** The gradient of the image is asked for. */
  learned: boolean;
  compose: boolean;
  /** Storage type of the result. */
  result?: "f32" | "f16" | "u8";
  links: LinkCase[];
  /** Something in it is not allowed: a typed error is expected. */
  refused?: boolean;
  /** A value that is not finite, put into one sample: of the image, or of a link's parameter. */
  poison?: { value: number; sample: number; link?: number; param?: string };
}

/** How many values a parameter has for each sample. */
export function widthOf(name: string, param: string, channels: number): number {
  const size = registry.get(name)!.params[param]?.size ?? 1;
  return size === "C" ? channels : (size as number);
}

/** The rule of shapes: a row of `width` values for each of `samples` samples, however a parameter was given. */
export function stridesOf({ shape }: ParamCase, width: number): [number, number] {
  if (shape.length === 0) return [0, 0];
  if (width === 1) return [shape[0] === 1 ? 0 : 1, 0];
  if (shape.length === 1) return [0, shape[0] === 1 ? 0 : 1];
  return [shape[0] === 1 ? 0 : shape[1], shape[1] === 1 ? 0 : 1];
}

export function rowsOf(param: ParamCase, samples: number, width: number): number[][] {
  const [bySample, byComponent] = stridesOf(param, width);
  return Array.from({ length: samples }, (_, n) =>
    Array.from({ length: width }, (_, k) => param.values[n * bySample + k * byComponent]),
  );
}

/** The value of a parameter for one sample alone, in the same form. */
export function sampleOf(param: ParamCase, width: number, n: number): ParamCase {
  const [bySample] = stridesOf(param, width);
  if (bySample === 0) return param;
  const shape = [1, ...param.shape.slice(1)];
  return { ...param, shape, values: param.values.slice(n * bySample, (n + 1) * bySample) };
}

export const channelsAfter = (link: { name: string; options: Record<string, unknown> }, channels: number): number =>
  link.name === "grayscale" ? Number(link.options.channels ?? 3) : channels;

/** What a tensor's values count as: the nearest that the parameter allows. */
function allowedRows(rows: number[][], param: ParamCase, { min, max, nonzero }: Partial<ParamSpec>): number[][] {
  if (param.form !== "tensor") return rows;
  const gap = Math.fround(nonzero === true ? 1e-12 : nonzero || 0);
  const allowed = (v: number): number => {
    if (min !== undefined && v < min) return Math.fround(min);
    if (max !== undefined && v > max) return Math.fround(max);
    return Math.abs(v) < gap ? (v < 0 ? -gap : gap) : v;
  };
  return rows.map((row) => row.map(allowed));
}

/** The links of a case as the model takes them: with defaults, and a row of values for every sample. */
export function modelLinks({ shape, links }: Case): Link[] {
  let channels = shape[1];
  return links.map((link) => {
    const declaration = registry.get(link.name)!;
    const rows: Link["rows"] = {};
    for (const [name, spec] of Object.entries(declaration.params)) {
      const width = widthOf(link.name, name, channels);
      const given = link.params[name];
      if (given) rows[name] = allowedRows(rowsOf(given, shape[0], width), given, spec);
      else if (spec.default !== undefined && !Number.isNaN(spec.default) && declaration.kind === "point") {
        const value = [spec.default].flat();
        rows[name] = Array.from({ length: shape[0] }, () => value.map(Math.fround));
      }
    }
    const { on } = link;
    channels = channelsAfter(link, channels);
    return {
      name: link.name,
      options: link.options,
      rows,
      on: on && {
        kind: on.form === "tensor" ? ("gate" as const) : ("coin" as const),
        values: allowedRows(rowsOf(on, shape[0], 1), on, { min: 0, max: 1 }).map(([v]) => v),
      },
    };
  });
}
