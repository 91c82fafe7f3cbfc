/**
 * The transforms that OpenCV.js has as the same function of float32, by name; without those whose function is another one:
 * its Canny and CLAHE are of bytes, its median of 7 too, it has no antialiasing but areas, and its pyramids take every other pixel.
 */
import type { Task } from "../engine.ts";
import { LUMA } from "./constants.ts";
import type { Cv, Mat } from "./opencv-types.ts";
import type { CvWork, Scratch } from "./opencv-works.ts";
import { inverseRows } from "./rows.ts";

type Make = (tools: Tools) => CvWork;

/** What the functions below are made of. */
class Tools {
  readonly #made: Mat[] = [];
  constructor(
    readonly cv: Cv,
    private readonly scratch: Scratch,
    private readonly task: Task,
  ) {}

  /** The `k`-th number of a parameter, for sample `i`. */
  value(name: string, i: number, k = 0): number {
    const { parameters, settings = {}, shape } = this.task;
    const given = parameters[name];
    if (given) return given[(i * given.length) / shape[0] + k];
    const plain = settings[name];
    return Array.isArray(plain) ? plain[k] : Number(plain);
  }
  /** [height, width] of an option that may be one number for both. */
  window(): [number, number] {
    const size = this.task.settings!.kernelSize as number | [number, number];
    return Array.isArray(size) ? size : [size, size];
  }
  setting = (name: string) => this.task.settings![name];
  size = (): [h: number, w: number] => [this.task.shape[2], this.task.shape[3]];
  rows = (name: string, k: 6 | 9) =>
    inverseRows(
      Float32Array.from({ length: k * this.task.shape[0] }, (_, at) => this.value(name, Math.floor(at / k), at % k)),
      k,
    );

  into(operation: (y: Mat) => void): Mat {
    const y = this.scratch.next();
    operation(y);
    return y;
  }
  /** A small matrix that lives as long as the operation. */
  small(rows: number, values: number[], operation: (m: Mat, y: Mat) => void): Mat {
    const m = this.cv.matFromArray(rows, values.length / rows, this.cv.CV_64F, values);
    const y = this.into((result) => operation(m, result));
    m.delete();
    return y;
  }
  /** One that lives as long as the work. */
  lasting<T extends Mat>(mat: T): T {
    this.#made.push(mat);
    return mat;
  }
  dispose(): void {
    for (const mat of this.#made) mat.delete();
  }

  linear = (x: Mat, factor: number, offset: number) => this.into((y) => x.convertTo(y, -1, factor, offset));
  clip = (x: Mat) => {
    const most = this.into((y) => this.cv.threshold(x, y, 1, 0, this.cv.THRESH_TRUNC));
    return this.into((y) => this.cv.threshold(most, y, 0, 0, this.cv.THRESH_TOZERO));
  };
  /** Channels times three rows of three numbers and an offset. */
  channels = (x: Mat, rows: number[]) => this.small(3, rows, (m, y) => this.cv.transform(x, y, m));
  convert = (x: Mat, code: number) => this.into((y) => this.cv.cvtColor(x, y, code));
  warp = (x: Mat, row: number[], border: number) =>
    this.small(row.length === 8 ? 3 : 2, row.length === 8 ? [...row, 1] : row, (m, y) => {
      const { cv } = this;
      const [h, w] = this.size();
      const flags = cv.INTER_LINEAR | cv.WARP_INVERSE_MAP;
      const warp = row.length === 8 ? cv.warpPerspective : cv.warpAffine;
      warp(x, y, m, new cv.Size(w, h), flags, border, [0, 0, 0, 0]);
    });
}

const diagonal = (factors: number[], offsets: number[]) =>
  factors.flatMap((factor, k) => [0, 1, 2].map((from) => (from === k ? factor : 0)).concat(offsets[k]));
const three = (make: (k: number) => number) => [0, 1, 2].map(make);

const TURNS = 360;
const inHsv =
  (turns: (t: Tools, i: number) => number, factor: (t: Tools, i: number) => number): Make =>
  (t) =>
  (x, i) => {
    const hsv = t.convert(x, t.cv.COLOR_RGB2HSV);
    const moved = t.channels(hsv, diagonal([1, factor(t, i), 1], [TURNS * turns(t, i), 0, 0]));
    const [, s] = [0, t.into((y) => t.cv.threshold(moved, y, TURNS * 2, 0, t.cv.THRESH_TRUNC))];
    return t.convert(s, t.cv.COLOR_HSV2RGB);
  };

const convert =
  (code: keyof Cv & string, after?: number[], before?: number[]): Make =>
  (t) =>
  (x) => {
    const y = t.convert(before ? t.channels(x, before) : x, t.cv[code] as number);
    return after ? t.channels(y, after) : y;
  };

/** `how` a matrix is made for each sample: source to destination, two rows of three. */
const affine =
  (how: (t: Tools, i: number) => number[], border: "CONSTANT" | "REFLECT_101" | "REPLICATE" | "REFLECT"): Make =>
  (t) => {
    const rows: number[][] = [];
    return (x, i) => {
      rows[i] ??= inverseRows(Float32Array.from(how(t, i)), 6)[0].slice(0, 6);
      return t.warp(x, rows[i], t.cv[`BORDER_${border}`]);
    };
  };

function aboutCenter(t: Tools, [a, b, c, d]: number[]): number[] {
  const [h, w] = t.size();
  const [x, y] = [(w - 1) / 2, (h - 1) / 2];
  return [a, b, x - a * x - b * y, c, d, y - c * x - d * y];
}

const morphology =
  (
    operation:
      | "MORPH_ERODE"
      | "MORPH_DILATE"
      | "MORPH_OPEN"
      | "MORPH_CLOSE"
      | "MORPH_GRADIENT"
      | "MORPH_TOPHAT"
      | "MORPH_BLACKHAT",
  ): Make =>
  (t) => {
    const [h, w] = t.window();
    const element = t.lasting(t.cv.Mat.ones(h, w, t.cv.CV_8U));
    return (x) => t.into((y) => t.cv.morphologyEx(x, y, t.cv[operation], element));
  };

const filter =
  (values: (t: Tools, i: number) => number[]): Make =>
  (t) =>
  (x, i) => {
    const all = values(t, i);
    const [h] = t.window();
    const { cv } = t;
    return t.small(h, all, (m, y) => cv.filter2D(x, y, -1, m, new cv.Point(-1, -1), 0, cv.BORDER_REFLECT_101));
  };

const blurred = (t: Tools, x: Mat, i: number): Mat => {
  const { cv } = t;
  const [sx, sy] = [t.value("sigmaX", i), t.value("sigmaY", i)];
  const taps = (sigma: number) => 2 * Math.ceil(3 * sigma) + 1;
  return t.into((y) => cv.GaussianBlur(x, y, new cv.Size(taps(sx), taps(sy)), sx, sy, cv.BORDER_REFLECT_101));
};

const rectangle =
  (at: (t: Tools, i: number) => number[]): Make =>
  (t) =>
  (x, i) => {
    const part = x.roi(new t.cv.Rect(...(at(t, i) as [number, number, number, number])));
    const y = t.into((result) => part.copyTo(result));
    part.delete();
    return y;
  };

const TRANSFORMS: Record<string, Make> = {
  brightness: (t) => (x, i) => t.clip(t.linear(x, t.value("factor", i), 0)),
  brightnessShift: (t) => (x, i) => t.clip(t.linear(x, 1, t.value("shift", i))),
  contrast: (t) => (x, i) =>
    t.clip(t.linear(x, t.value("factor", i), (1 - t.value("factor", i)) * t.value("pivot", i))),
  contrastAboutMean: (t) => (x, i) => {
    const factor = t.value("factor", i);
    return t.clip(t.linear(x, factor, (1 - factor) * t.cv.mean(t.convert(x, t.cv.COLOR_RGB2GRAY))[0]));
  },
  saturation: (t) => (x, i) => {
    const s = t.value("factor", i);
    return t.clip(
      t.channels(
        x,
        three((k) => k).flatMap((k) => [...LUMA.map((weight, from) => (1 - s) * weight + (from === k ? s : 0)), 0]),
      ),
    );
  },
  hue: inHsv(
    (t, i) => t.value("turns", i),
    () => 1,
  ),
  gamma: (t) => (x, i) => t.clip(t.into((y) => t.cv.pow(x, t.value("gamma", i), y))),
  invert: (t) => (x, i) => t.linear(x, -1, t.value("max", i)),
  grayscale: (t) => (x, i) =>
    t.channels(
      x,
      three(() => 0).flatMap(() => [...three((k) => t.value("weights", i, k)), 0]),
    ),
  normalize: (t) => (x, i) => {
    const [mean, std] = ["mean", "std"].map((name) => three((k) => t.value(name, i, k)));
    return t.channels(
      x,
      diagonal(
        std.map((s) => 1 / s),
        mean.map((m, k) => -m / std[k]),
      ),
    );
  },
  denormalize: (t) => (x, i) =>
    t.channels(
      x,
      diagonal(
        three((k) => t.value("std", i, k)),
        three((k) => t.value("mean", i, k)),
      ),
    ),
  rgbShift: (t) => (x, i) =>
    t.clip(
      t.channels(
        x,
        diagonal(
          [1, 1, 1],
          ["red", "green", "blue"].map((name) => t.value(name, i)),
        ),
      ),
    ),
  colorMatrix: (t) => (x, i) =>
    t.channels(
      x,
      three((k) => k).flatMap((k) => [...three((from) => t.value("matrix", i, 3 * k + from)), t.value("offset", i, k)]),
    ),
  rgbToBgr: convert("COLOR_RGB2BGR"),
  threshold: (t) => (x, i) =>
    t.into((y) => t.cv.threshold(x, y, t.value("threshold", i), t.value("max", i), t.cv.THRESH_BINARY)),
  rgbToHsv: convert("COLOR_RGB2HSV", diagonal([1 / TURNS, 1, 1], [0, 0, 0])),
  hsvToRgb: convert("COLOR_HSV2RGB", undefined, diagonal([TURNS, 1, 1], [0, 0, 0])),
  rgbToHls: convert("COLOR_RGB2HLS", diagonal([1 / TURNS, 1, 1], [0, 0, 0])),
  hlsToRgb: convert("COLOR_HLS2RGB", undefined, diagonal([TURNS, 1, 1], [0, 0, 0])),
  rgbToXyz: convert("COLOR_RGB2XYZ"),
  xyzToRgb: convert("COLOR_XYZ2RGB"),
  rgbToLab: convert("COLOR_RGB2Lab"),
  rgbToLuv: convert("COLOR_RGB2Luv"),
  // OpenCV has Cr before Cb.
  rgbToYcbcr: convert("COLOR_RGB2YCrCb", [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
  ycbcrToRgb: (t) => (x) =>
    t.clip(t.convert(t.channels(x, [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]), t.cv.COLOR_YCrCb2RGB)),
  gaussianBlur: (t) => (x, i) => blurred(t, x, i),
  unsharpMask: (t) => (x, i) => {
    const amount = t.value("amount", i);
    return t.into((y) => t.cv.addWeighted(x, 1 + amount, blurred(t, x, i), -amount, 0, y));
  },
  boxBlur: (t) => (x) => {
    const [h, w] = t.window();
    return t.into((y) => t.cv.blur(x, y, new t.cv.Size(w, h), new t.cv.Point(-1, -1), t.cv.BORDER_REFLECT_101));
  },
  bilateralBlur: (t) => (x, i) =>
    t.into((y) =>
      t.cv.bilateralFilter(
        x,
        y,
        t.window()[0],
        t.value("sigmaColor", i),
        t.value("sigmaX", i),
        t.cv.BORDER_REFLECT_101,
      ),
    ),
  filter2d: filter((t, i) => Array.from({ length: t.window()[0] * t.window()[1] }, (_, k) => t.value("kernel", i, k))),
  laplacian: filter((t) => {
    const [h, w] = t.window();
    return Array.from({ length: h * w }, (_, k) => (k === (h * w - 1) / 2 ? 1 - h * w : 1));
  }),
  sobel: (t) => (x) => {
    const { cv } = t;
    const along = (dx: number) => t.into((y) => cv.Sobel(x, y, cv.CV_32F, dx, 1 - dx, 3, 1, 0, cv.BORDER_REPLICATE));
    const [gx, gy] = [along(1), along(0)];
    return t.into((y) => cv.magnitude(gx, gy, y));
  },
  erosion: morphology("MORPH_ERODE"),
  dilation: morphology("MORPH_DILATE"),
  opening: morphology("MORPH_OPEN"),
  closing: morphology("MORPH_CLOSE"),
  morphologicalGradient: morphology("MORPH_GRADIENT"),
  topHat: morphology("MORPH_TOPHAT"),
  bottomHat: morphology("MORPH_BLACKHAT"),
  horizontalFlip: (t) => (x) => t.into((y) => t.cv.flip(x, y, 1)),
  verticalFlip: (t) => (x) => t.into((y) => t.cv.flip(x, y, 0)),
  rot90: (t) => (x) =>
    t.into((y) =>
      t.cv.rotate(x, y, t.setting("turns") === -1 ? t.cv.ROTATE_90_CLOCKWISE : t.cv.ROTATE_90_COUNTERCLOCKWISE),
    ),
  rot180: (t) => (x) => t.into((y) => t.cv.rotate(x, y, t.cv.ROTATE_180)),
  transposeImage: (t) => (x) => t.into((y) => t.cv.transpose(x, y)),
  crop: rectangle((t, i) => [
    t.value("x", i),
    t.value("y", i),
    Number(t.setting("width")),
    Number(t.setting("height")),
  ]),
  centerCrop: rectangle((t) => {
    const [[h, w], width, height] = [t.size(), Number(t.setting("width")), Number(t.setting("height"))];
    return [(w - width) / 2, (h - height) / 2, width, height];
  }),
  erasing: (t) => (x, i) => {
    const y = t.into((result) => x.copyTo(result));
    const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => t.value(name, i));
    const part = y.roi(new t.cv.Rect(left, top, width, height));
    part.setTo([0, 1, 2, 3].map(() => t.value("value", i)));
    part.delete();
    return y;
  },
  rotate: affine((t, i) => {
    const angle = (t.value("angle", i) * Math.PI) / 180;
    return aboutCenter(t, [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle)]);
  }, "REFLECT_101"),
  translate: affine((t, i) => [1, 0, t.value("x", i), 0, 1, t.value("y", i)], "REPLICATE"),
  scale: affine((t, i) => aboutCenter(t, [t.value("x", i), 0, 0, t.value("y", i)]), "REFLECT"),
  warpAffine: affine((t, i) => Array.from({ length: 6 }, (_, k) => t.value("matrix", i, k)), "CONSTANT"),
  warp: (t) => {
    const rows = t.rows("matrix", 9);
    return (x, i) => t.warp(x, rows[i], t.cv.BORDER_CONSTANT);
  },
  remap: (t) => {
    const [h, w] = t.size();
    const places = t.setting("field") as Float32Array;
    const plane = (k: number) =>
      t.lasting(t.cv.matFromArray(h, w, t.cv.CV_32F, places.subarray(k * h * w, (k + 1) * h * w)));
    const [across, down] = [plane(0), plane(1)];
    return (x) =>
      t.into((y) => t.cv.remap(x, y, across, down, t.cv.INTER_LINEAR, t.cv.BORDER_REFLECT_101, [0, 0, 0, 0]));
  },
};

/** Whether OpenCV.js has the transform. */
export const cvHas = (name: string): boolean => Object.hasOwn(TRANSFORMS, name);

/** The transform for every image of a task, and how its matrices are given back. */
export function cvTransform(cv: Cv, scratch: Scratch, name: string, task: Task): { work: CvWork; dispose(): void } {
  const tools = new Tools(cv, scratch, task);
  return { work: TRANSFORMS[name](tools), dispose: () => tools.dispose() };
}
