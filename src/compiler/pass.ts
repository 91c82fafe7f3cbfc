import { type DType, frozen, type Shape, type Tensor } from "../tensor/index.ts";
import type { Kind, Transform } from "../transforms/index.ts";
import { keptOptions, linkKey, shortened } from "./identity.ts";
import { type Layout, layoutOf } from "./pack/layout.ts";

/** How a transform is applied to a sample: always, by a coin of 0 or 1, or through a gate that has a gradient. */
export type Gate = "always" | "coin" | "gate";

/** Values of one parameter, checked: a tensor, or numbers with their strides over (sample, component). */
export type BoundValue =
  /** With `is`: 1 where the tensor has that value, else 0. */
  | { tensor: Tensor; strides: [number, number]; is?: number }
  | { numbers: ArrayLike<number>; strides: [number, number] };

/** What a field is to look through, as the caller gave it: one tensor, or one for x and one for y. */
export interface BoundField {
  tensors: readonly Tensor[];
  /** Size of the result, [height, width]. */
  size: readonly [number, number];
  /** Whether x and y lie side by side, `[N, H, W, 2]`, and not in planes, `[N, 2, H, W]`. */
  interleaved: boolean;
}

/** A transform whose parameters were checked against a batch. */
export interface Bound {
  transform: Transform;
  gate: Gate;
  /** By parameter. */
  values: Record<string, BoundValue>;
  /** The coin or gate, where there is one. */
  on?: BoundValue;
  /** What a field looks through. */
  field?: BoundField;
  /** Whether a field's places are expected so near to their pixels that looking around costs less than adding. */
  near?: boolean;
  /** Images beside the input, by parameter: `[N, C, H, W]`, or with 1 in the place of N. */
  images?: Readonly<Record<string, Tensor>>;
}

/** What follows from a pass alone, found out once: plans are kept, and every call asks again. */
export function perPass<P extends Pick<Pass, "links">, T>(find: (pass: P) => T): (pass: P) => T {
  const known = new WeakMap<P, { found: T }>();
  return (pass) => {
    let entry = known.get(pass);
    if (!entry) known.set(pass, (entry = { found: find(pass) }));
    return entry.found;
  };
}

/** An image beside the input: which link of a pass has it, and as which parameter. */
export interface Beside {
  link: number;
  name: string;
}

/** The images beside the input that the links of a pass have, in the order in which kinds get their tensors. */
export const besideOf = perPass(({ links }: Pick<Pass, "links">): readonly Beside[] =>
  links.flatMap(({ transform: { declaration } }, link) =>
    Object.entries(declaration.params).flatMap(([name, { role }]) => (role === "image" ? [{ link, name }] : [])),
  ),
);

/** A pass of a plan: what it does to which shape, without any values. */
export interface Pass {
  kind: Kind;
  /** The transforms of the pass: those that its kind is about first, and the points that follow after them. */
  links: readonly Bound[];
  /** Positions of these transforms in the caller's list. */
  positions: readonly number[];
  /** How many of them come before the points. */
  heads: number;
  input: Shape;
  output: Shape;
  inputType: DType;
  outputType: DType;
  layout: Layout;
  /** Sizes [width, height, width, height] before and after each map. */
  frames: readonly (readonly [number, number, number, number])[];
  interpolation: string;
  padding: string;
  /** Which link's `fill` is shown. */
  fill?: number;
  /** What else the code of a kind depends on, such as the size of a tile. */
  tile?: string;
  /** Why the pass ends where it ends. */
  ended: string;
  /** Identifies the generated code. */
  key: string;
}

/** A transform's structure alone, so that a cached plan keeps no tensor alive. */
export function structureOf({ transform, gate, near }: Bound): Bound {
  return {
    transform: { declaration: transform.declaration, options: keptOptions(transform), params: {} },
    gate,
    values: {},
    near,
  };
}

/** Whether a plane is whole quads: four pixels are then one load. */
export const quadAligned = (shape: Shape): boolean => (shape[2] * shape[3]) % 4 === 0;

/** Whether the four pixels of a quad lie in one row. */
export const inRows = (shape: Shape): boolean => shape[3] % 4 === 0;

/** Completes a pass with what follows from its transforms. */
export function makePass(parts: Omit<Pass, "layout" | "key" | "links"> & { links: readonly Bound[] }): Pass {
  const links = parts.links.map(structureOf);
  const layout = layoutOf(links, parts.input[1]);
  const code = [
    parts.kind,
    parts.heads,
    links.map(linkKey).join(">"),
    `c${parts.input[1]}`,
    parts.output[1],
    parts.inputType,
    parts.outputType,
    quadAligned(parts.input) ? "a" : "u",
    quadAligned(parts.output) ? "a" : "u",
    parts.interpolation,
    parts.padding,
    // A fill takes room in the block: where depends on which map shows it.
    parts.fill ?? "",
    ...(parts.tile === undefined ? [] : [parts.tile]),
  ].join("|");
  return { ...parts, input: frozen(parts.input), output: frozen(parts.output), links, layout, key: shortened(code) };
}

/** Whether every map of a pass keeps lines parallel. */
export const isAffine = (pass: Pass): boolean =>
  pass.links.slice(0, pass.heads).every(({ transform }) => transform.declaration.affine);
