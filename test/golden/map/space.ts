// Colour spaces: of Kornia's color, and of OpenCV's cvtColor.
//
//  - Kornia's hue is an angle in radians; OpenCV's, of float images, in degrees; augrad's in turns.
//  - OpenCV's L*a*b* and L*u*v* are those of Kornia, its YCrCb has the two chromas the other way around.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { run } from "../conventions.ts";
import { clip, colour, type Entry } from "../functions.ts";
import { type Material, NotImplementedYet } from "../material.ts";
import type { Operations } from "./family.ts";

/** Multiplies the first channel. */
const unitsOfHue = (x: Tensor, factor: number): Tensor =>
  run(x, ag.denormalize({ mean: [0, 0, 0], std: [factor, 1, 1] }));

/** A conversion from RGB whose first channel is a hue, or one to it, with the hue of the other library. */
const toHue =
  (make: () => Transform, turn: number): Entry =>
  (m) =>
    unitsOfHue(run(m.input(), make()), turn);
const fromHue =
  (make: () => Transform, turn: number): Entry =>
  (m) =>
    run(unitsOfHue(m.input(), 1 / turn), make());

/** Channels in another order. */
const ordered = (x: Tensor, order: readonly number[]): Tensor =>
  ag.concat(
    order.map((c) => ag.slice(x, 1, c, c + 1)),
    1,
  );

const plain = (make: () => Transform): Entry => colour(() => make());
const RADIANS = 2 * Math.PI;

/** Kornia divides every channel of every sample by its own maximum, unless told otherwise. */
function sepia(m: Material): Tensor {
  const y = run(m.input(), ag.sepia());
  if (!m.option("rescale", true)) return y;
  const [n, c, h, w] = y.shape;
  const most = ag.max(ag.reshape(y, [n, c, h * w]), 2);
  return ag.div(y, ag.reshape(ag.add(most, m.option("eps", 1e-6)), [n, c, 1, 1]));
}

/** Kornia calls a pattern by the pixel at (1, 1) and its neighbour to the right. */
const PATTERNS = { BG: "rggb", GB: "grbg", RG: "bggr", GR: "gbrg" } as const;
const patternOf = (m: Material) => ({
  pattern: PATTERNS[m.option<keyof typeof PATTERNS>("cfa", "BG")],
});

/** Kornia's tables have 64 colours, between which it interpolates as a resize does; they are looked up by steps, with 1 the last but one. */
function coloured(m: Material): Tensor {
  const x = m.input(m.item.inputs.input_tensor ? "input_tensor" : "image");
  const name = String(m.option("colormap", "viridis")).toLowerCase();
  const colors = m.option("num_colors", 64);
  const base = ag.colormap(name === "brg" ? "brg" : (name as ag.ColormapName), 64);
  const resized = base.map((row) =>
    Array.from({ length: colors }, (_, i) => {
      const at = Math.min(Math.max(((i + 0.5) * 64) / colors - 0.5, 0), 63);
      const low = Math.min(Math.floor(at), 62);
      return row[low] + (at - low) * (row[low + 1] - row[low]);
    }),
  );
  // The place is ⌈x · (colors − 2)⌉, of the entries up to the last but one.
  const steps = colors - 2;
  const moved = run(x, ag.brightnessShift({ shift: (0.5 - 1e-4) / steps, clip: false }));
  return ag.applyColormap(
    moved,
    resized.map((row) => row.slice(0, colors - 1)),
    { interpolation: "nearest" },
  );
}

const backgroundOf = (m: Material): Tensor | [number, number, number] =>
  m.has("background_color") ? ag.reshape(m.param("background_color"), [1, 3, 1, 1]) : [1, 1, 1];
const alphaOf = (m: Material): Tensor | number =>
  m.item.inputs.alpha_val ? m.input("alpha_val") : m.option("alpha_val", 1);

export const operations: Operations = {
  "color.rgb_to_hsv": toHue(ag.rgbToHsv, RADIANS),
  "color.hsv_to_rgb": fromHue(ag.hsvToRgb, RADIANS),
  "color.hsv_to_rgb.wide": fromHue(ag.hsvToRgb, RADIANS),
  "color.rgb_to_hls": toHue(ag.rgbToHls, RADIANS),
  "color.hls_to_rgb": fromHue(ag.hlsToRgb, RADIANS),
  "color.rgb_to_lab": plain(ag.rgbToLab),
  "color.lab_to_rgb": colour((m) => ag.labToRgb({ clip: m.option("clip", true) })),
  "color.lab_to_rgb.clip": colour((m) => ag.labToRgb({ clip: m.option("clip", true) })),
  "color.rgb_to_luv": plain(ag.rgbToLuv),
  "color.luv_to_rgb": plain(ag.luvToRgb),
  "color.rgb_to_xyz": plain(ag.rgbToXyz),
  "color.xyz_to_rgb": plain(ag.xyzToRgb),
  "color.rgb_to_ycbcr": plain(ag.rgbToYcbcr),
  "color.ycbcr_to_rgb": plain(ag.ycbcrToRgb),
  "color.rgb_to_yuv": plain(ag.rgbToYuv),
  "color.yuv_to_rgb": plain(ag.yuvToRgb),
  "color.rgb_to_linear_rgb": plain(ag.rgbToLinearRgb),
  "color.linear_rgb_to_rgb": plain(ag.linearRgbToRgb),
  "color.rgb_to_y": plain(() => ag.grayscale({ channels: 1 })),
  "color.grayscale_to_rgb": (m) => ag.grayscaleToRgb(m.input()),
  "color.rgb_to_bgr": plain(ag.rgbToBgr),
  "color.bgr_to_rgb": plain(ag.rgbToBgr),
  "color.bgr_to_grayscale": (m) => run(m.input(), ag.rgbToBgr(), ag.grayscale({ channels: 1 })),
  "color.rgb_to_rgb255": plain(ag.rgbToRgb255),
  "color.rgb255_to_rgb": plain(ag.rgb255ToRgb),
  "color.normals_to_rgb255": plain(ag.normalsToRgb255),
  "color.rgb255_to_normals": plain(ag.rgb255ToNormals),
  "color.rgb_to_raw": colour((m) => ag.rgbToRaw(patternOf(m))),
  "color.raw_to_rgb": (m) => ag.rawToRgb(m.input(), patternOf(m).pattern),
  "color.sepia": sepia,
  "color.rgb_to_yuv420": (m) => ({ outputs: { ...ag.rgbToYuv420(m.input()) } }),
  "color.rgb_to_yuv422": (m) => ({ outputs: { ...ag.rgbToYuv422(m.input()) } }),
  "color.yuv420_to_rgb": (m) => ag.yuv420ToRgb(m.input("y"), m.input("uv")),
  "color.yuv422_to_rgb": (m) => ag.yuv422ToRgb(m.input("y"), m.input("uv")),
  "color.raw_to_rgb_2x2_downscaled": (m) => ag.rawToRgbHalved(m.input(), patternOf(m).pattern),
  "color.rgb_to_rgba": (m) => ag.rgbToRgba(m.input(), alphaOf(m)),
  "color.bgr_to_rgba": (m) => ag.bgrToRgba(m.input(), alphaOf(m)),
  "color.rgba_to_rgb": (m) => ag.rgbaToRgb(m.input(), backgroundOf(m)),
  "color.rgba_to_bgr": (m) => ag.rgbaToBgr(m.input()),
  "color.apply_colormap": coloured,
  "enhance.adjust_log": colour((m) => {
    const { gain, inv } = { gain: m.has("gain") ? m.param("gain") : 1, inv: m.option("inv", false) };
    return ag.adjustLog({ gain, inverse: inv, ...clip(m) });
  }),

  "cv2.cvtColor.RGB2HSV": toHue(ag.rgbToHsv, 360),
  "cv2.cvtColor.HSV2RGB": fromHue(ag.hsvToRgb, 360),
  "cv2.cvtColor.RGB2HLS": toHue(ag.rgbToHls, 360),
  "cv2.cvtColor.HLS2RGB": fromHue(ag.hlsToRgb, 360),
  // Kornia's agrees with augrad's to 1e-6, and OpenCV's own way back does.
  "cv2.cvtColor.RGB2Lab": () => {
    throw new NotImplementedYet(
      "OpenCV's L*a*b* differs by up to 0.29 from the formula, perhaps by the table in which it looks it up",
    );
  },
  "cv2.cvtColor.Lab2RGB": plain(ag.labToRgb),
  "cv2.cvtColor.RGB2Luv": plain(ag.rgbToLuv),
  "cv2.cvtColor.Luv2RGB": plain(ag.luvToRgb),
  "cv2.cvtColor.RGB2XYZ": plain(ag.rgbToXyz),
  "cv2.cvtColor.XYZ2RGB": plain(ag.xyzToRgb),
  "cv2.cvtColor.RGB2YCrCb": (m) => ordered(run(m.input(), ag.rgbToYcbcr()), [0, 2, 1]),
  "cv2.cvtColor.YCrCb2RGB": (m) => run(ordered(m.input(), [0, 2, 1]), ag.ycbcrToRgb()),
};
