// Warps, sizes, crops and flips of Kornia, as functions and as classes.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { constant, homography, matrices } from "../algebra.ts";
import { drawnOf, through } from "../classes.ts";
import {
  BLUR_BORDERS,
  choose,
  cutOut,
  lower,
  MASK,
  padded,
  quadrangle,
  RADIAN,
  resized,
  rotation,
  run,
  type Size,
  sampling,
  scaled,
  sheared,
  sizeFor,
  sizeOf,
  warped,
  window,
} from "../conventions.ts";
import {
  boxes,
  centerOf,
  entryOf,
  graded,
  motion,
  ownCenter,
  ownSampling,
  value,
  warping,
  warpOptions,
} from "../functions.ts";
import { type ClassEntry, cropStage, pair, quarters, sideways, sized, turned, warpStage } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {
  "transform.warp_affine": warping("affine"),
  "transform.warp_perspective": warping("perspective"),
  "transform.rotate": motion(
    (m, x, n) => rotation(x, n, { angle: scaled(value(m, "angle"), RADIAN), center: centerOf(m, x) }),
    (m) => ag.rotate({ angle: value(m, "angle"), ...ownCenter(m), ...ownSampling(m) }),
  ),
  "transform.translate": motion(
    (m, x, n) => matrices(x, n, [1, 0, entryOf(m, "translation", 0), 0, 1, entryOf(m, "translation", 1), 0, 0, 1]),
    (m) => ag.translate({ x: entryOf(m, "translation", 0), y: entryOf(m, "translation", 1), ...ownSampling(m) }),
  ),
  "transform.scale": motion(
    (m, x, n) => rotation(x, n, { scale: m.param("scale_factor"), center: centerOf(m, x) }),
    (m) =>
      ag.scale({
        x: entryOf(m, "scale_factor", 0),
        y: entryOf(m, "scale_factor", 1),
        ...ownCenter(m),
        ...ownSampling(m),
      }),
  ),
  // The two values stand in the matrix as they are, about the origin: no angle, no centre.
  "transform.shear": motion(
    (m, x, n) => matrices(x, n, [1, entryOf(m, "shear", 0), 0, entryOf(m, "shear", 1), 1, 0, 0, 0, 1]),
    undefined,
    false,
  ),
  "transform.hflip": (m) => run(m.input(), ag.horizontalFlip()),
  "transform.vflip": (m) => run(m.input(), ag.verticalFlip()),
  "transform.rot180": (m) => run(m.input(), ag.rot180()),
  "transform.pyrdown": (m) => {
    const x = m.input();
    const padding = choose(m.option("border_type", "reflect"), BLUR_BORDERS, "border");
    const factor = m.option("factor", 2);
    if (!m.option("align_corners", false)) return run(x, ag.pyrDown({ factor, padding }));
    // With a factor of 1 it is the blur alone.
    const size = sizeOf(x).map((side) => Math.floor(side / factor)) as unknown as Size;
    return resized(run(x, ag.pyrDown({ factor: 1, padding })), size, { mode: "bilinear", corners: true });
  },
  "transform.pyrup": (m) => {
    const x = m.input();
    const padding = choose(m.option("border_type", "reflect"), BLUR_BORDERS, "border");
    if (!m.option("align_corners", false)) return run(x, ag.pyrUp({ padding }));
    const size = sizeOf(x).map((side) => 2 * side) as unknown as Size;
    return run(resized(x, size, { mode: "bilinear", corners: true }), ag.pyrDown({ factor: 1, padding }));
  },
  "transform.upscale_double": (m) => run(m.input(), ag.upscaleDouble()),
  "transform.resize": (m) => {
    const x = m.input();
    const given = m.option<string>("interpolation", "bilinear");
    const mode = given === "area" ? "adaptive" : given;
    const size = sizeFor(m.option("side", "short"), m.option<number | Size>("size", 1), sizeOf(x));
    return graded(
      mode,
      resized(x, size, { mode, corners: m.option("align_corners", false), antialias: m.option("antialias", false) }),
    );
  },
  "transform.crop_and_resize": boxes(true),
  "transform.crop_by_boxes": boxes(true),
  "transform.crop_by_indices": (m) => {
    const indices = m.option<number[][][]>("src_box", []).flat(2);
    const options = {
      mode: m.option("interpolation", "bilinear"),
      corners: m.option("align_corners", false),
      antialias: m.option("antialias", false),
    };
    return cutOut(
      m.input(),
      Float32Array.from(indices),
      m.option<Size | null>("size", null),
      options,
      m.option("shape_compensation", "resize"),
    );
  },
  "transform.center_crop": (m) => {
    const x = m.input();
    const [height, width] = m.option<Size>("size", sizeOf(x));
    const options = { ...warpOptions(m), size: [height, width] as Size };
    // Where the difference of sizes is odd, Kornia's window lies between pixels; augrad's lies on them.
    const [left, top] = [(x.shape[3] - width) / 2, (x.shape[2] - height) / 2];
    const whole = Number.isInteger(left) && Number.isInteger(top);
    if (options.corners)
      return graded(
        options.mode,
        run(
          x,
          whole ? ag.centerCrop({ width, height }) : ag.crop({ x: left, y: top, width, height, ...sampling(options) }),
        ),
      );
    const [right, bottom] = [width - 1, height - 1];
    const to = [0, 0, right, 0, right, bottom, 0, bottom];
    const from = to.map((value, i) => value + (i % 2 ? top : left));
    return graded(
      options.mode,
      quadrangle(x, constant(x, from, [1, 4, 2]), constant(x, to, [1, 4, 2]), "affine", options),
    );
  },
};

const rotated = through(ag.RandomRotation, (m, i) => ({ angle: drawnOf(m, i, "degrees") }), () => ({ degrees: 0 })); // biome-ignore format: one line

/**
 * Windows of whole pixels: which of its places each has. Kornia's is counted in the padded image, and where it pads for lack of pixels, augrad
 * lets the image lie anywhere in the window.
 */
const cropped = through(ag.RandomCrop, (m, i, x) => {
  const [height, width] = pair(m.setting<number | number[]>(i, "size", 1));
  const [left, right, top, bottom] = m.drawnNumbers(i, "padding_size");
  const isPadded = m.setting<unknown>(i, "padding", null) !== null;
  const src = m.drawnNumbers(i, "src");
  const share = (at: number, before: number, after: number, pixels: number, window: number) => {
    const room = pixels + (isPadded ? before + after : 0) - window;
    const edge = at - (isPadded ? 0 : before);
    return ((room < 0 ? -edge : edge) + 0.5) / (Math.abs(room) + 1);
  };
  const places = (axis: 0 | 1, ...rest: [number, number, number, number]) =>
    Array.from({ length: x.shape[0] }, (_, n) => share(src[8 * n + axis], ...rest));
  return { x: places(0, left, right, x.shape[3], width), y: places(1, top, bottom, x.shape[2], height) };
});

/** The image through augrad's class, all else as it is said. */
const seenThrough =
  (image: ClassEntry, rest: ClassEntry): ClassEntry =>
  async (m, i, n) => ({ ...(await rest(m, i, n)), ...(await image(m, i, n)) });

export const classes: Classes = {
  RandomHorizontalFlip: seenThrough(
    through(ag.RandomHorizontalFlip),
    sideways(ag.horizontalFlip, ([, w]) => [-1, 0, w - 1, 0, 1, 0, 0, 0, 1]),
  ),
  RandomVerticalFlip: seenThrough(
    through(ag.RandomVerticalFlip),
    sideways(ag.verticalFlip, ([h]) => [1, 0, 0, 0, -1, h - 1, 0, 0, 1]),
  ),
  RandomAffine: (m, i, n) => {
    const drawn = (name: string) => m.drawn(i, name);
    const center = drawn("center");
    const turn = {
      angle: scaled(drawn("angle"), -RADIAN),
      scale: drawn("scale"),
      center,
      translation: drawn("translations"),
    };
    const slant = sheared(center, n, center, scaled(drawn("shear_x"), RADIAN), scaled(drawn("shear_y"), RADIAN));
    return warpStage(m, i, ag.matmul(rotation(center, n, turn), slant), false);
  },
  RandomShear: (m, i, n) => {
    const center = m.drawn(i, "center");
    return warpStage(
      m,
      i,
      sheared(center, n, center, scaled(m.drawn(i, "shear_x"), RADIAN), scaled(m.drawn(i, "shear_y"), RADIAN)),
      false,
    );
  },
  RandomTranslate: (m, i, n) => {
    const [x, y] = [m.drawn(i, "translate_x"), m.drawn(i, "translate_y")];
    return warpStage(m, i, matrices(x, n, [1, 0, x, 0, 1, y, 0, 0, 1]), false);
  },
  RandomRotation: async (m, i, n) => {
    const stage = turned(m, i, n, scaled(m.drawn(i, "degrees"), RADIAN));
    const isPlain = m.setting(i, "align_corners", true) && !stage.nearest;
    return isPlain ? { ...stage, ...(await rotated(m, i, n)) } : stage;
  },
  RandomRotation90: quarters,
  RandomPerspective: async (m, i) => {
    const [from, to] = [m.drawn(i, "start_points"), m.drawn(i, "end_points")];
    const [mode, corners] = [lower(m.setting(i, "resample", "bilinear")), m.setting(i, "align_corners", false)];
    return {
      image: (x) => quadrangle(x, from, to, "perspective", { mode, corners }),
      mask: (x) => quadrangle(x, from, to, "perspective", { mode: MASK, corners }),
      matrix: await homography(from, to),
      inverse: (x, back, isMask) => warped(x, back, "perspective", { mode: isMask ? MASK : mode, corners }),
      nearest: mode === "nearest",
    };
  },
  CenterCrop: async (m, i, n) => {
    const stage = await cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true);
    return m.setting(i, "align_corners", true) ? { ...stage, ...(await through(ag.CenterCrop)(m, i, n)) } : stage;
  },
  RandomResizedCrop: (m, i) => cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true),
  // The image is padded first: its transform_matrix leaves that out, its labels do not.
  RandomCrop: async (m, i, n) => {
    const stage = await cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true);
    const [left, right, top, bottom] = m.drawnNumbers(i, "padding_size");
    const mode = m.setting(i, "padding_mode", "constant");
    const pad = (x: Tensor) =>
      left || right || top || bottom ? padded(x, [left, right, top, bottom], mode, m.setting(i, "fill", 0)) : x;
    const rest = { ...stage, mask: (x: Tensor) => stage.mask!(pad(x)), offset: [left, top] as const };
    return m.setting(i, "align_corners", true)
      ? { ...rest, ...(await cropped(m, i, n)) }
      : { ...rest, image: (x) => stage.image(pad(x)) };
  },
  Resize: sized,
  LongestMaxSize: sized,
  SmallestMaxSize: sized,
  // Below and to the right; nothing moves.
  PadTo: seenThrough(through(ag.PadTo), (m, i) => {
    const [height, width] = pair(m.setting<number | number[]>(i, "size", 1));
    const pad = (x: Tensor) =>
      padded(
        x,
        [0, width - x.shape[3], 0, height - x.shape[2]],
        m.setting(i, "pad_mode", "constant"),
        m.setting(i, "pad_value", 0),
      );
    return { image: pad, mask: pad, inverse: (x, _, __, [h, w]) => window(x, 0, 0, [h, w]) };
  }),
};
