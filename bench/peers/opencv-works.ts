/** The works of the catalogue in OpenCV.js, image by image, on float32. */
import type { Shape } from "../engine.ts";
import { LUMA, MEAN, STD } from "./constants.ts";
import type { Cv, Mat } from "./opencv-types.ts";
import { cropped, inverseRows } from "./rows.ts";

/** What a work does to image `i`; the result belongs to the scratch. */
export type CvWork = (x: Mat, i: number) => Mat;

/** Images between the operations, the same ones for every image of a batch. */
export class Scratch {
  readonly #cv: Cv;
  readonly #mats: Mat[] = [];
  readonly #plain = new Map<string, Mat>();
  #used = 0;

  constructor(cv: Cv) {
    this.#cv = cv;
  }

  next(): Mat {
    this.#mats[this.#used] ??= new this.#cv.Mat();
    return this.#mats[this.#used++];
  }

  /** All are free again. */
  reset(): void {
    this.#used = 0;
  }

  /** An image of one colour, in the size of another. */
  plain({ rows, cols }: Mat, colour: number[]): Mat {
    const key = `${rows} ${cols} ${colour}`;
    const found = this.#plain.get(key) ?? new this.#cv.Mat(rows, cols, this.#cv.CV_32FC3, colour);
    this.#plain.set(key, found);
    return found;
  }

  dispose(): void {
    for (const mat of [...this.#mats, ...this.#plain.values()]) mat.delete();
  }
}

/** @returns null where there is no such work */
export function cvWork(
  cv: Cv,
  scratch: Scratch,
  work: string,
  shape: Shape,
  parameters: Readonly<Record<string, Float32Array>>,
): CvWork | null {
  const [n, , h, w] = shape;
  const into = (operation: (y: Mat) => void): Mat => {
    const y = scratch.next();
    operation(y);
    return y;
  };
  /** An operation with a small matrix that lives as long. */
  const withMatrix = (rows: number, values: number[], operation: (m: Mat, y: Mat) => void): Mat => {
    const m = cv.matFromArray(rows, values.length / rows, cv.CV_64F, values);
    const y = into((result) => operation(m, result));
    m.delete();
    return y;
  };
  const number = (name: string, i: number) => parameters[name][i];

  const linear = (x: Mat, factor: number, offset: number) => into((y) => x.convertTo(y, -1, factor, offset));
  const atMost1 = (x: Mat) => into((y) => cv.threshold(x, y, 1, 0, cv.THRESH_TRUNC));
  const clip = (x: Mat) => into((y) => cv.threshold(atMost1(x), y, 0, 0, cv.THRESH_TOZERO));
  /** Channels times a matrix: three rows of three numbers and an offset. */
  const channels = (x: Mat, rows: number[]) => withMatrix(3, rows, (m, y) => cv.transform(x, y, m));

  const brightness = (x: Mat, b: number) => atMost1(linear(x, b, 0));
  const contrastAbout = (x: Mat, c: number, middle: number) => clip(linear(x, c, (1 - c) * middle));
  const saturation = (x: Mat, s: number) =>
    clip(
      channels(
        x,
        [0, 1, 2].flatMap((k) => [...LUMA.map((weight, from) => (1 - s) * weight + (from === k ? s : 0)), 0]),
      ),
    );
  const grey = (x: Mat) => channels(x, [...LUMA, 0, ...LUMA, 0, ...LUMA, 0]);
  const normalize = (x: Mat) =>
    channels(
      x,
      STD.flatMap((std, k) => [0, 1, 2].map((from) => (from === k ? 1 / std : 0)).concat(-MEAN[k] / std)),
    );

  const inHsv = (x: Mat, turns: number, factor = 1) => {
    const hsv = into((y) => cv.cvtColor(x, y, cv.COLOR_RGB2HSV));
    let moved = channels(hsv, [1, 0, 0, 360 * turns, 0, factor, 0, 0, 0, 0, 1, 0]);
    if (factor > 1) moved = into((y) => cv.min(moved, scratch.plain(moved, [1e9, 1, 1e9, 0]), y));
    return into((y) => cv.cvtColor(moved, y, cv.COLOR_HSV2RGB));
  };

  const linearInverse = cv.INTER_LINEAR | cv.WARP_INVERSE_MAP;
  const warpAffine = (x: Mat, row: number[], [height, width]: [number, number]) =>
    withMatrix(2, row.slice(0, 6), (m, y) =>
      cv.warpAffine(x, y, m, new cv.Size(width, height), linearInverse, cv.BORDER_CONSTANT, [0, 0, 0, 0]),
    );
  const warpPerspective = (x: Mat, row: number[]) =>
    withMatrix(3, [...row, 1], (m, y) =>
      cv.warpPerspective(x, y, m, new cv.Size(w, h), linearInverse, cv.BORDER_CONSTANT, [0, 0, 0, 0]),
    );
  const blur = (x: Mat, taps: number, sigma: number) =>
    into((y) => cv.GaussianBlur(x, y, new cv.Size(taps, taps), sigma, sigma, cv.BORDER_REFLECT_101));

  const colour: CvWork = (x, i) => {
    const bright = brightness(x, number("b", i));
    const mean = cv.mean(into((y) => cv.cvtColor(bright, y, cv.COLOR_RGB2GRAY)))[0];
    const saturated = saturation(contrastAbout(bright, number("c", i), mean), number("s", i));
    return normalize(inHsv(saturated, number("h", i)));
  };

  const { size, rows } = cropped(shape, parameters.on_flip ?? new Float32Array(n));
  const affineRows = parameters.matrix && inverseRows(parameters.matrix, 6);
  const croppedRows = parameters.on_flip && inverseRows(parameters.matrix, 6, rows);
  const perspectiveRows = parameters.homography && inverseRows(parameters.homography, 9);

  const eight: CvWork = (x, i) => {
    const on = (name: string) => number(`on_${name}`, i) > 0;
    let y = warpAffine(x, croppedRows[i], size);
    if (on("b")) y = brightness(y, number("b", i));
    if (on("c")) y = contrastAbout(y, number("c", i), 0.5);
    if (on("s")) y = saturation(y, number("s", i));
    if (on("grey")) y = grey(y);
    return normalize(y);
  };

  const choices: ((x: Mat, v: number) => Mat)[] = [
    brightness,
    (x, v) => contrastAbout(x, v, 0.5),
    saturation,
    (x, v) => inHsv(x, (v - 1) / 4),
    (x, v) => into((y) => cv.pow(x, v, y)),
    (x) => linear(x, -1, 1),
    grey,
    (x, v) => clip(linear(x, 1, v - 1)),
  ];

  const six: CvWork = (x, i) => {
    const [b, c, s, turns] = ["b", "c", "s", "h"].map((name) => number(name, i));
    const jiggled = inHsv(atMost1(linear(clip(linear(x, 1, b - 1)), c, 0)), turns, s);
    const flipped = into((y) => cv.flip(jiggled, y, 1));
    const seen = warpPerspective(warpAffine(flipped, affineRows[i], [h, w]), perspectiveRows[i]);
    const y = blur(seen, 5, number("sigma", i));
    const [left, top, width, height] = parameters.box.subarray(4 * i, 4 * i + 4);
    const part = y.roi(new cv.Rect(left, top, width, height));
    part.setTo([0, 0, 0, 0]);
    part.delete();
    return y;
  };

  const works: Record<string, CvWork> = {
    colour,
    affine: (x, i) => warpAffine(x, affineRows[i], [h, w]),
    eight,
    blur: (x, i) => blur(x, 31, number("sigma", i)),
    choice: (x, i) => choices[i % 8](x, number("v", i)),
    six,
  };
  return works[work] ?? null;
}
