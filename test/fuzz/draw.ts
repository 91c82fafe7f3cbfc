/**
 * Random cases. Compiling a pipeline takes far longer than running it, so a *structure* (transforms, options, gates, storage
 * types) is drawn first, and then several *cases* of it: sizes, images, values, and the forms that they are given in.
 */

import { fromHalf, toHalf } from "../../src/tensor/dtype.ts";
import { registry } from "../../src/transforms/index.ts";
import type { Shape4 } from "../reference/image.ts";
import { type Case, channelsAfter, type DType, type LinkCase, type ParamCase, widthOf } from "./case.ts";
import { hasMatrix } from "./model/matrices.ts";
import { pointRules } from "./model/points.ts";
import { type Random, randomFrom } from "./random.ts";
import { drawRow, refusedValue, valueBeyond } from "./values.ts";

/** Cases of each structure. */
export const DRAWS = 20;

interface LinkStructure {
  name: string;
  options: Record<string, unknown>;
  /** Which parameters are given, and whether their gradient is asked for. */
  params: Record<string, boolean>;
  on?: "coin" | "gate" | "learned gate";
  /** Where it changes the size: whether four divides the pixels of its result, and whether it only enlarges. */
  aligned: boolean;
  grows: boolean;
}

export interface Structure {
  channels: number;
  dtype: DType;
  result?: Case["result"];
  compose: boolean;
  learned: boolean;
  /** Whether planes have a number of pixels that four divides. */
  aligned: boolean;
  links: LinkStructure[];
}

/** What the model has rules for; everything else is left to the tests that follow from the registry. */
const POINTS = [...registry.keys()].filter((name) => name in pointRules);
/** What has to be told the size of its result, or exists to change it. */
const RESIZING = ["crop", "centerCrop", "resize"];
const MAPS = [...registry.keys()].filter((name) => hasMatrix(name) && !RESIZING.includes(name));

export function drawStructure(seed: number, index: number): Structure {
  const r = randomFrom(seed, index, 1);
  const channels = r.chance(0.5) ? 3 : r.chance(0.4) ? 1 : r.pick([2, 4, 5, 6, 7]);
  const dtype = r.chance(0.72)
    ? "f32"
    : r.pick<DType>(channels === 3 || channels === 4 ? ["f16", "u8", "rgba8"] : ["f16", "u8"]);
  const count = r.chance(0.15) ? r.whole(5, 9) : r.whole(1, 4);
  const links: LinkStructure[] = [];
  let at = channels;
  let sampling: Record<string, unknown> | null = null;
  // Which gradients are asked for is part of a kernel: all or none of them are mostly compiled already.
  const learning = r.pick([1, 1, 0, 0.5]);
  for (let i = 0; i < count; i++) {
    const link = drawLink(r, at, sampling, learning);
    if (link.options.padding && link.name !== "gaussianBlur") sampling = link.options;
    at = channelsAfter(link, at);
    links.push(link);
  }
  return {
    channels,
    dtype,
    result: r.chance(0.75) ? undefined : r.pick(["f32", "f16", "u8"] as const),
    compose: !r.chance(0.25),
    learned: dtype !== "u8" && dtype !== "rgba8" && r.chance(0.85),
    aligned: r.chance(0.35),
    links,
  };
}

function drawLink(
  r: Random,
  channels: number,
  sampling: Record<string, unknown> | null,
  learning: number,
): LinkStructure {
  const kind = r.unit();
  const name =
    kind < 0.5 ? drawPoint(r, channels) : kind < 0.82 ? r.pick(MAPS) : kind < 0.91 ? "gaussianBlur" : r.pick(RESIZING);
  const declaration = registry.get(name)!;
  const options: Record<string, unknown> = {};
  for (const [option, { allowed }] of Object.entries(declaration.options ?? {})) {
    if (Array.isArray(allowed) && r.chance(0.6)) options[option] = r.pick(allowed);
    else if (allowed === "kernelSize") options[option] = [r.pick([1, 3, 5, 7]), r.pick([1, 3, 5])];
  }
  if (sampling && ["map", "resize"].includes(declaration.kind) && r.chance(0.6)) {
    for (const option of ["interpolation", "padding"]) {
      const { allowed } = declaration.options?.[option] ?? {};
      if (Array.isArray(allowed) && allowed.includes(sampling[option])) options[option] = sampling[option];
    }
  }
  const params: LinkStructure["params"] = {};
  for (const [param, spec] of Object.entries(declaration.params)) {
    const isNeeded = spec.default === undefined;
    const shows = param !== "fill" || (options.padding === "fill" && !declaration.inside);
    if (isNeeded || (shows && r.chance(0.5))) params[param] = r.chance(learning);
  }
  return { name, options, params, on: drawGate(r, name, options), aligned: r.chance(0.4), grows: r.chance(0.4) };
}

function drawPoint(r: Random, channels: number): string {
  const able = POINTS.filter((name) => registry.get(name)!.channels?.includes(channels) ?? true);
  return r.pick(able);
}

function drawGate(r: Random, name: string, options: Record<string, unknown>): LinkStructure["on"] {
  if (RESIZING.includes(name) || name === "affine" || name === "perspective" || name.startsWith("warp"))
    return undefined;
  if (name === "grayscale" && options.channels === 1) return undefined;
  if (!r.chance(0.25)) return undefined;
  if (registry.get(name)!.kind !== "point") return "coin";
  return r.pick(["coin", "gate", "learned gate"] as const);
}

const SIZES = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16];
/** Values of an image at most, so that the model stays quick; now and then more than a thread's own share. */
const VALUES = 1300;

export function drawCase(structure: Structure, seed: number, index: number, draw: number): Case {
  const r = randomFrom(seed, index, 2, draw);
  const { channels, dtype, links } = structure;
  const [h, w] = drawSize(r, structure.aligned, channels);
  const most = Math.max(1, Math.min(5, Math.floor(VALUES / (channels * h * w))));
  const shape: Shape4 = [r.whole(1, most), channels, h, w];
  const made: LinkCase[] = [];
  let size: [number, number] = [h, w];
  let at = channels;
  for (const link of links) {
    const options = { ...link.options, ...drawSizes(r, link, size) };
    const params: Record<string, ParamCase> = {};
    for (const [param, learned] of Object.entries(link.params))
      params[param] = drawParam(r, link.name, param, learned, shape[0], widthOf(link.name, param, at), size);
    made.push({ name: link.name, options, params, on: drawOn(r, link.on, shape[0]) });
    size = [Number(options.height ?? size[0]), Number(options.width ?? size[1])];
    at = channelsAfter(link, at);
  }
  const { compose, result, learned } = structure;
  const made0: Case = { shape, dtype, image: drawImage(r, shape, dtype), learned, compose, result, links: made };
  if (r.chance(0.05)) return spoil(r, made0);
  if (shape[0] > 1 && r.chance(0.15)) return poisoned(r, made0);
  return made0;
}

function drawSize(r: Random, aligned: boolean, channels: number): [number, number] {
  const isLarge = r.chance(0.06) && channels <= 3;
  for (;;) {
    const [h, w] = isLarge ? [r.whole(9, 31), r.whole(9, 37)] : [r.pick(SIZES), r.pick(SIZES)];
    if (((h * w) % 4 === 0) === aligned && h * w * channels <= 2 * VALUES) return [h, w];
  }
}

function drawSizes(r: Random, link: LinkStructure, [h, w]: [number, number]): Record<string, number> {
  const { name, aligned, grows } = link;
  const isResizing = RESIZING.includes(name);
  const sized = registry.get(name)!.options?.width !== undefined;
  if (!isResizing && !(sized && r.chance(0.25))) return {};
  const [least, most] = name === "resize" ? (grows ? [1, 2] : [0, 1]) : [0, 1.3];
  for (let attempt = 0; ; attempt++) {
    const side = (size: number) => r.whole(Math.max(1, Math.ceil(least * size)), Math.max(1, Math.ceil(most * size)));
    const [height, width] = [Math.min(side(h), 24), Math.min(side(w), 24)];
    if (attempt > 10 || ((height * width) % 4 === 0) === aligned) return { height, width };
  }
}

function drawParam(
  r: Random,
  name: string,
  param: string,
  learned: boolean,
  samples: number,
  width: number,
  size: [number, number],
): ParamCase {
  const row = () => drawRow(name, param, width, r, size);
  const form = learned ? "tensor" : r.pick(["number", "list", "tensor"] as const);
  const perSample = r.chance(0.6);
  const rows = Array.from({ length: perSample ? samples : 1 }, row);
  const values = rows.flat();
  const beyond = form === "tensor" && r.chance(0.08) ? valueBeyond(name, param, r) : null;
  if (beyond !== null) values[r.whole(0, values.length - 1)] = beyond;
  if (width > 1) {
    // One value for all components is for tensors alone, where it makes sense.
    if (form === "tensor" && param !== "startPoints" && param !== "endPoints" && param !== "matrix" && r.chance(0.1))
      return { form, learned, shape: [1], values: [values[0]] };
    const shape = perSample ? [samples, width] : r.pick([[width], [1, width]]);
    return { form: form === "number" ? "list" : form, learned, shape, values };
  }
  if (form === "number") return { form, shape: [], values: values.slice(0, 1) };
  if (form === "list") return { form, shape: r.chance(0.2) ? [rows.length, 1] : [rows.length], values };
  if (!perSample) return { form, learned, shape: r.pick([[], [1], [1, 1]]), values };
  return { form, learned, shape: r.pick([[samples], [samples, 1]]), values };
}

function drawOn(r: Random, on: LinkStructure["on"], samples: number): ParamCase | undefined {
  if (!on) return undefined;
  if (on === "coin") {
    const values = Array.from({ length: samples }, () => r.whole(0, 1));
    return { form: "list", shape: [samples], values };
  }
  const values = Array.from({ length: samples }, () => (r.chance(0.3) ? r.whole(0, 1) : r.between(0, 1)));
  if (r.chance(0.1)) values[0] = r.pick([-0.5, 1.5]);
  return { form: "tensor", shape: [samples], values, learned: on === "learned gate" };
}

function drawImage(r: Random, shape: Shape4, dtype: DType): number[] {
  const [N, C, H, W] = shape;
  const size = dtype === "rgba8" ? N * H * W * 4 : N * C * H * W;
  if (dtype === "u8" || dtype === "rgba8") return Array.from({ length: size }, () => r.whole(0, 255));
  const kind = r.unit();
  const value = (): number => {
    if (kind < 0.6) return r.between(0.02, 0.98);
    if (kind < 0.75) return r.whole(0, 4) / 4;
    if (kind < 0.9) return r.between(-0.5, 1.5);
    return r.between(0.4, 0.6);
  };
  const plane = H * W;
  const grey = r.chance(0.06);
  const image = Array.from({ length: size }, value);
  if (grey) image.forEach((_, i) => (image[i] = image[Math.floor(i / (C * plane)) * C * plane + (i % plane)]));
  return dtype === "f16" ? image.map((v) => fromHalf(toHalf(v))) : image;
}

/** Puts a number into it that is not allowed. */
function spoil(r: Random, made: Case): Case {
  const able = made.links.flatMap(({ params, on }, link) => [
    ...Object.keys(params).map((param) => ({ link, param })),
    ...(on?.form === "list" ? [{ link, param: "on" }] : []),
  ]);
  if (able.length === 0) return made;
  const { link, param } = r.pick(able);
  const links = made.links.map((old) => ({ ...old, params: { ...old.params } }));
  const target = links[link];
  if (param === "on")
    target.on = {
      ...target.on!,
      values: target.on!.values.map((v, i) => (i === 0 ? r.pick([0.5, 2, -1, Number.NaN]) : v)),
    };
  else {
    const { shape, values, form } = target.params[param];
    const wrong = refusedValue(target.name, param, r);
    const at = r.whole(0, values.length - 1);
    target.params[param] = {
      form: form === "tensor" ? (shape.length === 0 ? "number" : "list") : form,
      shape,
      values: values.with(at, wrong),
    };
    if (target.params[param].shape.length === 1 && shape[0] === 1 && widthOf(target.name, param, 3) > 1) return made;
  }
  return { ...made, links, refused: true };
}

/** Chooses where a value that is not finite goes: a sample's pixels, or its value of a tensor. */
function poisoned(r: Random, made: Case): Case {
  const sample = r.whole(0, made.shape[0] - 1);
  const value = r.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const able = made.links.flatMap(({ params }, link) =>
    Object.entries(params).flatMap(([param, { form, shape }]) =>
      form === "tensor" &&
      shape[0] === made.shape[0] &&
      made.shape[0] > 1 &&
      shape.length > 0 &&
      rowsAreSamples(made, link, param)
        ? [{ link, param }]
        : [],
    ),
  );
  if (able.length > 0 && r.chance(0.5)) return { ...made, poison: { value, sample, ...r.pick(able) } };
  return made.dtype === "f32" || made.dtype === "f16" ? { ...made, poison: { value, sample } } : made;
}

function rowsAreSamples(made: Case, link: number, param: string): boolean {
  const { shape } = made.links[link].params[param];
  const width = widthOf(made.links[link].name, param, made.shape[1]);
  return width === 1 || shape.length === 2;
}
