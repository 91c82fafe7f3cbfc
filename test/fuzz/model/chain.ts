/** The model of a chain: its result and its gradients in float64, with bounds of what f32 makes of them. */
import { isAntialiased } from "../../reference/families/geometry.ts";
import type { Interpolation, Padding } from "../../reference/sample.ts";
import { blurStep, resizeStep } from "./filter-step.ts";
import type { Grid, Link, RowGradients, Step } from "./grid.ts";
import { type MapRow, mapStep } from "./map-step.ts";
import type { Frame } from "./matrices.ts";
import { pointStep } from "./point-step.ts";
import { pointRules } from "./points.ts";

export interface ChainResult {
  y: Grid;
  /** Gradients of Σ g · y: of the image, and of every link's parameters. */
  back: (g: Grid) => { x: Grid; params: RowGradients[] };
}

/** Which links make one pass's worth of mathematics: a row of maps that is composed, or one link. */
export interface Group {
  first: number;
  count: number;
}

const isFlip = (link: Link): boolean => link.name === "horizontalFlip" || link.name === "verticalFlip";
const isPoint = (link: Link): boolean => link.name in pointRules;

function sizeAfter(link: Link, [h, w]: [number, number]): [number, number] {
  return [Number(link.options.height ?? h), Number(link.options.width ?? w)];
}

const isFilter = (link: Link, [h, w]: [number, number]): boolean => {
  if (link.name === "gaussianBlur") return true;
  if (link.name !== "resize") return false;
  const [height, width] = sizeAfter(link, [h, w]);
  return isAntialiased({ ...link.options, width, height }, { width: w, height: h });
};

/** How a map looks, or null for a flip, which looks only at pixels. */
function samplingOf(link: Link): { interpolation: Interpolation; padding: Padding } | null {
  if (isFlip(link)) return null;
  return {
    interpolation: (link.options.interpolation ?? "bilinear") as Interpolation,
    padding: link.name === "resize" ? "border" : ((link.options.padding ?? "zeros") as Padding),
  };
}

/** The groups of a chain over images of so many rows and columns: maps that sample alike are composed, at most 16. */
export function groupsOf(links: readonly Link[], size: [number, number], compose: boolean): Group[] {
  const groups: Group[] = [];
  let open: { sampling: ReturnType<typeof samplingOf> } | null = null;
  links.forEach((link, i) => {
    const joins = !isPoint(link) && !isFilter(link, size);
    const own = joins ? samplingOf(link) : null;
    const last = groups[groups.length - 1];
    const fits =
      joins &&
      compose &&
      open !== null &&
      last.count < 16 &&
      (!own ||
        !open.sampling ||
        (own.padding !== "fill" &&
          own.interpolation === open.sampling.interpolation &&
          own.padding === open.sampling.padding));
    if (fits) last.count++;
    else groups.push({ first: i, count: 1 });
    open = joins ? { sampling: own ?? (fits ? open!.sampling : null) } : null;
    size = sizeAfter(link, size);
  });
  return groups;
}

function groupStep(links: Link[], x: Grid): Step {
  const [first] = links;
  let size: [number, number] = [x.shape[2], x.shape[3]];
  if (isPoint(first)) return pointStep(first, x);
  if (first.name === "gaussianBlur") return blurStep(first, x);
  if (isFilter(first, size)) return resizeStep(first, x, sizeAfter(first, size));
  const frames: Frame[] = links.map((link) => {
    const [h, w] = size;
    size = sizeAfter(link, size);
    return { width: w, height: h, outWidth: size[1], outHeight: size[0] };
  });
  const samplings = links.map(samplingOf);
  const at = samplings.findIndex((s) => s !== null);
  const sampling = at < 0 ? { interpolation: "nearest" as const, padding: "border" as const } : samplings[at]!;
  const row: MapRow = { links, frames, ...sampling, fill: sampling.padding === "fill" ? at : -1 };
  return mapStep(row, x);
}

/** The largest number of f16. */
const MOST = 65504;

/** f16 between passes rounds what is stored, and has no numbers beyond its own. */
function stored(grid: Grid, half: boolean): Grid {
  if (!half) return grid;
  const e = grid.e.map((error, i) => {
    const most = Math.abs(grid.v[i]) + error;
    return most > MOST ? Number.POSITIVE_INFINITY : error + 2 ** -11 * most + 2 ** -25;
  });
  return { ...grid, e };
}

export interface ChainOptions {
  compose: boolean;
  /** Whether passes may store f16. */
  half: boolean;
}

export function modelChain(links: readonly Link[], x: Grid, { compose, half }: ChainOptions): ChainResult {
  const groups = groupsOf(links, [x.shape[2], x.shape[3]], compose);
  const steps: Step[] = [];
  let y = x;
  for (const { first, count } of groups) {
    const step = groupStep(links.slice(first, first + count), y);
    steps.push(step);
    y = stored(step.y, half);
  }
  const back = (g: Grid): ReturnType<ChainResult["back"]> => {
    const params: RowGradients[] = new Array(links.length).fill({});
    let gradient = g;
    for (let i = steps.length - 1; i >= 0; i--) {
      const pulled = steps[i].back(gradient);
      pulled.params.forEach((own, k) => {
        params[groups[i].first + k] = own;
      });
      gradient = pulled.x;
    }
    return { x: gradient, params };
  };
  return { y, back };
}
