import { add, matmul, slice } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { affineBasis, forAll, plates, splineWeights } from "../autograd/spline.ts";
import { checkedLater, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, type Tensor } from "../tensor/index.ts";

/** A spline of thin plates: what {@link getTpsTransform} finds, and {@link warpPointsTps} takes points through. */
export interface ThinPlates {
  /** Weights of the plates, `[N, K, 2]`. */
  kernelWeights: Tensor;
  /** Weights of 1, x and y, `[N, 3, 2]`. */
  affineWeights: Tensor;
}

/** Options of {@link getTpsTransform}. */
export interface TpsOptions {
  /** Where the plates are centred, `[N, K, 2]`; at the source unless given. Kornia has them at the destination. */
  centers?: Tensor;
}

/**
 * The spline of thin plates that takes `source` points to `destination` points (Bookstein 1989, Principal Warps):
 * f(q) = a₀ + a₁ q_x + a₂ q_y + Σ w_j U(|q − c_j|), U(r) = r² ln r. Gradients flow to all points.
 *
 * Where the points leave it open how to bend (all on one line, or two in one place), what can be solved for is, and weights and
 * gradients stay finite.
 * @param source `[N, K, 2]`, K at least 3; 1 in the place of N is for all
 * @param destination `[N, K, 2]`
 * @throws ShapeError when the shapes do not fit
 */
export function getTpsTransform(source: Tensor, destination: Tensor, options: TpsOptions = {}): ThinPlates {
  const { centers = source } = readOptions<TpsOptions>("getTpsTransform", options, { centers: checkedLater });
  const named = { source, destination, centers };
  const gpu = checkTogether([source, destination, centers], "getTpsTransform", "points");
  const samples = Math.max(...Object.values(named).map(({ shape }) => shape[0] ?? 0));
  const k = source.shape[1];
  for (const [name, points] of Object.entries(named))
    checkPoints(points, `${name} of getTpsTransform()`, samples, k >= 3 ? k : undefined, 3);
  const [kernelWeights, affineWeights] = keeping(gpu, () => {
    const [from, to, at] = [source, destination, centers].map((points) => forAll(points, samples));
    const weights = splineWeights(from, at, to);
    return [slice(weights, 1, 0, k), slice(weights, 1, k, k + 3)];
  });
  return { kernelWeights, affineWeights };
}

/**
 * Points through a spline of thin plates.
 * @param points `[N, M, 2]`
 * @param centers where its plates are centred, `[N, K, 2]`: the source of {@link getTpsTransform}, unless it was told others
 * @returns `[N, M, 2]`
 * @throws ShapeError when the shapes do not fit
 */
export function warpPointsTps(points: Tensor, centers: Tensor, spline: ThinPlates): Tensor {
  const { kernelWeights, affineWeights } = readOptions<ThinPlates>("warpPointsTps", spline, SPLINE);
  const gpu = checkTogether([points, centers, kernelWeights, affineWeights], "warpPointsTps", "points");
  const samples = Math.max(...[points, centers, kernelWeights].map(({ shape }) => shape[0] ?? 0));
  checkPoints(points, "points of warpPointsTps()", samples);
  checkPoints(centers, "centers of warpPointsTps()", samples);
  checkPoints(kernelWeights, "kernelWeights of warpPointsTps()", samples, centers.shape[1]);
  checkPoints(affineWeights, "affineWeights of warpPointsTps()", samples, 3);
  return keeping(gpu, () =>
    add(matmul(plates(points, centers), kernelWeights), matmul(affineBasis(points), affineWeights)),
  );
}

const SPLINE = { kernelWeights: checkedLater, affineWeights: checkedLater };

/** Checks a tensor of points, `[samples or 1, count, 2]`. */
function checkPoints({ shape }: Tensor, argument: string, samples: number, count?: number, least = 1): void {
  const [n, k, two] = shape;
  const fits = shape.length === 3 && two === 2 && (n === samples || n === 1) && (count === undefined || k === count);
  if (!fits || k < least)
    throw new ShapeError(
      argument,
      show(shape),
      `[${samples}, ${count ?? (least > 1 ? `K of at least ${least}` : "K")}, 2], or 1 in the place of ${samples}`,
    );
}
