/** What the module of a stencil offers, and in which of the three forms. */
import { moduleSource } from "../../gpu/index.ts";
import type { Shape } from "../../tensor/index.ts";
import type { Declaration } from "../../transforms/index.ts";
import { userModule } from "../identity.ts";
import { cellsOf, type Neighbourhood, neighbourhoodOf } from "../neighbourhood.ts";
import type { Layout, Slot } from "../pack/layout.ts";
import { type Bound, inRows, type Pass } from "../pass.ts";

/**
 * `fold`: something is gathered over the neighbours. `weights`: a sum of them with weights that do not depend on the image.
 * `rank`: the value of one rank among them, which the compiler selects.
 */
export type Form = "fold" | "weights" | "rank";

/** A field of the module's `Back`: what the way back needs of an output pixel, beside parameters. */
export interface BackField {
  name: string;
  type: "f32" | "vec3f";
}

export const formOf = ({ stencil = "fold" }: Declaration): Form => stencil;

/** The module that the kernels fold with: the transform's own, or for weights one of the package. */
export function foldModule(declaration: Declaration): string {
  return formOf(declaration) === "weights" ? "lib::weighted" : ownModule(declaration);
}

/** The transform's own module. */
export const ownModule = (declaration: Declaration): string =>
  declaration.wgsl ? userModule(declaration) : declaration.module;

/** The text of a module of a fold or of a rank, without comments. */
const sourceOf = ({ module, wgsl }: Declaration): string =>
  (wgsl ?? moduleSource(module) ?? "").replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");

/** The fields of `Back`, in order. */
export function backFields(declaration: Declaration): BackField[] {
  if (formOf(declaration) === "weights") return [{ name: "g", type: "vec3f" }];
  const body = /struct\s+Back\s*\{([^}]*)\}/.exec(sourceOf(declaration))?.[1] ?? "";
  return body
    .split(",")
    .map((field) => field.split(":").map((part) => part.trim()))
    .filter(([name]) => name)
    .map(([name, type]) => ({ name, type: type === "f32" ? "f32" : "vec3f" }));
}

/** Whether the gradients of parameters, or of the pixel in the middle, need the neighbours once more. */
export const takesBack = (declaration: Declaration): boolean =>
  formOf(declaration) === "weights" || /\bfn\s+back_take\b/.test(sourceOf(declaration));

/** The parameter of which each neighbour has a value of its own. */
export function perNeighbour(declaration: Declaration): string | undefined {
  return Object.keys(declaration.params).find((name) => declaration.params[name].size === "kernel");
}

/** What is stored for each output pixel: the module's fields, and the gradient of the pixel in the middle. */
export function storedFields({ transform: { declaration } }: Bound): BackField[] {
  return [...backFields(declaration), ...(declaration.center ? [{ name: "own_center", type: "vec3f" as const }] : [])];
}

/** Floats that are stored for a pixel of an image. */
export const storedFloats = (head: Bound, channels: number): number =>
  storedFields(head).reduce((sum, { type }) => sum + (type === "f32" ? Math.ceil(channels / 3) : channels), 0);

/** The paddings that show pixels of the image again beyond it. */
export const MIRRORS: readonly string[] = ["border", "reflection", "symmetric", "circular"];

/** A stencil as the generator sees it. */
export interface StencilSpec {
  head: Bound;
  layout: Layout;
  channels: number;
  near: Neighbourhood;
  padding: string;
  /** The slots of the head whose gradients are summed beside the pass over the output. */
  wanted?: readonly Slot[];
  /** Whether the gradient of the pixel in the middle is wanted. */
  image?: boolean;
  /** Whether four neighbouring pixels are worked on at a time. */
  fours: boolean;
}

/** Most neighbours of a pixel for four of them to be seen at a time, as their code is then there four times. */
const MOST_OF_FOUR = 25;

/** Whether the four pixels of a quad look at the same pixels but for three columns: they are neighbours in one row of `shape`, and in the image. */
const overlap = ({ links }: Pass, shape: Shape): boolean =>
  inRows(shape) && neighbourhoodOf(links[0].transform).stride.every((step) => step === 1);

/** Whether four neighbouring pixels of the result are seen at a time, so that they share what they read and sort. */
export function seesFours(pass: Pass): boolean {
  const { declaration } = pass.links[0].transform;
  const near = neighbourhoodOf(pass.links[0].transform);
  return formOf(declaration) === "rank" && !near.members && cellsOf(near) <= MOST_OF_FOUR && overlap(pass, pass.output);
}

/** Whether four neighbouring pixels of the image gather at a time, so that they share what they read: where padding shows none of them again. */
export const gathersFours = (pass: Pass): boolean => !MIRRORS.includes(pass.padding) && overlap(pass, pass.input);

/** The stencil of a pass. */
export const specOf = (pass: Pass, more: Partial<StencilSpec> = {}): StencilSpec => ({
  head: pass.links[0],
  layout: pass.layout,
  channels: pass.input[1],
  near: neighbourhoodOf(pass.links[0].transform),
  padding: pass.padding,
  fours: seesFours(pass),
  ...more,
});
