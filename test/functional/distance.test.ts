import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/**
 * The cascade of convolutions as it is written, in float64. Where the image is 0, more of it makes a jump: neighbours see something
 * sooner. With the steps that another image took, it has the slope that the gradient is of.
 */
function cascade(
  image: ArrayLike<number>,
  [n, c, h, w]: readonly number[],
  { kernelSize: size = 3, h: softness = 0.35 }: ag.DistanceTransformOptions,
  taken?: Int32Array,
) {
  const radius = (size - 1) / 2;
  const out = new Float64Array(n * c * h * w);
  const steps = new Int32Array(out.length).fill(-1);
  const clip = (v: number, most: number) => Math.min(Math.max(v, 0), most);
  let boundary = Float64Array.from(image);
  for (let i = 0; i < Math.ceil(Math.max(h, w) / radius); i++) {
    const next = [...boundary];
    for (let at = 0; at < out.length; at++) {
      const [x, y] = [at % w, Math.floor(at / w) % h];
      let sum = 0;
      for (let dy = -radius; dy <= radius; dy++)
        for (let dx = -radius; dx <= radius; dx++) {
          const seen = at - y * w - x + clip(y + dy, h - 1) * w + clip(x + dx, w - 1);
          sum += boundary[seen] * Math.exp(-Math.hypot(dx, dy) / softness);
        }
      const d = -softness * Math.log(sum);
      if (taken ? taken[at] !== i : !(d > 0 && d < Infinity)) continue;
      out[at] += i * radius + d;
      next[at] = 1;
      steps[at] = i;
    }
    boundary = Float64Array.from(next);
  }
  return { out, steps };
}

/** Mostly nothing; here and there a little, so that it is away from sums of 1. */
const sparse = (size: number, seed: number) => values(size, -1, 1, seed).map((v) => (v > 0.8 ? v - 0.5 : 0));

async function transformed(image: readonly number[], shape: readonly number[], options = {}): Promise<number[]> {
  return [...(await ag.distanceTransform(ag.tensor(device.gpu, image, shape), options).read())];
}

describe("distanceTransform", () => {
  const cases = [
    { shape: [2, 2, 9, 7], options: {} },
    { shape: [1, 1, 8, 13], options: { kernelSize: 5, h: 0.5 } },
    { shape: [2, 1, 4, 6], options: { kernelSize: 7, h: 0.6 } },
    { shape: [1, 1, 1, 11], options: { kernelSize: 3, h: 0.35 } },
    { shape: [1, 2, 3, 2], options: { kernelSize: 9, h: 1 } },
  ];
  for (const [i, { shape, options }] of cases.entries())
    test(`${shape.join("x")} ${JSON.stringify(options)}: value and gradient`, async () => {
      const size = shape.reduce((a, b) => a * b);
      for (const numbers of [sparse(size, i + 1), values(size, 0.01, 0.2, i + 1)]) {
        const { out, steps } = cascade(numbers, shape, options);
        const image = ag.parameter(device.gpu, numbers, shape);
        const y = await ag.distanceTransform(image, options).read();
        for (const [at, v] of y.entries()) expect(v).toBeCloseTo(out[at], 4);
        await ag.assertGradients((x) => ag.distanceTransform(x, options), [image], {
          reference: ([x]) => cascade(x, shape, options, steps).out,
          step: 1e-7,
        });
      }
    });

  test("a small h and a window over all is Euclid's distance", async () => {
    const shape = [1, 1, 9, 12];
    const points = [13, 58, 100];
    const image = Array.from({ length: 108 }, (_, i) => Number(points.includes(i)));
    const euclid = image.map((_, i) =>
      Math.min(...points.map((p) => Math.hypot((p % 12) - (i % 12), Math.floor(p / 12) - Math.floor(i / 12)))),
    );
    for (const h of [0.02, 1e-3, 1e-30]) {
      const y = await transformed(image, shape, { kernelSize: 25, h });
      for (const [i, d] of euclid.entries()) expect(Math.abs(y[i] - d)).toBeLessThan(2 * h + 1e-5);
    }
    const x = ag.parameter(device.gpu, image, shape);
    ag.backward(ag.sum(ag.distanceTransform(x, { kernelSize: 25, h: 1e-3 })));
    expect((await x.grad!.read()).every(Number.isFinite)).toBe(true);
  });

  test("one pixel, nothing, and all", async () => {
    expect(await transformed([0], [1, 1, 1, 1])).toEqual([0]);
    expect(await transformed([1], [1, 1, 1, 1])).toEqual([0]);
    expect(await transformed([1], [1, 1, 1, 1], { kernelSize: 99 })).toEqual([0]);
    const [dim] = await transformed([0.1], [1, 1, 1, 1]);
    expect(dim).toBeCloseTo(cascade([0.1], [1, 1, 1, 1], {}).out[0], 5);
    for (const v of [0, 1, -1]) {
      const x = ag.parameter(device.gpu, new Array(20).fill(v), [1, 1, 4, 5]);
      const y = ag.distanceTransform(x);
      ag.backward(ag.sum(y));
      expect([...(await y.read()), ...(await x.grad!.read())]).toEqual(new Array(40).fill(0));
    }
  });

  test("NaN and infinity stay in their plane", async () => {
    for (const odd of [Number.NaN, Infinity, -Infinity]) {
      const image = sparse(2 * 48, 3);
      const clean = await transformed(image, [2, 1, 6, 8]);
      const x = ag.parameter(device.gpu, [...image.slice(0, 20), odd, ...image.slice(21)], [2, 1, 6, 8]);
      const y = ag.distanceTransform(x);
      ag.backward(ag.sum(y));
      const [got, slopes] = [await y.read(), await x.grad!.read()];
      expect([...got.slice(48)]).toEqual(clean.slice(48));
      expect(slopes.slice(48).every(Number.isFinite)).toBe(true);
      expect(Number.isNaN(got[20])).toBe(Number.isNaN(odd));
    }
  });

  test("what does not fit is refused", () => {
    const x = ag.zeros(device.gpu, [1, 1, 4, 4]);
    for (const kernelSize of [1, 2, 4, 101, 3.5, "3" as never])
      expect(() => ag.distanceTransform(x, { kernelSize })).toThrow(
        /kernelSize: got .*odd whole number from 3 to 99.*distanceTransform/,
      );
    for (const h of [0, -1, Number.NaN])
      expect(() => ag.distanceTransform(x, { h })).toThrow(/^h: got .*distanceTransform/);
    expect(() => ag.distanceTransform(x, { size: 3 } as never)).toThrow(/size/);
    expect(() => ag.distanceTransform(ag.zeros(device.gpu, [4, 4]))).toThrow(/image of distanceTransform\(\)/);
    expect(() => ag.distanceTransform([1] as never)).toThrow(/image of distanceTransform/);
  });
});
