/** Points where pixels are no intensities of 0..1, and where they are left out. They run in the kernels of the contract. */
import { expect } from "vitest";
import { type Gpu, registry } from "../../../src/index.ts";
import { type Case64, overflows, referenceChain, type Shape4 } from "../../reference/index.ts";
import { weightsFor } from "../check.ts";
import { channelsOf, shapeOf, spread } from "./against.ts";
import { asReference, image64, isLearnable, rowsFor, runCase, sampleOf } from "./run.ts";

/** What bicubic overshoots to, what normalize leaves, what overflowed. */
const VALUES = [-1e30, -2, -0.3, 0, 1e-37, 1e-20, 0.4, 1, 3, 1e30];
const MODERATE = VALUES.filter((v) => v === 0 || Math.abs(Math.log10(Math.abs(v))) < 6);

/** Every triple of unusual values, a column for each; a row of images, as a mean of huge pixels says nothing about others. */
export async function unusualPixels(gpu: Gpu, made: Case64): Promise<void> {
  const values = overflows(made.name) ? MODERATE : VALUES;
  const triples = values.flatMap((r) => values.flatMap((g) => values.map((b) => [r, g, b].map(Math.fround))));
  const channels = channelsOf(made);
  const shape: Shape4 = [1, channels, 1, triples.length];
  const image = Array.from({ length: channels }, (_, c) => triples.map((t) => t[c % 3])).flat();
  const rows = spread(made, [0], rowsFor(made, shape));
  const { y, image: slopes, params } = await runCase(gpu, { made, image, shape, rows });
  const right = referenceChain([asReference(made, rows)], image64(image, shape)).data;
  // Units of their own, such as an L of 0 to 100, have errors in parts of them: up to 2e-5, where colours that nobody sees cancel.
  const units = overflows(made.name) ? 2 * right.reduce((most, v) => Math.max(most, Math.abs(v)), 0) : 0;
  const huge = registry.get(made.name)!.statistic ? 1e30 : units;
  for (let i = 0; i < y.length; i++) {
    const triple = triples[i % triples.length];
    const scale = Math.max(1, huge, ...triple.map(Math.abs));
    expect(Math.abs(y[i] - right[i]) / scale, `${triple}: ${y[i]}, ${right[i]}`).toBeLessThan(1e-5);
  }
  for (const [what, list] of Object.entries({ image: slopes, ...params }))
    expect(
      list.findIndex((v) => !Number.isFinite(v)),
      `gradient of ${what}`,
    ).toBe(-1);
}

const ODD = [Number.NaN, Infinity, -Infinity, 1e30, -1e30];

/**
 * Where it is left out, a pixel is what it was, bit for bit, and its gradient what came in, whatever the transform would have made of
 * it. 0 times infinity is NaN; so nothing is multiplied by 0, but chosen. The first and the last of three samples hold what no
 * transform makes sense of, and once NaN among their parameters, too.
 */
export async function gateOfZero(gpu: Gpu, made: Case64): Promise<void> {
  const { params, outChannels } = registry.get(made.name)!;
  const [, channels] = shapeOf(made);
  // What has other channels cannot be left out of a sample alone.
  if ((outChannels?.(made.options ?? {}, channels) ?? channels) !== channels) return;
  const shape: Shape4 = [3, channels, 4, 5];
  const each = channels * 20;
  const plain = Float32Array.from({ length: 3 * each }, (_, i) => 0.5 + 0.4 * Math.sin(1.3 * i));
  const image = plain.map((v, i) => (Math.floor(i / each) === 1 ? v : (ODD[i % 7] ?? v)));
  const good = spread(made, [0, 1, 0], rowsFor(made, shape));
  const own = Object.keys(good).filter((name) => isLearnable(made.name, name) && !params[name]?.list);
  const nan = (row: number[], n: number) => (n === 1 ? row : row.map(() => Number.NaN));
  const bad = Object.fromEntries(
    Object.entries(good).map(([name, rows]) => [name, own.includes(name) ? rows.map(nan) : rows]),
  );
  const whole = await runCase(gpu, { made, image, shape, rows: good });
  for (const rows of own.length > 0 ? [good, bad] : [good]) {
    const found = await runCase(gpu, { made, image, shape, rows, gate: [0, 1, -0.5] });
    for (const n of [0, 2]) {
      expect(sampleOf(found.y, n, 3), "result").toEqual(sampleOf(image, n, 3));
      expect(sampleOf(found.image, n, 3), "gradient of the image").toEqual(sampleOf(weightsFor(3 * each), n, 3));
      for (const name of own)
        expect(
          sampleOf(found.params[name], n, 3).every((v) => v === 0),
          `gradient of ${name}`,
        ).toBe(true);
      expect(sampleOf(found.params.on, n, 3).every(Number.isFinite), "gradient of the gate").toBe(true);
    }
    expect(sampleOf(found.y, 1, 3), "result at 1").toEqual(sampleOf(whole.y, 1, 3));
    expect(sampleOf(found.image, 1, 3), "gradient of the image at 1").toEqual(sampleOf(whole.image, 1, 3));
  }
}
