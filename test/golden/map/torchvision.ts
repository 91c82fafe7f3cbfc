// torchvision.transforms.functional.

import * as ag from "../../../src/index.ts";
import { constant } from "../algebra.ts";
import { blurred, grayBlend, padded, quadrangle, run, type Size, torchvisionMatrix, window } from "../conventions.ts";
import { colour, graded, otherGrey, statistics, tvResize, tvSampling, tvWarp, value } from "../functions.ts";
import { NotImplementedYet } from "../material.ts";
import type { Operations } from "./family.ts";

export const operations: Operations = {
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
};
