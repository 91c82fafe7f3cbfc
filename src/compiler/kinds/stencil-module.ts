/** What the module of a stencil offers, and in which of the three forms. */
import { moduleSource } from "../../gpu/index.ts";
import type { Declaration } from "../../transforms/index.ts";
import { userModule } from "../identity.ts";
import { type Neighbourhood, neighbourhoodOf } from "../neighbourhood.ts";
import type { Layout, Slot } from "../pack/layout.ts";
import type { Bound, Pass } from "../pass.ts";

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
}

/** The stencil of a pass. */
export const specOf = (pass: Pass, more: Partial<StencilSpec> = {}): StencilSpec => ({
  head: pass.links[0],
  layout: pass.layout,
  channels: pass.input[1],
  near: neighbourhoodOf(pass.links[0].transform),
  padding: pass.padding,
  ...more,
});
