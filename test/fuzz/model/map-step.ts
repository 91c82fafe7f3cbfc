/** A row of maps over a batch: one matrix per sample, one look at the source per pixel. */
import type { Interpolation, Padding } from "../../reference/sample.ts";
import { add, type Bounded, div, exact, times, U, variable } from "./bounded.ts";
import {
  addTerm,
  bound,
  emptySum,
  errorOf,
  type Grid,
  gradientsLike,
  gridOf,
  type Link,
  type RowGradients,
  type Step,
  type Sum,
} from "./grid.ts";
import { lookAround, type UncertainLook } from "./look.ts";
import { type BoundedMatrix, constants, type Frame, inverse, matrixOf, multiply } from "./matrices.ts";

export interface MapRow {
  links: Link[];
  frames: Frame[];
  interpolation: Interpolation;
  padding: Padding;
  /** Which link's `fill` is shown. */
  fill: number;
}

/** One output pixel of one sample. `look` is null where the place is not known to a fraction of a pixel. */
interface Seen {
  look: UncertainLook | null;
  /** Whether it shows one pixel as it is. */
  whole: boolean;
  u: Bounded;
  v: Bounded;
}

/** Parameters of the maps of a row, but for what is shown beyond the image, are the variables of its matrix. */
function variablesOf(row: MapRow): { link: number; name: string; k: number }[] {
  return row.links.flatMap(({ rows }, link) =>
    Object.entries(rows).flatMap(([name, all]) => (name === "fill" ? [] : all[0].map((_, k) => ({ link, name, k })))),
  );
}

function sourceMatrix(row: MapRow, n: number, variables: ReturnType<typeof variablesOf>): BoundedMatrix | null {
  const total = variables.length;
  let matrix = constants([1, 0, 0, 0, 1, 0, 0, 0, 1], total);
  let moved = false;
  row.links.forEach((link, i) => {
    if (link.on?.values[n] === 0) return;
    const p: Record<string, Bounded[]> = {};
    variables.forEach(({ link: of, name, k }, j) => {
      if (of === i) (p[name] ??= [])[k] = variable(link.rows[name][n][k], 0, j, total);
    });
    matrix = moved
      ? multiply(matrixOf(link.name, p, row.frames[i], total, link.options), matrix)
      : matrixOf(link.name, p, row.frames[i], total, link.options);
    moved = true;
  });
  return moved ? inverse(matrix) : null;
}

export function mapStep(row: MapRow, x: Grid): Step {
  const [N, C, H, W] = x.shape;
  const { outWidth, outHeight } = row.frames[row.frames.length - 1];
  const y = gridOf([N, C, outHeight, outWidth]);
  const variables = variablesOf(row);
  const fillRows = row.fill < 0 ? undefined : row.links[row.fill].rows.fill;
  const fill = (n: number, c: number): number => fillRows?.[n][fillRows[n].length === 1 ? 0 : c] ?? 0;
  const seen: Seen[] = [];
  for (let n = 0; n < N; n++) {
    const matrix = sourceMatrix(row, n, variables);
    for (let i = 0; i < outHeight * outWidth; i++) {
      const [px, py] = [i % outWidth, Math.floor(i / outWidth)];
      const at = placeOf(matrix, px, py, variables.length);
      const one = see(at, row, [W, H]);
      seen.push(one);
      for (let c = 0; c < C; c++) {
        const target = (n * C + c) * outHeight * outWidth + i;
        const plane = (n * C + c) * H * W;
        const s = one.look
          ? seenValue(one, x, plane, fill(n, c))
          : anything(x, plane, H * W, fill(n, c), row.interpolation);
        y.v[target] = s.v;
        y.e[target] = s.e;
      }
    }
  }
  return { y, back: (g) => pullMap({ row, x, y, g, seen, variables, fill }) };
}

function placeOf(matrix: BoundedMatrix | null, px: number, py: number, total: number): { u: Bounded; v: Bounded } {
  if (!matrix) return { u: exact(px, total), v: exact(py, total) };
  const homogeneous = (k: number) => add(add(times2(matrix[k], px), times2(matrix[k + 1], py)), matrix[k + 2]);
  const [a, b, w] = [homogeneous(0), homogeneous(3), homogeneous(6)];
  const isAffine =
    matrix[6].v === 0 &&
    matrix[7].v === 0 &&
    matrix[8].v === 1 &&
    [6, 7, 8].every((k) => matrix[k].d.every((d) => d === 0));
  if (isAffine) return { u: a, v: b };
  return { u: div(a, w), v: div(b, w) };
}

/** Times a pixel's coordinate, which is exact. */
const times2 = (a: Bounded, k: number): Bounded => (k === 0 ? exact(0, a.d.length) : k === 1 ? a : times(a, k));

/** Beyond this many pixels a place shows the border or nothing, wherever it is exactly. */
const BEYOND = 4;

function see({ u, v }: { u: Bounded; v: Bounded }, row: MapRow, size: [number, number]): Seen {
  const [a, b] = [settle(u, size[0], row.padding), settle(v, size[1], row.padding)];
  const known = a.e < 0.2 && b.e < 0.2 && Number.isFinite(a.v) && Number.isFinite(b.v);
  const look = known ? lookAround(a.v, b.v, a.e, b.e, size, row.interpolation, row.padding) : null;
  const isOnPixel = u.e === 0 && v.e === 0 && Number.isInteger(u.v) && Number.isInteger(v.v);
  return { look, whole: isOnPixel || row.interpolation === "nearest", u: a, v: b };
}

function settle(u: Bounded, size: number, padding: Padding): Bounded {
  if (padding === "reflection" || padding === "symmetric" || padding === "circular") return u;
  if (u.v - 2 * u.e > size + BEYOND) return { ...u, v: size + BEYOND, e: 0 };
  if (u.v + 2 * u.e < -BEYOND) return { ...u, v: -BEYOND, e: 0 };
  return u;
}

function seenValue({ look, whole }: Seen, x: Grid, plane: number, fill: number): { v: number; e: number } {
  const { at, w, ew, outside, eOutside } = look!;
  const sum = emptySum();
  at.forEach((i, k) => {
    const value = x.v[plane + i];
    addTerm(sum, w[k] * value, Math.abs(w[k]) * x.e[plane + i] + ew[k] * (Math.abs(value) + x.e[plane + i]));
  });
  addTerm(sum, outside[0] * fill, eOutside[0] * Math.abs(fill));
  // Weights at a tap are differences of the place: their error is that of the place, and a few roundings more.
  return { v: sum.v, e: whole ? sum.e : sum.e + 12 * U * sum.size };
}

/** Where a place is not known: no more than what any pixel shows. */
function anything(x: Grid, plane: number, pixels: number, fill: number, interpolation: Interpolation) {
  let most = Math.abs(fill);
  for (let i = plane; i < plane + pixels; i++) most = Math.max(most, Math.abs(x.v[i]) + x.e[i]);
  return { v: 0, e: most * (interpolation === "bicubic" ? 2.5 : 1.001) };
}

interface Pull {
  row: MapRow;
  x: Grid;
  y: Grid;
  g: Grid;
  seen: Seen[];
  variables: ReturnType<typeof variablesOf>;
  fill: (n: number, c: number) => number;
}

function pullMap({ row, x, y, g, seen, variables, fill }: Pull): ReturnType<Step["back"]> {
  const [N, C, H, W] = x.shape;
  const pixels = y.shape[2] * y.shape[3];
  const gx = gridOf(x.shape);
  const size = new Float64Array(gx.v.length);
  const terms = new Uint32Array(gx.v.length);
  const params = row.links.map(({ rows }) => gradientsLike(rows));
  for (let n = 0; n < N; n++) {
    const sums: Sum[] = variables.map(emptySum);
    const lost = new Float64Array(C);
    for (let i = 0; i < pixels; i++) {
      const one = seen[n * pixels + i];
      const { look } = one;
      for (let c = 0; c < C; c++) {
        const from = (n * C + c) * pixels + i;
        const [gv, ge] = [g.v[from], g.e[from]];
        if (gv === 0 && ge === 0) continue;
        if (!look) {
          lost[c] += Math.abs(gv) + ge;
          continue;
        }
        const plane = (n * C + c) * H * W;
        look.at.forEach((at, k) => {
          const t = plane + at;
          gx.v[t] += look.w[k] * gv;
          gx.e[t] += Math.abs(look.w[k]) * ge + look.ew[k] * (Math.abs(gv) + ge) + 12 * U * Math.abs(look.w[k] * gv);
          size[t] += Math.abs(look.w[k] * gv);
          terms[t]++;
        });
        slopesInto(sums, one, x, plane, fill(n, c), gv, ge);
        fillInto(params, row, n, c, look, gv, ge);
      }
    }
    for (let c = 0; c < C; c++) {
      const plane = (n * C + c) * H * W;
      for (let t = plane; t < plane + H * W; t++) gx.e[t] += (8 + Math.sqrt(terms[t])) * U * size[t] + 2.5 * lost[c];
    }
    const isLost = lost.some((v) => v > 0);
    variables.forEach(({ link, name, k }, j) => {
      params[link][name].v[n][k] = sums[j].v;
      params[link][name].e[n][k] = isLost ? Number.POSITIVE_INFINITY : errorOf(sums[j]);
    });
    const filled = isLost && row.fill >= 0 ? params[row.fill].fill : undefined;
    if (filled) filled.e[n] = filled.e[n].map(() => Number.POSITIVE_INFINITY);
  }
  return { x: gx, params };
}

/** Adds g · (∂s/∂u · du + ∂s/∂v · dv) to the sums of the row's parameters. */
function slopesInto(sums: Sum[], { look, u, v }: Seen, x: Grid, plane: number, fill: number, gv: number, ge: number) {
  if (sums.length === 0) return;
  const { at, wx, wy, ewx, ewy, outside, eOutside } = look!;
  const [su, sv] = [emptySum(), emptySum()];
  at.forEach((i, k) => {
    const [value, e] = [x.v[plane + i], x.e[plane + i]];
    addTerm(su, wx[k] * value, Math.abs(wx[k]) * e + ewx[k] * (Math.abs(value) + e));
    addTerm(sv, wy[k] * value, Math.abs(wy[k]) * e + ewy[k] * (Math.abs(value) + e));
  });
  addTerm(su, outside[1] * fill, eOutside[1] * Math.abs(fill));
  addTerm(sv, outside[2] * fill, eOutside[2] * Math.abs(fill));
  const [eu, ev] = [errorOf(su), errorOf(sv)];
  sums.forEach((sum, j) => {
    const [a, b] = [su.v * u.d[j], sv.v * v.d[j]];
    const error =
      bound(Math.abs(u.d[j]), eu) +
      bound(Math.abs(su.v) + eu, u.f[j]) +
      bound(Math.abs(v.d[j]), ev) +
      bound(Math.abs(sv.v) + ev, v.f[j]);
    addTerm(sum, gv * a, 0);
    addTerm(sum, gv * b, bound(Math.abs(gv) + ge, error) + bound(Math.abs(a) + Math.abs(b), ge));
  });
}

function fillInto(
  params: RowGradients[],
  row: MapRow,
  n: number,
  c: number,
  look: UncertainLook,
  gv: number,
  ge: number,
) {
  if (row.fill < 0 || !params[row.fill].fill) return;
  const { v, e } = params[row.fill].fill;
  const k = v[n].length === 1 ? 0 : c;
  v[n][k] += gv * look.outside[0];
  e[n][k] += Math.abs(look.outside[0]) * ge + (look.eOutside[0] + 40 * U) * (Math.abs(gv) + ge);
}
