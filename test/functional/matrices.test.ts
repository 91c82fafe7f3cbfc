import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";
import { about, type Matrix, product, samples, solved } from "./matrix.ts";

const device = testGpu();
const learned = (data: ag.Values, shape?: ag.Shape) => ag.parameter(device.gpu, data, shape);
const RADIANS = Math.PI / 180;

const turned = (angle: number) => {
  const [c, s] = [Math.cos(angle * RADIANS), Math.sin(angle * RADIANS)];
  return [c, s, -s, c];
};
const times = ([a, b, c, d]: readonly number[], [x, y]: readonly number[]) => [a * x, b * y, c * x, d * y];
const slanted = ([x, y]: readonly number[]) => [1, Math.tan(x * RADIANS), Math.tan(y * RADIANS), 1];
const two = (a: readonly number[], b: readonly number[]): Matrix =>
  product([...a.slice(0, 2), 0, ...a.slice(2), 0, 0, 0, 1], [...b.slice(0, 2), 0, ...b.slice(2), 0, 0, 0, 1]);

describe("affine matrices", () => {
  const center = () => learned([[3.5, 7.25], [6, -2.5], [1, 2]]); // biome-ignore format: a row for each sample
  const angle = () => learned([33, -120.5, 250]);
  const pairs = () => learned([[1.3, 0.8], [0.7, -1.6], [2.1, 1.2]]); // biome-ignore format: a row for each sample

  test("getRotationMatrix2d: value and gradients", async () => {
    await ag.assertGradients((c, a, s) => ag.getRotationMatrix2d(c, a, s), [center(), angle(), pairs()], {
      reference: ([c, a, s]) =>
        samples(c, 2).flatMap((at, n) => about(times(turned(a[n]), samples(s, 2)[n]), at).slice(0, 6)),
    });
  });

  test("getAffineMatrix2d: value and gradients", async () => {
    const shear = learned([[12, -7], [31, 4], [-22, 18]]); // biome-ignore format: a row for each sample
    await ag.assertGradients(
      (translation, c, scale, a, sh) => ag.getAffineMatrix2d({ translation, center: c, scale, angle: a, shear: sh }),
      [learned([[1, 2], [-3, 0.5], [4, 4]]), center(), pairs(), angle(), shear], // biome-ignore format: a row for each sample
      {
        reference: ([t, c, s, a, sh]) =>
          samples(c, 2).flatMap((at, n) => {
            const m = two(turned(a[n]), slanted(samples(sh, 2)[n]));
            const l = times([m[0], m[1], m[3], m[4]], samples(s, 2)[n]);
            return about(l, at, samples(t, 2)[n]);
          }),
      },
    );
  });

  test("getShearMatrix2d and getTranslationMatrix2d: value and gradients", async () => {
    await ag.assertGradients(
      (c, s) => ag.getShearMatrix2d(c, s),
      [
        center(),
        learned([
          [12, -7],
          [31, 4],
          [-22, 18],
        ]),
      ],
      {
        // biome-ignore format: a row for each sample
        reference: ([c, s]) => samples(c, 2).flatMap((at, n) => about(slanted(samples(s, 2)[n]), at)),
      },
    );
    await ag.assertGradients(
      (t) => ag.getTranslationMatrix2d(t),
      [
        learned([
          [1.5, -2],
          [0, 7],
        ]),
      ],
      {
        // biome-ignore format: a row for each sample
        reference: ([t]) => samples(t, 2).flatMap((by) => about([1, 0, 0, 1], [0, 0], by)),
      },
    );
  });

  test("numbers and single tensors serve all samples; quarter turns are exact", async () => {
    const one = ag.getRotationMatrix2d([2, 3], ag.tensor(device.gpu, 90));
    expect(one.shape).toEqual([1, 2, 3]);
    expect([...(await one.read())].map((v) => v + 0)).toEqual([0, 1, -1, -1, 0, 5]);
    const many = ag.getAffineMatrix2d({
      center: ag.tensor(device.gpu, [1, 1]),
      angle: ag.tensor(device.gpu, [0, 180]),
      scale: 2,
    });
    expect([...(await many.read())].map((v) => v + 0)).toEqual([
      2, 0, -1, 0, 2, -1, 0, 0, 1, -2, 0, 3, 0, -2, 3, 0, 0, 1,
    ]);
  });

  test("they are the matrices of the transforms of these names", async () => {
    const x = ag.tensor(device.gpu, values(2 * 35, 0, 1, 3), [2, 1, 5, 7]);
    const [a, c] = [ag.tensor(device.gpu, [20, -75]), ag.tensor(device.gpu, [[3, 2], [2.5, 1]])]; // biome-ignore format: a row for each sample
    const warped = await ag.apply(x, [ag.warpAffine({ matrix: ag.getRotationMatrix2d(c, a) })]).read();
    const [centerX, centerY] = [0, 1].map((i) => ag.reshape(ag.slice(c, 1, i, i + 1), [2]));
    const rotated = await ag.apply(x, [ag.rotate({ angle: a, centerX, centerY })]).read();
    for (const [i, v] of warped.entries()) expect(v).toBeCloseTo(rotated[i], 5);
  });

  test("what does not fit is refused", () => {
    const t = ag.zeros(device.gpu, [3]);
    expect(() => ag.getRotationMatrix2d([0, 0], 30)).toThrow(/numbers alone; allowed is at least one tensor/);
    expect(() => ag.getRotationMatrix2d(t, 30)).toThrow(
      /center of getRotationMatrix2d\(\): got \[3\]; allowed is \[2\], or \[N, 2\]/,
    );
    expect(() => ag.getRotationMatrix2d([0, Number.NaN], t)).toThrow(/center of getRotationMatrix2d\(\)/);
    expect(() => ag.getRotationMatrix2d(ag.zeros(device.gpu, [2, 2]), t)).toThrow(/values for 1 or 3 samples/);
    expect(() => ag.getAffineMatrix2d({ turn: t } as never)).toThrow(
      /allowed is translation, center, scale, angle, shear/,
    );
  });
});

describe("getPerspectiveTransform", () => {
  const from = [[0.5, 1], [10, -0.5], [11, 8.5], [-1, 9], [0, 0], [20, 1], [19, 16], [2, 14]]; // biome-ignore format: points
  const to = [[1, 0.5], [9, 1], [10, 7], [0.5, 10], [-3, 1], [22, -2], [20, 19], [1, 12]]; // biome-ignore format: points

  /** Eight equations for the first eight elements. */
  const homography = (a: readonly number[], b: readonly number[]): Matrix => {
    const rows = [0, 1, 2, 3].flatMap((i) => {
      const [x, y, u, v] = [a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]];
      return [x, y, 1, 0, 0, 0, -u * x, -u * y, 0, 0, 0, x, y, 1, -v * x, -v * y];
    });
    return [...solved(rows, b, 8, 1), 1];
  };

  test("value and gradients", async () => {
    const [a, b] = [from, to].map((points) => learned(points.flat(), [2, 4, 2]));
    await ag.assertGradients((s, e) => ag.getPerspectiveTransform(s, e), [a, b], {
      reference: ([s, e]) => samples(s, 8).flatMap((q, n) => homography(q, samples(e, 8)[n])),
    });
  });

  test("it is what perspective does with the points, and numbers serve all samples", async () => {
    const starts = from.slice(0, 4) as [number, number][];
    const e = ag.tensor(device.gpu, to.flat(), [2, 4, 2]);
    const m = ag.getPerspectiveTransform(starts, e);
    const moved = await ag.transformPoints(m, ag.tensor(device.gpu, starts)).read();
    for (const [i, v] of moved.entries()) expect(v).toBeCloseTo(to.flat()[i], 4);
  });

  test("three points on a line: refused as numbers, NaN or infinite as a tensor, for that sample alone", async () => {
    const line = [[0, 0], [1, 1], [2, 2], [0, 3]] as [number, number][]; // biome-ignore format: points
    const e = ag.tensor(device.gpu, to.slice(0, 4));
    expect(() => ag.getPerspectiveTransform(line, e)).toThrow(/no three of them on one line/);
    const flat = [[0, 0], [2, 2], [1, 1], [3, 3]]; // biome-ignore format: points
    const s = ag.parameter(device.gpu, [...flat, ...from.slice(0, 4)].flat(), [2, 4, 2]);
    const m = ag.getPerspectiveTransform(s, e);
    ag.backward(ag.sum(m));
    const [read, gradient] = [await m.read(), await s.grad!.read()];
    expect(read.slice(0, 9).every(Number.isFinite)).toBe(false);
    expect([...read.slice(9), ...gradient.slice(8)].every(Number.isFinite)).toBe(true);
  });
});

describe("solve and inverse", () => {
  test("value and gradients, with rows to exchange", async () => {
    for (const [n, k] of [
      [1, 1],
      [3, 2],
      [6, 1],
    ] as const) {
      // biome-ignore format: pairs
      const data = values(2 * n * n, -1, 1, n).map((v, i) => (Math.floor((i % (n * n)) / n) === (i % n) ? 0.05 * v : v + 0.3 * Math.sign(v)));
      if (n === 1) data.fill(0.7);
      const [a, b] = [learned(data, [2, n, n]), learned(values(2 * n * k, -1, 1, 9), [2, n, k])];
      await ag.assertGradients((m, r) => ag.solve(m, r), [a, b], {
        tolerance: 1e-3,
        reference: ([m, r]) => samples(m, n * n).flatMap((one, i) => solved(one, samples(r, n * k)[i], n, k)),
      });
      const identity = Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
      await ag.assertGradients((m) => ag.inverse(m), [a], {
        tolerance: 1e-3,
        reference: ([m]) => samples(m, n * n).flatMap((one) => solved(one, identity, n, n)),
      });
    }
  });

  test("a singular system spoils no other, and right sides broadcast", async () => {
    const a = learned([1, 2, 2, 4, 2, 0, 0, 4], [2, 2, 2]);
    const x = ag.solve(a, ag.tensor(device.gpu, [[2], [4]]));
    expect(x.shape).toEqual([2, 2, 1]);
    ag.backward(ag.sum(x));
    const [read, gradient] = [await x.read(), await a.grad!.read()];
    expect([...read.slice(2)]).toEqual([1, 1]);
    expect([...gradient.slice(4)]).toEqual([-0.5, -0.5, -0.25, -0.25]);
    expect(() => ag.inverse(ag.zeros(device.gpu, [2, 3]))).toThrow(/square matrices/);
    expect(() => ag.solve(a, ag.zeros(device.gpu, [3, 1]))).toThrow(
      /b of solve\(\): got \[3, 1\]; allowed is \[\.\.\., 2, k\]/,
    );
  });

  test("invertAffineTransform and convertAffinematrixToHomography: value and gradients", async () => {
    const m = learned([[1.1, 0.3, -4, -0.2, 0.9, 2], [0.4, -1, 3, 1.2, 0.1, 0.5]].flat(), [2, 2, 3]); // biome-ignore format: matrices
    const whole = (one: number[]) => [...one, 0, 0, 1];
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    await ag.assertGradients(ag.invertAffineTransform, [m], {
      reference: ([v]) => samples(v, 6).flatMap((one) => solved(whole(one), identity, 3, 3).slice(0, 6)),
    });
    await ag.assertGradients(ag.convertAffinematrixToHomography, [m], {
      reference: ([v]) => samples(v, 6).flatMap(whole),
    });
  });
});
