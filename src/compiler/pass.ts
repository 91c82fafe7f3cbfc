import { type DType, frozen, type Shape } from "../tensor/index.ts";
import { keptOptions, linkKey } from "./identity.ts";
import { type Layout, layoutOf } from "./pack/layout.ts";
import type { Bound } from "./stages/bind.ts";

/** A pass of a plan: what it does to which shape, without any values. */
export interface Pass {
  kind: "point" | "map" | "window" | "resample";
  /** The transforms of the pass: maps or a window first, and the points that follow after them. */
  links: readonly Bound[];
  /** Positions of these transforms in the caller's list. */
  positions: readonly number[];
  /** How many of them come before the points: the maps, or the window. */
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
  /** Which map's `fill` is shown. */
  fill?: number;
  /** Why the pass ends where it ends. */
  ended: string;
  /** Identifies the generated code. */
  key: string;
}

/** Whether backward looks at the pass's input again. That of a filtering resize, which is linear, does not. */
export const savesInput = ({ kind }: Pass): boolean => kind !== "resample";

/** A transform's structure alone, so that a cached plan keeps no tensor alive. */
export function structureOf({ transform, gate }: Bound): Bound {
  return {
    transform: { declaration: transform.declaration, options: keptOptions(transform), params: {} },
    gate,
    values: {},
  };
}

/** Completes a pass with what follows from its transforms. */
export function makePass(parts: Omit<Pass, "layout" | "key" | "links"> & { links: readonly Bound[] }): Pass {
  const links = parts.links.map(structureOf);
  const layout = layoutOf(links, parts.input[1]);
  const aligned = (shape: Shape) => (shape[2] * shape[3]) % 4 === 0;
  const key = [
    parts.kind,
    parts.heads,
    links.map(linkKey).join(">"),
    `c${parts.input[1]}`,
    parts.output[1],
    parts.inputType,
    parts.outputType,
    aligned(parts.input) ? "a" : "u",
    aligned(parts.output) ? "a" : "u",
    parts.interpolation,
    parts.padding,
    // A fill takes room in the block: where depends on which map shows it.
    parts.fill ?? "",
  ].join("|");
  return { ...parts, input: frozen(parts.input), output: frozen(parts.output), links, layout, key };
}

/** Whether every map of a pass keeps lines parallel. */
export const isAffine = (pass: Pass): boolean =>
  pass.links.slice(0, pass.heads).every(({ transform }) => transform.declaration.affine);
