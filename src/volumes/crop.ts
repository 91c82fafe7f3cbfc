import { add, div, mul, slice, sub } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { ArgumentError, check, checkedLater, readOptions } from "../gpu/index.ts";
import { keeping, sameShape, Tensor, tensor } from "../tensor/index.ts";
import type { PerSample } from "./geometry.ts";
import { scaling } from "./matrices.ts";
import {
  checkVolume,
  type Fault,
  type Parameter,
  rowsOfNumbers,
  SAMPLING,
  SIZE,
  type VolumeSampling,
  type VolumeSize,
  valuesOf,
} from "./parts.ts";
import { resampled } from "./resample.ts";

/** Settings of {@link crop3d}. */
export interface Crop3dOptions extends VolumeSampling {
  /** (x0, y0, z0, x1, y1, z1), edges in voxels: the whole volume is (0, 0, 0, W, H, D). `[6]` for all samples, or `[N, 6]`. */
  box: PerSample;
  /** `[depth, height, width]` of the result; that of the box unless given, for one box of whole numbers. */
  size?: VolumeSize;
}

const ordered: Fault = (b) =>
  b[0] < b[3] && b[1] < b[4] && b[2] < b[5] ? null : "(x0, y0, z0, x1, y1, z1), with x0 < x1, y0 < y1, z0 < z1";

/** What lies in a box of whole voxels, copied. */
const cut = (x: Tensor, [x0, y0, z0, x1, y1, z1]: readonly number[]): Tensor =>
  slice(slice(slice(x, 2, z0, z1), 3, y0, y1), 4, x0, x1);

/** Whether all voxels of a box are voxels of a volume. */
const whole = (box: readonly number[], [, , d, h, w]: readonly number[]): boolean =>
  box.every(Number.isInteger) && box.every((v, i) => v >= 0 && v <= [w, h, d][i % 3]);

/**
 * What lies in a box, sampled at as many voxels as `size` says, with half-pixel centres: voxel i looks at x0 − ½ + (i + ½) (x1 − x0) / width.
 * One box of whole numbers within the volume, in its own size, is copied; elsewhere places between voxels are interpolated. Gradients
 * flow to the volume and to the boxes.
 *
 * Kornia: `RandomCrop3D(size)` and `crop_by_boxes3d`, whose boxes are eight corners on voxel centres: those of this box are x0, …, x1 − 1. They
 * resample with `align_corners=True`, which is the same where the box keeps its size.
 * @param x `[N, C, D, H, W]`
 * @returns `[N, C, depth, height, width]` of `size`
 * @throws ArgumentError for a box without an inside
 */
export function crop3d(x: Tensor, options: Crop3dOptions): Tensor {
  const what = "crop3d";
  checkVolume(x, what);
  const given = readOptions<Crop3dOptions>(what, options, { ...SAMPLING, box: checkedLater, size: SIZE });
  if (given.box === undefined) throw new ArgumentError(`box of ${what}()`, "undefined", "(x0, y0, z0, x1, y1, z1)");
  const [n] = x.shape;
  const box: Parameter = { name: "box", value: given.box, shape: [6], fault: ordered };
  if (given.box instanceof Tensor) checkTogether([x, given.box], what, "x and box");
  const rows = rowsOfNumbers(box, what, n);
  const one = rows?.length === 1 ? rows[0] : null;
  const own = one?.every(Number.isInteger) ? [one[5] - one[2], one[4] - one[1], one[3] - one[0]] : undefined;
  const size = check(`size of ${what}()`, given.size ?? (own as VolumeSize | undefined), SIZE) as VolumeSize;
  if (one && own && sameShape(own, size) && whole(one, x.shape)) return keeping(x.gpu, () => cut(x, one));
  return keeping(x.gpu, () => {
    const boxes = valuesOf(box, what, x.gpu, n);
    const low = slice(boxes, 1, 0, 3);
    const scale = div(sub(slice(boxes, 1, 3, 6), low), tensor(x.gpu, [size[2], size[1], size[0]]));
    return resampled(x, scaling(scale, add(low, sub(mul(scale, 0.5), 0.5))), size, given);
  });
}

/** Settings of {@link centerCrop3d}. */
export interface CenterCrop3dOptions {
  /** `[depth, height, width]` of the window, no larger than the volume. */
  size: VolumeSize;
}

/**
 * Cuts out the middle of volumes, exactly. Where the window is not in the middle of the voxels, it starts at ⌊(size − window) / 2⌋, as
 * `centerCrop` of images does.
 *
 * Kornia: `CenterCrop3D(size)`, which looks between voxels there.
 * @param x `[N, C, D, H, W]`
 * @returns `[N, C, depth, height, width]` of `size`
 * @throws ArgumentError for a window that is larger than the volume
 */
export function centerCrop3d(x: Tensor, options: CenterCrop3dOptions): Tensor {
  const what = "centerCrop3d";
  checkVolume(x, what);
  const { size } = readOptions<CenterCrop3dOptions>(what, options, { size: SIZE });
  check(`size of ${what}()`, size, SIZE);
  const sides = x.shape.slice(2);
  if (size.some((side, i) => side > sides[i]))
    throw new ArgumentError(`size of ${what}()`, `[${size.join(", ")}]`, `at most the volume, [${sides.join(", ")}]`);
  const [z, y, left] = sides.map((side, i) => Math.floor((side - size[i]) / 2));
  return keeping(x.gpu, () => cut(x, [left, y, z, left + size[2], y + size[1], z + size[0]]));
}
