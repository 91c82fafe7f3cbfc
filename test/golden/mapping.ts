// The one place where operations of Kornia, torchvision and OpenCV become transforms of augrad.
//
// Where conventions differ, they are converted here, with augrad's tensor operations on the parameters, so that gradients
// arrive in the other library's own parameters:
//  - Kornia adds brightness (factor of adjust_brightness; factor − 1 in RandomBrightness and ColorJiggle) and multiplies in
//    the "accumulative" one; its hue is an angle in radians in adjust_hue, a part of a turn in RandomHue.
//  - Its contrast about the mean takes the mean of the whole batch when the image has not three channels; augrad's is per image.
//  - Its matrices map source to destination pixels, as augrad's do. get_affine_matrix2d turns clockwise and shears by −tan.
//  - Its align_corners=False is another pixel matrix, see `warped` in conventions.ts; padding "reflection" then mirrors about
//    edges, not centres.
//  - Its resize(antialias=True) is a Gaussian blur before plain interpolation; its "nearest" rounds down, see `resized` there.
//  - torchvision's grey is .2989 R + .587 G + .114 B; augrad's contrast and saturation use .299: see `otherGrey`.
//  - With nearest sampling augrad's maps have the gradient of bilinear (straight-through), Kornia's none: it is cut off, see `warped`.
//  - OpenCV rounds positions of linear and cubic warps to 1/32 pixel; see `quantised` in functions.ts.
// augrad has no containers, classes and labels yet: pipelines are replayed transform by transform with what each step drew, and
// masks, points and boxes go through the same warps and through matrix products of tensors.

import type { Tensor } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { constant, homography, matrices } from "./algebra.ts";
import {
  blurred,
  choose,
  contrastAboutMean,
  cutOut,
  grayBlend,
  lower,
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
  shifted,
  shiftRgb,
  sizeFor,
  sizeOf,
  torchvisionMatrix,
  warped,
  window,
} from "./conventions.ts";
import {
  boxes,
  CV_MODES,
  centerOf,
  clip,
  colour,
  cvWarp,
  type Entry,
  entryOf,
  graded,
  motion,
  otherGrey,
  ownCenter,
  ownSampling,
  statistics,
  tvResize,
  tvSampling,
  tvWarp,
  value,
  warping,
  warpOptions,
} from "./functions.ts";
import type { Case } from "./manifest.ts";
import { type Material, NotImplementedYet, type Outcome } from "./material.ts";
import { replayPipeline } from "./pipeline.ts";
import {
  type ClassEntry,
  clipOf,
  cropStage,
  jitter,
  pair,
  point,
  settled,
  sideways,
  sized,
  turned,
  turnHue,
  warpStage,
} from "./stages.ts";

const TURN = 2 * Math.PI;
/** The mapping of a case. @throws NotImplementedYet when there is none */
export function entryFor(item: Case): (m: Material) => Promise<Outcome> {
  const entry = item.pipeline ? pipelineEntry(item) : OPERATIONS[item.op];
  if (!entry) throw new NotImplementedYet("augrad has no such operation yet");
  return async (m) => {
    const made = await entry(m);
    return made instanceof ag.Tensor ? { outputs: { [Object.keys(item.outputs)[0]]: made } } : made;
  };
}

const OPERATIONS: Record<string, Entry | undefined> = {
  "enhance.adjust_brightness": colour((m) => ag.brightnessShift({ shift: value(m, "factor"), ...clip(m) })),
  "enhance.adjust_brightness_accumulative": colour((m) => ag.brightness({ factor: value(m, "factor"), ...clip(m) })),
  "enhance.adjust_contrast": colour((m) => ag.contrast({ factor: value(m, "factor"), pivot: 0, ...clip(m) })),
  "enhance.adjust_contrast_with_mean_subtraction": (m) => contrastAboutMean(m.input(), value(m, "factor")),
  "enhance.adjust_saturation": colour((m) => ag.hsvSaturation({ factor: value(m, "factor") })),
  "enhance.adjust_saturation_with_gray_subtraction": (m) => grayBlend(m.input(), value(m, "factor")),
  "enhance.adjust_hue": colour((m) => ag.hue({ turns: scaled(value(m, "factor"), 1 / TURN) })),
  "enhance.adjust_gamma": colour((m) =>
    ag.gamma({ gamma: value(m, "gamma"), gain: m.has("gain") ? value(m, "gain") : 1 }),
  ),
  "enhance.invert": colour((m) => ag.invert({ max: m.has("max_val") ? value(m, "max_val") : 1 })),
  "enhance.normalize": colour((m) => ag.normalize(statistics(m))),
  "enhance.denormalize": colour((m) => ag.denormalize(statistics(m))),
  "enhance.shift_rgb": (m) =>
    shiftRgb(
      m.input(),
      ["r", "g", "b"].map((name) => m.param(name)),
    ),
  "color.rgb_to_grayscale": colour((m) =>
    ag.grayscale({ channels: 1, weights: m.has("rgb_weights") ? m.param("rgb_weights") : undefined }),
  ),
  "filters.gaussian_blur2d": (m) =>
    blurred(m.input(), m.param("sigma"), m.option<number | Size>("kernel_size", 3), m.option("border_type", "reflect")),

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
  "transform.rot180": (m) => ag.apply(m.input(), [ag.horizontalFlip(), ag.verticalFlip()]),
  "transform.resize": (m) => {
    const x = m.input();
    const mode = m.option<string>("interpolation", "bilinear");
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

  "torchvision.resize": (m) => tvResize(m, m.input("image"), false),
  // It filters by default.
  "torchvision.resized_crop": (m) => {
    const cut: Size = [m.option("height", 1), m.option("width", 1)];
    return tvResize(m, window(m.input("image"), m.option("left", 0), m.option("top", 0), cut), true);
  },
  "torchvision.affine": tvWarp((m, x) =>
    torchvisionMatrix(
      x,
      m.option("angle", 0),
      m.option("translate", [0, 0]),
      m.option("scale", 1),
      m.option("shear", [0, 0]),
      m.option("center", undefined),
    ),
  ),
  // affine turns clockwise, rotate counter-clockwise.
  "torchvision.rotate": tvWarp((m, x) =>
    torchvisionMatrix(x, -m.option("angle", 0), [0, 0], 1, [0, 0], m.option("center", undefined)),
  ),
  // Its homography acts on x + ½.
  "torchvision.perspective": (m) => {
    const x = m.input("image");
    const points = (name: string) =>
      constant(
        x,
        m
          .option<number[][]>(name, [])
          .flat()
          .map((value) => value - 0.5),
        [1, 4, 2],
      );
    const options = tvSampling(m, x, "bilinear");
    return graded(options.mode, quadrangle(x, points("startpoints"), points("endpoints"), "perspective", options));
  },
  "torchvision.adjust_brightness": colour((m) => ag.brightness({ factor: m.option("brightness_factor", 1) })),
  "torchvision.adjust_contrast": (m) =>
    otherGrey(m, "contrast_factor", run(m.input(), ag.contrastAboutMean({ factor: m.option("contrast_factor", 1) }))),
  "torchvision.adjust_saturation": (m) =>
    otherGrey(m, "saturation_factor", grayBlend(m.input(), value(m, "saturation_factor"))),
  "torchvision.adjust_hue": (m) =>
    run(
      m.input(),
      m.input().shape[1] === 3 ? ag.hue({ turns: m.option("hue_factor", 0) }) : ag.brightness({ clip: false }),
    ),
  "torchvision.adjust_gamma": colour((m) => ag.gamma({ gamma: m.option("gamma", 1), gain: m.option("gain", 1) })),
  "torchvision.invert": colour(() => ag.invert()),
  "torchvision.normalize": colour((m) => ag.normalize(statistics(m))),
  "torchvision.rgb_to_grayscale": colour((m) =>
    ag.grayscale({
      weights: [0.2989, 0.587, 0.114],
      channels: m.option<number>("num_output_channels", 1) === 3 ? 3 : 1,
    }),
  ),
  // kernel_size and sigma are (x, y).
  "torchvision.gaussian_blur": (m) => {
    const list = (name: string) => [m.option<number | number[]>(name, 1)].flat();
    const kernel = list("kernel_size");
    const sigma = m.has("sigma") ? list("sigma") : kernel.map((k) => 0.3 * ((k - 1) / 2 - 1) + 0.8);
    return blurred(
      m.input(),
      constant(m.input(), [sigma[sigma.length - 1], sigma[0]], [2]),
      [kernel[kernel.length - 1], kernel[0]],
      "reflect",
    );
  },
  "torchvision.erase": (m) => {
    if (typeof m.option<unknown>("v", 0) !== "number")
      throw new NotImplementedYet("erasing with one value per channel or pixel");
    const [x, y, width, height] = ["j", "i", "w", "h"].map((name) => m.option(name, 0));
    return run(m.input(), ag.erasing({ x, y, width, height, value: m.option("v", 0) }));
  },
  // left, top, right, bottom; or one number; or (sides, top and bottom).
  "torchvision.pad": (m) => {
    const given = [m.option<number | number[]>("padding", 0)].flat();
    const [left, top = left, right = left, bottom = top] = given;
    return padded(m.input(), [left, right, top, bottom], m.option("padding_mode", "constant"), m.option("fill", 0));
  },

  "cv2.warpAffine": cvWarp,
  "cv2.warpPerspective": cvWarp,
  "cv2.resize": (m) => {
    const [width, height] = m.option<number[]>("dsize_wh", [1, 1]);
    const mode = m.option("interpolation", "linear");
    return graded(mode, resized(m.input("image"), [height, width], { mode: choose(mode, CV_MODES, "interpolation") }));
  },
  "cv2.GaussianBlur": (m) => {
    // A size or a deviation of 0 is worked out from the other.
    const given = m.option<number[]>("ksize_wh", [0, 0]);
    const deviations = [m.option("sigma_x", 0), m.option("sigma_y", 0) || m.option("sigma_x", 0)];
    const [kx, ky] = given.map((k, axis) => k || Math.round(deviations[axis] * 8 + 1) | 1);
    const [sigmaX, sigmaY] = deviations.map((sigma, axis) => sigma || 0.3 * (([kx, ky][axis] - 1) / 2 - 1) + 0.8);
    const border = choose(
      m.option("border", "reflect101"),
      { constant: "zeros", replicate: "border", reflect101: "reflection" } as const,
      "border",
    );
    return run(m.input("image"), ag.gaussianBlur({ sigmaX, sigmaY, kernelSize: [ky, kx], padding: border }));
  },
  "cv2.cvtColor.RGB2GRAY": colour(() => ag.grayscale({ channels: 1 })),
};

/** Containers that apply their steps to whole images, one after the other. */
const CONTAINERS = /^(AugmentationSequential|RandAugment|TrivialAugment|AutoAugment(\..*)?)$/;

function pipelineEntry(item: Case): Entry {
  const container = String(item.container?.class ?? "AugmentationSequential");
  if (!CONTAINERS.test(container)) throw new NotImplementedYet(`container ${container}`);
  const unknown = item.pipeline!.filter((step) => !CLASSES[step.class]).map((step) => step.class);
  if (unknown.length) throw new NotImplementedYet(`augrad has no ${[...new Set(unknown)].join(", ")} yet`);
  return (m) => replayPipeline(m, (i, n) => CLASSES[item.pipeline![i].class]!(m, i, n));
}

const CLASSES: Record<string, ClassEntry | undefined> = {
  ColorJiggle: jitter([
    ["brightness_factor", 1, (x, factor) => run(x, ag.brightnessShift({ shift: shifted(factor, -1) }))],
    ["contrast_factor", 1, (x, factor) => run(x, ag.contrast({ factor, pivot: 0 }))],
    ["saturation_factor", 1, (x, factor) => run(x, ag.hsvSaturation({ factor }))],
    ["hue_factor", 0, turnHue],
  ]),
  ColorJitter: jitter([
    // (Kornia leaves its brightness out where all factors are 0, not where they are 1.)
    ["brightness_factor", 0, (x, factor) => run(x, ag.brightness({ factor }))],
    ["contrast_factor", 1, contrastAboutMean],
    ["saturation_factor", 1, grayBlend],
    ["hue_factor", 0, turnHue],
  ]),
  RandomBrightness: point((m, i, x) =>
    run(x, ag.brightnessShift({ shift: shifted(m.drawn(i, "brightness_factor"), -1), ...clipOf(m, i) })),
  ),
  RandomContrast: point((m, i, x) =>
    run(x, ag.contrast({ factor: m.drawn(i, "contrast_factor"), pivot: 0, ...clipOf(m, i) })),
  ),
  RandomSaturation: point((m, i, x) => run(x, ag.hsvSaturation({ factor: m.drawn(i, "saturation_factor") }))),
  RandomHue: point((m, i, x) => turnHue(x, m.drawn(i, "hue_factor"))),
  RandomGamma: point((m, i, x) =>
    run(x, ag.gamma({ gamma: m.drawn(i, "gamma_factor"), gain: m.drawn(i, "gain_factor") })),
  ),
  RandomInvert: point((m, i, x) => run(x, ag.invert({ max: m.setting(i, "max_val", 1) }))),
  RandomGrayscale: point((m, i, x) => {
    if (x.shape[1] !== 3) throw new NotImplementedYet("grey of an image that is not RGB");
    return run(x, ag.grayscale({ weights: m.setting<number[] | undefined>(i, "rgb_weights", undefined) }));
  }),
  RandomRGBShift: point((m, i, x) =>
    shiftRgb(
      x,
      ["r_shift", "g_shift", "b_shift"].map((name) => m.drawn(i, name)),
    ),
  ),
  Normalize: point((m, i, x) => run(x, ag.normalize(settled(m, i, x)))),
  Denormalize: point((m, i, x) => run(x, ag.denormalize(settled(m, i, x)))),
  RandomGaussianBlur: point((m, i, x) => {
    // With same_on_batch Kornia blurs every sample with the first one's deviation, which alone has the gradient.
    const same = m.setting(i, "same_on_batch", false) || m.item.container?.same_on_batch === true;
    const drawn = m.drawn(i, "sigma");
    const sigma = same ? ag.slice(drawn, 0, 0, 1) : drawn;
    const both = ag.reshape(sigma, [sigma.size, 1]);
    return blurred(
      x,
      ag.concat([both, both], 1),
      m.setting<number | Size>(i, "kernel_size", 3),
      lower(m.setting(i, "border_type", "reflect")),
    );
  }),
  RandomErasing: (m, i) => {
    const place = {
      x: m.drawn(i, "xs"),
      y: m.drawn(i, "ys"),
      width: m.drawn(i, "widths"),
      height: m.drawn(i, "heights"),
    };
    return {
      image: (x) => run(x, ag.erasing({ ...place, value: m.drawn(i, "values") })),
      mask: (x) => run(x, ag.erasing({ ...place, value: 0 })),
    };
  },

  RandomHorizontalFlip: sideways(ag.horizontalFlip, ([, w]) => [-1, 0, w - 1, 0, 1, 0, 0, 0, 1]),
  RandomVerticalFlip: sideways(ag.verticalFlip, ([h]) => [1, 0, 0, 0, -1, h - 1, 0, 0, 1]),
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
  RandomRotation: (m, i, n) => turned(m, i, n, scaled(m.drawn(i, "degrees"), RADIAN)),
  // Kornia rounds the number of quarters, so that no gradient reaches it.
  RandomRotation90: (m, i, n) =>
    turned(
      m,
      i,
      n,
      m.constant(
        m.drawnNumbers(i, "times").map((times) => (Math.round(times) * Math.PI) / 2),
        [n],
      ),
    ),
  RandomPerspective: async (m, i) => {
    const [from, to] = [m.drawn(i, "start_points"), m.drawn(i, "end_points")];
    const [mode, corners] = [lower(m.setting(i, "resample", "bilinear")), m.setting(i, "align_corners", false)];
    return {
      image: (x) => quadrangle(x, from, to, "perspective", { mode, corners }),
      mask: (x) => quadrangle(x, from, to, "perspective", { mode: "nearest", corners }),
      matrix: await homography(from, to),
      inverse: (x, back, isMask) => warped(x, back, "perspective", { mode: isMask ? "nearest" : mode, corners }),
      nearest: mode === "nearest",
    };
  },
  CenterCrop: (m, i) => cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true),
  RandomResizedCrop: (m, i) => cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true),
  // The image is padded first: its transform_matrix leaves that out, its labels do not.
  RandomCrop: async (m, i) => {
    const stage = await cropStage(m, i, pair(m.setting<number | number[]>(i, "size", 1)), true);
    const [left, right, top, bottom] = m.drawnNumbers(i, "padding_size");
    const mode = m.setting(i, "padding_mode", "constant");
    const pad = (x: Tensor) =>
      left || right || top || bottom ? padded(x, [left, right, top, bottom], mode, m.setting(i, "fill", 0)) : x;
    return { ...stage, image: (x) => stage.image(pad(x)), mask: (x) => stage.mask!(pad(x)), offset: [left, top] };
  },
  Resize: sized,
  LongestMaxSize: sized,
  SmallestMaxSize: sized,
  // Below and to the right; nothing moves.
  PadTo: (m, i) => {
    const [height, width] = pair(m.setting<number | number[]>(i, "size", 1));
    const pad = (x: Tensor) =>
      padded(
        x,
        [0, width - x.shape[3], 0, height - x.shape[2]],
        m.setting(i, "pad_mode", "constant"),
        m.setting(i, "pad_value", 0),
      );
    return { image: pad, mask: pad, inverse: (x, _, __, [h, w]) => window(x, 0, 0, [h, w]) };
  },
};
