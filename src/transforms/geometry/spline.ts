import thinPlateSplineWgsl from "../../../shaders/geometry/thin_plate_spline.wgsl";
import { add, mul, sub } from "../../autograd/index.ts";
import { forAll, type SplineFrame, splineField, splineWeights } from "../../autograd/spline.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";
import type { FieldFrame } from "../language/declare.ts";
import { field } from "./field.ts";
import { type PointsValue, withPoints } from "./points.ts";

/** Control points of {@link thinPlateSpline}. */
export interface ThinPlateSplineSettings {
  /**
   * Where the control points go: `[[x, y], …]` for all samples, a list of such lists, one per sample, or a tensor `[K, 2]` or
   * `[N, K, 2]`, at least 3 points.
   */
  destination: PointsValue;
  /** Where they come from, as many; the four corners and the middle unless given: (−1, −1), (−1, 1), (1, −1), (1, 1), (0, 0). */
  source?: PointsValue;
  /** How many points there are; as many as are given, 5 where both are drawn. */
  points?: number;
  /** Whether points go from −1, the first pixel, to 1, the last, instead of in pixels; true unless given. */
  normalized?: boolean;
  /**
   * Where the plates are centred: at the `destination` (unless given), which bends least, or at the `source`, as Kornia does.
   */
  centers?: "destination" | "source";
}

const CORNERS = [-1, -1, -1, 1, 1, -1, 1, 1, 0, 0];

/**
 * Bends the image as a thin plate, so that what is at each `source` point comes to its `destination`, and all between bends as
 * little as it can. Differentiable in both.
 *
 * Numbers that leave it open how to bend are refused: destinations on one line, or two in one place. Where a tensor has such, what
 * can be solved for is, and result and gradients stay finite.
 */
export const thinPlateSpline = field<ThinPlateSplineSettings>(
  {
    name: "thinPlateSpline",
    wgsl: thinPlateSplineWgsl,
    params: {
      source: {
        default: CORNERS,
        size: "points",
        role: "through",
        unit: "half sizes",
        doc: "where the points come from",
      },
      destination: { size: "points", role: "through", usual: [-1.2, 1.2], unit: "half sizes", doc: "where they go" },
    },
    options: {
      points: { default: 5, allowed: { min: 3, integer: true }, doc: "how many points there are" },
      normalized: { default: true, allowed: [true, false], doc: "points from −1, the first pixel, to 1, the last" },
      centers: { default: "destination", allowed: ["destination", "source"], doc: "where the plates are centred" },
    },
    field: { unit: "pixels", doc: "where each pixel looks", made: bent },
    check: degenerate,
    example: { params: { destination: [-0.9, -1.1, -1.05, 0.95, 1.1, -0.9, 0.9, 1.1, 0.13, -0.17] } },
    doc: "p looks at p + f(p), f a spline of thin plates that is source − destination at the destinations",
    source: "Bookstein 1989, Principal Warps; Kornia, geometry.warp_image_tps",
  },
  (settings) => withPoints("thinPlateSpline", ["source", "destination"], settings),
);

/** Coordinates in which plates are bent: −1 to 1 both ways, or a similar image of about that size. */
function frameOf({ width, height, options }: FieldFrame): SplineFrame {
  const [w, h] = [width - 1, height - 1];
  if (options.normalized) {
    const scale: [number, number] = [w && 2 / w, h && 2 / h];
    return { width, height, scale, shift: [w && -1, h && -1], back: [w / 2, h / 2] };
  }
  const s = 2 / Math.max(w, h, 1);
  return { width, height, scale: [s, s], shift: [-0.5 * s * w, -0.5 * s * h], back: [1 / s, 1 / s] };
}

function bent(values: Readonly<Record<string, Tensor>>, given: FieldFrame): Tensor {
  const frame = frameOf(given);
  const { gpu } = values.source;
  const pair = (two: readonly number[]) => tensor(gpu, two, [1, 1, 2]);
  const unit = (points: Tensor): Tensor =>
    given.options.normalized ? points : add(mul(points, pair(frame.scale)), pair(frame.shift));
  const samples = Math.max(values.source.shape[0], values.destination.shape[0]);
  const [source, destination] = [values.source, values.destination].map((points) => forAll(unit(points), samples));
  const centres = given.options.centers === "source" ? source : destination;
  return splineField(centres, splineWeights(destination, centres, sub(source, destination)), frame);
}

/** What is wrong with the points of a sample: numbers for which the spline's system has no solution. */
function degenerate(values: Record<string, readonly number[]>, { centers }: Record<string, unknown>) {
  const { source, destination } = values;
  const centres = centers === "source" ? source : destination;
  if (!destination || !centres) return null;
  const k = destination.length / 2;
  // About 1 in size, wherever they lie: so neither size nor place has a say.
  const all = [...destination, ...centres];
  const middle = [0, 1].map((c) => all.reduce((sum, v, i) => (i % 2 === c ? sum + v : sum), 0) / (2 * k));
  const size = Math.max(...all.map((v, i) => Math.abs(v - middle[i % 2]))) || 1;
  const at = (list: readonly number[], i: number) => [0, 1].map((c) => (list[2 * i + c] - middle[c]) / size);
  const rows = Array.from({ length: k + 3 }, (_, i) =>
    Array.from({ length: k + 3 }, (_, j) => {
      if (i >= k && j >= k) return 0;
      if (i >= k || j >= k) return [1, ...at(destination, Math.min(i, j))][Math.max(i, j) - k];
      const [a, b] = [at(destination, i), at(centres, j)];
      const s = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
      return s > 0 ? 0.5 * s * Math.log(s) : 0;
    }),
  );
  if (leastPivot(rows) > 1e-6) return null;
  const given = "points on a line, or two in one place";
  return {
    argument: "destination",
    given,
    allowed: "points that leave open no way to bend, apart and not all on a line",
  };
}

/** The smallest pivot of an elimination, each the largest value that is left. */
function leastPivot(rows: number[][]): number {
  let least = Number.POSITIVE_INFINITY;
  const left = rows.map((row) => [...row]);
  for (let step = rows.length; step > 0; step--) {
    let [best, at, to] = [-1, 0, 0];
    left.forEach((row, i) => {
      row.forEach((v, j) => {
        if (Math.abs(v) > best) [best, at, to] = [Math.abs(v), i, j];
      });
    });
    least = Math.min(least, best);
    if (best === 0) return 0;
    const [pivot] = left.splice(at, 1);
    for (const row of left) {
      const factor = row[to] / pivot[to];
      row.forEach((v, j) => {
        row[j] = v - factor * pivot[j];
      });
      row[to] = 0;
    }
  }
  return least;
}
