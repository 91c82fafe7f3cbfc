import { choice, type Tree } from "../../augment/index.ts";
import { RandomJigsaw } from "../../random/index.ts";
import { affine, horizontalFlip, rotate, transposeImage, verticalFlip } from "../../transforms/index.ts";
import { type Classes, row } from "./row.ts";
import { axes, type Drawn, LOOK, lookOf, only, optional, range, size, usually, yes } from "./values.ts";

/** Quarter turns of an image that keeps its size. */
const quarters = () => rotate({ angle: choice([0, 90, 180, 270]), interpolation: "nearest" });
const SQUARE = row({}, () => [horizontalFlip({ p: 0.5 }), quarters()], 1);

type Places = { x: Drawn; y: Drawn };
const NONE = { x: 0, y: 0 };

/** Scales, turns, slants and moves, in Albumentations' order. augrad's `affine` slants before it turns. */
function moved(
  { angle, scale, slant, shift }: { angle: Drawn; scale: Places; slant: Places; shift: Places & { relative: boolean } },
  look: ReturnType<typeof lookOf>,
): Tree {
  const slants = { shearX: slant.x, shearY: slant.y, ...shift, ...look };
  const scales = { scaleX: scale.x, scaleY: scale.y };
  if (slant.x === 0 && slant.y === 0) return affine({ angle, ...scales, ...shift, ...look });
  return angle === 0 ? affine({ ...scales, ...slants }) : [affine({ angle, ...scales, ...look }), affine(slants)];
}

/** Maps that keep the size. */
export const GEOMETRY: Classes = {
  HorizontalFlip: row({}, () => horizontalFlip()),
  VerticalFlip: row({}, () => verticalFlip()),
  Transpose: row({}, () => transposeImage()),
  D4: SQUARE,
  SquareSymmetry: SQUARE,
  RandomRotate90: row({}, quarters, 1),
  Rotate: row({ limit: range([-90, 90], { about: 0 }), crop_border: only(false), ...LOOK }, (of) =>
    rotate({ angle: of.limit, ...lookOf(of) }),
  ),
  Affine: row(
    {
      scale: axes([1, 1]),
      translate_percent: optional(axes([0, 0])),
      translate_px: optional(axes([0, 0], { whole: true })),
      rotate: range(0),
      shear: axes([0, 0], { times: -1 }),
      fit_output: only(false),
      keep_ratio: yes(false),
      balanced_scale: only(false),
      ...LOOK,
    },
    ({ scale, translate_percent: parts, translate_px: pixels, rotate: angle, shear: slant, keep_ratio, ...of }) => {
      const shift = pixels ?? parts ?? NONE;
      return moved(
        {
          angle,
          scale: keep_ratio ? { x: scale.x, y: scale.x } : scale,
          slant: { x: slant.x, y: slant.y },
          shift: { x: shift.x, y: shift.y, relative: !pixels },
        },
        lookOf(of),
      );
    },
  ),
  ShiftScaleRotate: row(
    {
      shift_limit: range([-0.0625, 0.0625], { about: 0 }),
      shift_limit_x: optional(range(undefined, { about: 0 })),
      shift_limit_y: optional(range(undefined, { about: 0 })),
      scale_limit: axes([-0.1, 0.1], { about: 0, plus: 1 }),
      rotate_limit: range([-45, 45], { about: 0 }),
      ...LOOK,
    },
    ({ shift_limit, shift_limit_x: x, shift_limit_y: y, scale_limit: scale, rotate_limit: angle, ...of }) =>
      moved(
        { angle, scale, slant: NONE, shift: { x: x ?? shift_limit, y: y ?? shift_limit, relative: true } },
        lookOf(of),
      ),
  ),
  RandomGridShuffle: row({ grid: usually([3, 3], size) }, ({ grid }) => RandomJigsaw({ grid, p: 1 })),
};
