import { reshape } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { bind } from "../compiler/stages/bind.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { type DType, keeping, sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { checkVolume } from "../volumes/parts.ts";
import { blended, run } from "./run.ts";
import { onlyTransforms, type Step } from "./steps.ts";

// Pipelines of volumes `[N, C, D, H, W]`: transforms of volumes run one by one, what changes each value by itself in passes of images.

/** Whether a transform sees no place: volumes are images of as many rows as all their slices have. */
const isPoint = ({ declaration: { kind, position, frame } }: Transform): boolean =>
  kind === "point" && !position && !frame;

/** Applies transforms to volumes. @throws ArgumentError for a transform of images that moves or looks at neighbours */
export function runVolumes(x: Tensor<DType>, steps: readonly Step[], options: ApplyOptions): Tensor {
  checkVolume(x, "a pipeline");
  const { into, dtype = "f32", ...settings } = options;
  if (into) throw new ArgumentError("into", "a tensor, for volumes", "none: the result is a tensor of its own");
  if (dtype !== "f32") throw new ArgumentError("dtype", dtype, "f32, for volumes");
  const transforms = onlyTransforms(steps, "pipeline of volumes");
  const [n, c, , h, w] = x.shape;
  for (const transform of transforms) {
    checkKind(transform);
    bind(transform, n, c, [h, w]);
  }
  return keeping(x.gpu, () => {
    let y = x as Tensor;
    let from = 0;
    transforms.forEach((transform, i) => {
      if (isPoint(transform)) return;
      if (i > from) y = points(y, transforms.slice(from, i), settings);
      y = moved(y, transform);
      from = i + 1;
    });
    const rest = transforms.slice(from);
    return rest.length > 0 || y === x ? points(y, rest, settings) : y;
  });
}

function checkKind(transform: Transform): void {
  const { name, volume } = transform.declaration;
  if (volume || isPoint(transform)) return;
  throw new ArgumentError(
    name,
    "a transform of images, for volumes",
    "a transform of volumes, such as RandomRotation3D, or one that changes each value by itself; " +
      "{ image, volume } moves all slices of a volume as the image",
  );
}

/** The volumes as images of all their rows. */
function points(x: Tensor, transforms: readonly Transform[], settings: ApplyOptions): Tensor {
  const [n, c, d, h, w] = x.shape;
  const y = run(reshape(x, [n, c, d * h, w]), transforms, settings) as Tensor;
  return reshape(y, [n, y.shape[1], d, h, w]);
}

function moved(x: Tensor, transform: Transform): Tensor {
  const { name, volume } = transform.declaration;
  const apply = (on: Tensor, { params, options }: Transform): Tensor => volume!.apply(on, { ...params, ...options });
  const on = transform.on as readonly number[] | Tensor | undefined;
  if (!on || (!(on instanceof Tensor) && on.every((each) => each === 1))) return apply(x, transform);
  const gate = on instanceof Tensor ? on : tensor(x.gpu, on);
  return blended(x, { ...transform, on: gate }, (seen, alone) => {
    const y = apply(seen, alone);
    if (sameShape(x.shape, y.shape)) return y;
    const given = `a change from ${show(x.shape)} to ${show(y.shape)} for some of the samples`;
    throw new ShapeError(`${name}.p`, given, "a transform that keeps the size, or one that all samples get");
  });
}
