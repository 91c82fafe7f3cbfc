/** Rows of maps, and the field that they fold into: one resample. */
import type { Shape } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { sized } from "../outcome.ts";
import type { Pass } from "../pass.ts";
import { takePoints } from "../pixels/epilogue.ts";
import type { Chain, Taken } from "./kind.ts";

/** How a transform looks between and beyond pixels; null where it never does. A resize sees the border, whatever was asked for. */
export function lookOf({ declaration, options }: Transform): { interpolation: string; padding: string } | null {
  const interpolation = String(options.interpolation);
  if (declaration.kind === "resize") return { interpolation, padding: "border" };
  return declaration.inside ? null : { interpolation, padding: String(options.padding) };
}

/** What the modules that look between and beyond pixels know of: all of it is said, so that the linker sees nothing undefined. */
const LOOKS = ["nearest", "bilinear", "bicubic"];
const PADS = ["zeros", "border", "reflection", "symmetric", "circular"];

/** What lies beyond the image, as conditions. */
export const padConditions = (padding: string): Record<string, boolean> =>
  Object.fromEntries(PADS.map((pad) => [`pad_${pad}`, pad === padding]));

/** How a pass looks between and beyond pixels, as conditions; what a fill shows is added to zeros. */
export const lookConditions = ({ interpolation, padding }: Pass): Record<string, boolean> => ({
  ...Object.fromEntries(LOOKS.map((look) => [look, look === interpolation])),
  ...padConditions(padding === "fill" ? "zeros" : padding),
});

/** The most maps of a row, or maps and a field. */
export const LONGEST_ROW = 16;

/** Why a row has to end before the next link, if it has to. */
function endOfRow(chain: Chain, heads: number, before: Shape, row: Row | null): string | null {
  const next = chain.links[chain.at + heads];
  if (!next) return "";
  const { transform } = next;
  const { name } = transform.declaration;
  const kind = chain.kindOf(next, before);
  if (kind !== "map" && kind !== "field") return transform.declaration.kind === "resize" ? FILTERS : "";
  if (heads === LONGEST_ROW) return `a row has at most ${LONGEST_ROW} maps`;
  if (heads > 0 && !chain.compose) return "compose is false";
  const own = lookOf(transform);
  if (!row || !own) return null;
  if (row.interpolation !== own.interpolation || row.padding !== own.padding)
    return `${name} has another interpolation or padding`;
  return own.padding === "fill" ? `${name} shows a fill of its own` : null;
}

const FILTERS = "an anti-aliasing resize is a filter of its own";

/** How a row looks, and which of its maps shows its fill. */
interface Row {
  interpolation: string;
  padding: string;
  fill?: number;
}

/** Maps, as long as they share interpolation and padding, a field that does too, and the points that follow. */
export function takeRow(chain: Chain): Taken {
  const { links, at } = chain;
  const frames: Pass["frames"][number][] = [];
  let output = chain.input;
  let row: Row | null = null;
  let ended: string | null = null;
  let kind: "map" | "field" = "map";
  for (let heads = 0; ended === null && kind === "map"; heads++) {
    ended = endOfRow(chain, heads, output, row);
    if (ended !== null) break;
    const link = links[at + heads];
    if (chain.kindOf(link, output) === "field") kind = "field";
    const after = sized(link, output);
    const own = lookOf(link.transform);
    // A flip sees only pixels of its source, and looks at none between: it fits into any row.
    if (own) row = row ?? { ...own, fill: own.padding === "fill" ? heads : undefined };
    frames.push([output[3], output[2], after[3], after[2]]);
    output = after;
  }
  const heads = frames.length;
  const drawn = kind === "map" && links.slice(at, at + heads).every(({ gate }) => gate === "coin");
  const points = takePoints(links, at + heads, output, { measures: drawn ? "chosen" : "none" });
  return {
    count: heads + points.count,
    ended: points.count > 0 || !ended ? points.ended : ended,
    pass: { kind, heads, output: points.output, frames, interpolation: "nearest", padding: "border", ...row },
  };
}
