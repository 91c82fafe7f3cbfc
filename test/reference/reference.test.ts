/** The reference is itself checked: against results of Kornia and torchvision, against identities and known numbers. */

import { describe, expect, it } from "vitest";
import { compareGradient, numericGradient, numericVjp } from "./difference.ts";
import { gaussianKernel } from "./families/filter.ts";
import fixtures from "./fixtures/libraries.json";
import {
  build,
  fromArray,
  type Image64,
  maxAbsDifference,
  pixel,
  randomImage,
  randomNumbers,
  type Shape4,
  type Transform64,
} from "./image.ts";
import { mapNames, maps, reference, referenceChain, rowsOf, run } from "./index.ts";
import { homography, inverse, type Matrix, multiply, type Size, transformPoint } from "./matrix.ts";
import { hsvToRgb, rgbToHsv } from "./pointwise.ts";
import { cubic, padIndex, roundHalfEven, sample } from "./sample.ts";
import { antialiasWeights } from "./warp.ts";

const make = (name: string, params: Transform64["params"] = {}, options: Transform64["options"] = {}): Transform64 => ({
  name,
  params,
  options,
});

const matrixOf = (
  name: string,
  params: Transform64["params"],
  options: Transform64["options"],
  size: Size,
  n: number,
): Matrix => maps[name].matrix(params, options, size, n);

const close = (a: Image64, b: Image64, tolerance = 1e-12): void => {
  expect(a.shape).toEqual(b.shape);
  expect(maxAbsDifference(a.data, b.data)).toBeLessThanOrEqual(tolerance);
};

const transposeOf = (x: Image64): Image64 =>
  build([x.shape[0], x.shape[1], x.shape[3], x.shape[2]], (n, c, i, j) => pixel(x, n, c, j, i));

describe("against Kornia and torchvision", () => {
  for (const fixture of fixtures.cases) {
    const x = fromArray(fixture.input.data, fixture.input.shape as Shape4);
    const transform = fixture.transform as unknown as Transform64;
    it(fixture.case, () => {
      close(run(transform, x), fromArray(fixture.output.data, fixture.output.shape as Shape4), fixture.tolerance);
    });
    const { gradients, weights } = fixture as { gradients?: Record<string, number[]>; weights?: number[] };
    if (gradients && weights)
      it(`${fixture.case}, gradients of the parameters`, () => {
        const numeric = numericVjp([transform], x, weights, { input: false });
        for (const [name, expected] of Object.entries(gradients)) {
          const found = numeric.params[0][name];
          // Kornia's affine matrix has two rows, ours three.
          const width = expected.length / found.gradient.length;
          const rows = found.gradient.map((r) => r.slice(0, width));
          expect(found.kinks.flatMap((r) => r.slice(0, width))).not.toContain(true);
          const scale = Math.max(1, ...expected.map(Math.abs));
          expect(maxAbsDifference(rows.flat(), expected) / scale).toBeLessThan(1e-6);
        }
      });
  }
});

describe("points", () => {
  const x = randomImage([2, 3, 5, 4], 1);
  it("do nothing at their neutral parameters", () => {
    for (const name of [
      "brightness",
      "brightnessShift",
      "contrast",
      "contrastAboutMean",
      "saturation",
      "hsvSaturation",
    ])
      close(reference[name](x, {}, {}), x);
    for (const name of ["hue", "gamma"]) close(reference[name](x, {}, {}), x);
  });
  it("return after their inverse", () => {
    const params = { mean: [[0.4, 0.5, 0.6]], std: [[0.2, 0.3, 0.4]] };
    close(referenceChain([make("normalize", params), make("denormalize", params)], x), x);
    close(referenceChain([make("invert"), make("invert")], x), x);
    close(referenceChain([make("hue", { turns: [[0.3], [0.8]] }), make("hue", { turns: [[0.7], [0.2]] })], x), x);
    for (let i = 0; i < 20; i++) {
      const draw = randomNumbers(i);
      const rgb = [draw(), draw(), draw()];
      expect(maxAbsDifference(hsvToRgb(rgbToHsv(rgb)), rgb)).toBeLessThan(1e-14);
    }
  });
  it("know these numbers", () => {
    const red = fromArray([1, 0, 0], [1, 3, 1, 1]);
    expect([...reference.hue(red, { turns: [[1 / 3]] }, {}).data].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([
      0, 1, 0,
    ]);
    expect(reference.grayscale(red, {}, { channels: 1 }).data[0]).toBe(0.299);
    const pixels = fromArray([0.2, 0.6], [1, 1, 1, 2]);
    const aboutMean = reference.contrastAboutMean(pixels, { factor: [[2]] }, {}).data;
    expect(maxAbsDifference(aboutMean, [0, 0.8])).toBeLessThan(1e-15);
    expect([...reference.contrast(pixels, { factor: [[2]], pivot: [[0]] }, {}).data]).toEqual([0.4, 1]);
    expect([...reference.brightness(pixels, { factor: [[2]] }, { clip: false }).data]).toEqual([0.4, 1.2]);
    expect(() => reference.hue(pixels, {}, {})).toThrow("3 channels");
  });
  it("apply their parameters per sample", () => {
    const y = reference.brightnessShift(x, { shift: [[0], [0.1]] }, { clip: false });
    expect(y.data[0]).toBe(x.data[0]);
    expect(y.data[60]).toBeCloseTo(x.data[60] + 0.1, 14);
  });
  it("erase a hard rectangle at integers and parts of pixels between", () => {
    const ones = build([1, 1, 3, 4], () => 1);
    const hard = reference.erasing(ones, { x: [[1]], y: [[1]], width: [[2]], height: [[1]], value: [[0]] }, {});
    expect([...hard.data]).toEqual([1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
    const soft = reference.erasing(ones, { x: [[0.25]], y: [[0]], width: [[1.5]], height: [[0.5]] }, {});
    expect([...soft.data.slice(0, 4)]).toEqual([0.625, 0.625, 1, 1]);
  });
});

describe("sampling", () => {
  it("pads", () => {
    const at = (padding: Parameters<typeof padIndex>[2]): number[] =>
      [-4, -2, -1, 0, 2, 3, 4, 6].map((i) => padIndex(i, 3, padding));
    expect(at("zeros")).toEqual([-1, -1, -1, 0, 2, -1, -1, -1]);
    expect(at("border")).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
    expect(at("reflection")).toEqual([0, 2, 1, 0, 2, 1, 0, 2]);
    expect(at("symmetric")).toEqual([2, 1, 0, 0, 2, 2, 1, 0]);
    expect(at("circular")).toEqual([2, 1, 2, 0, 2, 0, 1, 0]);
  });
  it("rounds halves to even", () => {
    expect([-1.5, -0.5, 0.5, 1.5, 2.5, 1.4].map(roundHalfEven)).toEqual([-2, 0, 0, 2, 2, 1]);
  });
  it("has weights that sum to one", () => {
    for (const a of [-0.5, -0.75])
      for (const t of [0, 0.2, 0.5, 0.9]) {
        const sum = cubic(1 + t, a) + cubic(t, a) + cubic(1 - t, a) + cubic(2 - t, a);
        expect(sum).toBeCloseTo(1, 14);
      }
    for (const [from, to] of [
      [17, 9],
      [10, 3],
      [5, 9],
    ])
      for (const filter of ["bilinear", "bicubic"] as const)
        for (const axis of antialiasWeights(from, to, filter))
          expect(axis.reduce((sum, [, w]) => sum + w, 0)).toBeCloseTo(1, 14);
    expect(gaussianKernel(5, 1.3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
  });
  it("fills tap by tap", () => {
    const ones = build([1, 1, 2, 2], () => 1);
    expect(sample(ones, 0, 0, -0.25, 0, "bilinear", "fill", 0.5)).toBe(0.875);
    expect(sample(ones, 0, 0, -0.25, 0, "bilinear", "zeros")).toBe(0.75);
    expect(sample(ones, 0, 0, Number.NaN, 0, "bilinear", "border")).toBe(0);
  });
});

describe("maps", () => {
  const x = randomImage([2, 2, 5, 7], 2);
  const neutral: Record<string, Transform64["params"]> = {
    perspective: { startPoints: [[0, 0, 6, 0, 6, 4, 0, 4]], endPoints: [[0, 0, 6, 0, 6, 4, 0, 4]] },
    warp: { matrix: [[1, 0, 0, 0, 1, 0, 0, 0, 1]] },
    warpAffine: { matrix: [[1, 0, 0, 0, 1, 0]] },
    cropAndResize: { box: [[0, 0, 7, 5]] },
    cropByBoxes: { srcBox: [[0, 0, 7, 5]], dstBox: [[0, 0, 7, 5]] },
    cropAt: { x: [[0]], y: [[0]] },
    resizedCrop: { area: [[1]], ratio: [[7 / 5]] },
  };
  const neutralOptions: Record<string, Transform64["options"]> = {
    rot90: { turns: 0 },
    dihedral: { turns: 0 },
    longestMaxSize: { maxSize: 7 },
    smallestMaxSize: { maxSize: 5 },
  };
  // What moves whole pixels to one another's places, and has no setting at which it does not.
  const swaps = mapNames.filter((name) => maps[name].inside && !(name in neutralOptions));
  it("are the identity at their neutral parameters", () => {
    for (const name of mapNames.filter((n) => !swaps.includes(n)))
      for (const interpolation of ["nearest", "bilinear", "bicubic"]) {
        const options = { ...(neutralOptions[name] ?? { width: 7, height: 5 }), interpolation };
        close(reference[name](x, neutral[name] ?? {}, options), x);
      }
  });
  it("swap pixels, and undo it the second time", () => {
    expect(swaps).toEqual(expect.arrayContaining(["horizontalFlip", "verticalFlip", "rot180", "transposeImage"]));
    for (const name of swaps) {
      expect(maxAbsDifference(reference[name](x, {}, {}).data, x.data), name).toBeGreaterThan(0.01);
      close(referenceChain([make(name), make(name)], x, { compose: false }), x, 0);
      close(referenceChain([make(name), make(name)], x), x, 0);
    }
    expect(pixel(reference.horizontalFlip(x, {}, {}), 0, 0, 1, 0)).toBe(pixel(x, 0, 0, 1, 6));
    expect(pixel(reference.verticalFlip(x, {}, {}), 0, 0, 0, 2)).toBe(pixel(x, 0, 0, 4, 2));
  });
  it("turn counter-clockwise as seen, exactly by quarters", () => {
    const square = fromArray([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    expect([...reference.rotate(square, { angle: [[90]] }, {}).data]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    const even = randomImage([1, 1, 6, 6], 3);
    close(reference.rotate(even, { angle: [[90]] }, {}), reference.verticalFlip(transposeOf(even), {}, {}), 0);
    close(reference.rotate(x, { angle: [[360], [-720]] }, {}), x, 0);
    const [u, v] = transformPoint(matrixOf("rotate", { angle: [[90]] }, {}, { width: 9, height: 9 }, 0), 4, 1);
    expect([u, v]).toEqual([1, 4]);
  });
  it("move content right and down", () => {
    const y = reference.translate(x, { x: [[1]], y: [[2], [0]] }, {});
    expect(pixel(y, 0, 0, 3, 4)).toBe(pixel(x, 0, 0, 1, 3));
    expect(pixel(y, 1, 0, 3, 4)).toBe(pixel(x, 1, 0, 3, 3));
    expect(pixel(y, 0, 0, 0, 0)).toBe(0);
  });
  it("crop, whole and fractional, and centre", () => {
    const y = reference.crop(x, { x: [[2]], y: [[1]] }, { width: 3, height: 2 });
    expect(y.shape).toEqual([2, 2, 2, 3]);
    expect(pixel(y, 1, 1, 1, 2)).toBe(pixel(x, 1, 1, 2, 4));
    const half = reference.crop(x, { x: [[0.5]] }, { width: 3, height: 2 });
    expect(pixel(half, 0, 0, 0, 0)).toBeCloseTo((pixel(x, 0, 0, 0, 0) + pixel(x, 0, 0, 0, 1)) / 2, 14);
    close(
      reference.centerCrop(x, {}, { width: 4, height: 3 }),
      reference.crop(x, { x: [[1]], y: [[1]] }, { width: 4, height: 3 }),
      0,
    );
  });
  it("agree with each other", () => {
    const size = { width: 7, height: 5 };
    const all = { angle: [[20]], x: [[1]], y: [[-2]], scaleX: [[1.2]], scaleY: [[0.8]], shearX: [[5]], shearY: [[-3]] };
    const parts = ["scale", "shear", "rotate", "translate"].map((name) =>
      matrixOf(
        name,
        {
          scale: { x: [[1.2]], y: [[0.8]] },
          shear: { x: [[5]], y: [[-3]] },
          rotate: { angle: [[20]] },
          translate: { x: [[1]], y: [[-2]] },
        }[name] as Transform64["params"],
        {},
        size,
        0,
      ),
    );
    const composed = parts.reduce((m, part) => multiply(part, m));
    expect(maxAbsDifference(matrixOf("affine", all, {}, size, 0), composed)).toBeLessThan(1e-14);
    expect(maxAbsDifference(multiply(composed, inverse(composed)), [1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeLessThan(1e-14);
  });
  it("take four points to four points", () => {
    const start = [0, 0, 6, 0.5, 6, 4, -1, 4];
    const end = [1, 0.5, 5, -1, 7, 5, 0, 3];
    const m = homography(start, end);
    for (let k = 0; k < 4; k++) {
      const [u, v] = transformPoint(m, start[2 * k], start[2 * k + 1]);
      expect(u).toBeCloseTo(end[2 * k], 12);
      expect(v).toBeCloseTo(end[2 * k + 1], 12);
    }
  });
  it("resize: averages by halves, picks by the half-pixel rule", () => {
    const ramp = fromArray([0, 1, 2, 3], [1, 1, 1, 4]);
    const two = { width: 2, height: 1 };
    expect([...reference.resize(ramp, {}, { ...two, antialias: false }).data]).toEqual([0.5, 2.5]);
    expect([...reference.resize(ramp, {}, { ...two, interpolation: "nearest" }).data]).toEqual([1, 3]);
    const antialiased = reference.resize(ramp, {}, two).data;
    expect(maxAbsDifference(antialiased, [5 / 7, 16 / 7])).toBeLessThan(1e-14);
    expect([...reference.resize(ramp, {}, { width: 8, height: 1 }).data]).toEqual([
      0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3,
    ]);
  });
  it("resize as a map equals resize as weights where nothing is anti-aliased", () => {
    const options = { width: 11, height: 9 };
    const asMap = referenceChain([make("resize", {}, options), make("horizontalFlip"), make("horizontalFlip")], x);
    close(asMap, reference.resize(x, {}, options), 1e-13);
  });
});

describe("chains", () => {
  const x = randomImage([2, 3, 6, 8], 4);
  const rotate = make("rotate", { angle: [[10], [-25]] });
  const shift = make("translate", { x: [[0.5]], y: [[1.25]] });
  it("compose consecutive maps into one resample", () => {
    const once = referenceChain([rotate, shift], x);
    const matrices = [0, 1].map((n) =>
      multiply(
        matrixOf("translate", shift.params, {}, { width: 8, height: 6 }, n),
        matrixOf("rotate", rotate.params, {}, { width: 8, height: 6 }, n),
      ),
    );
    close(once, reference.warp(x, { matrix: matrices }, {}));
    const twice = referenceChain([rotate, shift], x, { compose: false });
    expect(maxAbsDifference(once.data, twice.data)).toBeGreaterThan(0.01);
  });
  it("undo exactly when composed", () => {
    const back = make("rotate", { angle: [[-10], [25]] });
    close(referenceChain([rotate, back], x), x, 1e-12);
  });
  it("know which transforms share a row", () => {
    const smaller = make("resize", {}, { width: 4, height: 3 });
    const bigger = make("resize", {}, { width: 9, height: 9, padding: "zeros" });
    const border = make("rotate", { angle: [[5]] }, { padding: "border" });
    const flip = make("horizontalFlip");
    expect(rowsOf([flip, rotate, shift, make("brightness"), flip], 8, 6)).toEqual([3, 1, 1]);
    expect(rowsOf([rotate, border, flip, border], 8, 6)).toEqual([1, 3]);
    expect(rowsOf([rotate, smaller, bigger, rotate], 8, 6)).toEqual([1, 1, 2]);
    expect(referenceChain([rotate, smaller, bigger, rotate], x).shape).toEqual([2, 3, 9, 9]);
    close(referenceChain([rotate, shift], x, { rows: [2] }), referenceChain([rotate, shift], x), 0);
    expect(() => referenceChain([rotate, shift], x, { rows: [1] })).toThrow("rows cover 1 of 2");
  });
});

describe("windows", () => {
  it("blur: keep constants, spread a point, act per sample and axis", () => {
    const ones = build([2, 1, 5, 6], () => 1);
    for (const padding of ["reflection", "border", "circular"])
      close(reference.gaussianBlur(ones, { sigma: [[1], [2]] }, { kernelSize: [3, 5], padding }), ones);
    const point = build([2, 1, 5, 7], (_n, _c, i, j) => (i === 2 && j === 3 ? 1 : 0));
    const y = reference.gaussianBlur(
      point,
      { sigmaX: [[1], [0]], sigmaY: [[0], [2]] },
      { kernelSize: [5, 5], padding: "zeros" },
    );
    for (let k = 0; k < 5; k++) {
      expect(pixel(y, 0, 0, 2, k + 1)).toBeCloseTo(gaussianKernel(5, 1)[k], 15);
      expect(pixel(y, 1, 0, k, 3)).toBeCloseTo(gaussianKernel(5, 2)[k], 15);
    }
  });
});

describe("differences", () => {
  it("find the gradient of something smooth", () => {
    const values = Float64Array.from([0.3, -1.2, 2]);
    const result = numericGradient((v) => Math.sin(v[0]) + v[1] ** 3 * v[2], values);
    expect(maxAbsDifference(result.gradient, [Math.cos(0.3), 3 * 1.44 * 2, -1.728])).toBeLessThan(1e-8);
    expect(result.kinkCount).toBe(0);
  });
  it("flag kinks on and near the point, and jumps", () => {
    const near = Float64Array.from([0, 4e-6, 0.5, 0, 1]);
    const f = (v: Float64Array): number =>
      Math.abs(v[0]) + Math.max(v[1], 0) + Math.abs(v[2]) + (v[3] > 0 ? 1 : 0) + Math.min(v[4], 1);
    const result = numericGradient(f, near);
    expect([...result.kinks]).toEqual([1, 1, 0, 1, 1]);
    expect(result.kinkCount).toBe(4);
    const compared = compareGradient([9, 9, 1, 9, 9], result);
    expect(compared).toMatchObject({ compared: 1, leftOut: 4 });
    expect(compared.maxError).toBeLessThan(1e-9);
  });
  it("differentiate a chain in its input and its parameters", () => {
    const x = randomImage([2, 1, 3, 4], 5, 0.2, 0.8);
    const weights = randomImage([2, 1, 3, 4], 6, -1, 1).data;
    const factor = [[0.9], [1.1]];
    const result = numericVjp([make("brightness", { factor }), make("horizontalFlip")], x, weights);
    const mirrored = reference.horizontalFlip({ data: weights, shape: x.shape }, {}, {}).data;
    expect(result.kinkCount).toBe(0);
    for (let i = 0; i < 24; i++) expect(result.x.gradient[i]).toBeCloseTo(mirrored[i] * factor[i < 12 ? 0 : 1][0], 8);
    const expected = [0, 1].map((n) => {
      let sum = 0;
      for (let i = 12 * n; i < 12 * n + 12; i++) sum += mirrored[i] * x.data[i];
      return [sum];
    });
    expect(maxAbsDifference(result.params[0].factor.gradient.flat(), expected.flat())).toBeLessThan(1e-8);
  });
});
