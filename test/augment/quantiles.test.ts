import { describe, expect, it } from "vitest";
import { betaQuantile } from "../../src/augment/distributions/beta.ts";
import { HALF } from "../../src/augment/distributions/quantile.ts";
import { truncatedQuantile } from "../../src/augment/distributions/truncated.ts";
import { grad, mul } from "../../src/autograd/index.ts";
import { quantile } from "../../src/autograd/quantiles.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** The shares at which quantiles are known. */
const SHARES = [1e-6, 0.03, 0.5, 0.8];
/** What scipy.stats has: `beta.ppf(SHARES, a, b)`. */
const BETAS: [number[], number[]][] = [
  [
    [0.1, 0.1],
    [8.869280655550259e-58, 5.23722153429359e-13, 0.5, 0.9999091853144145],
  ],
  [
    [0.1, 3],
    [2.3669013519449255e-61, 1.3976315793099504e-16, 0.00023123990750011818, 0.026671274571329343],
  ],
  [
    [0.5, 0.5],
    [2.46740110027031e-12, 0.002219017698459993, 0.5, 0.9045084971874736],
  ],
  [
    [2, 5],
    [0.00025828782935406356, 0.04768709038396942, 0.26444998329566005, 0.42244752484627207],
  ],
  [[1, 1], SHARES],
  [
    [100, 0.1],
    [0.9093784213966242, 0.9913294199349247, 0.9999940393082395, 0.9999999993753113],
  ],
  [
    [100, 100],
    [0.336386618490606, 0.4337148993612713, 0.5, 0.5297665854567013],
  ],
  [
    [10000, 3],
    [0.9980891025106803, 0.9993019327407696, 0.9997326564477282, 0.9998465227067798],
  ],
];
/** What scipy.stats has: `truncnorm.ppf(SHARES, (lo - mean) / std, (hi - mean) / std, mean, std)`. */
const NORMALS: [number[], number[]][] = [
  [
    [0, 1, -1, 2],
    [-0.9999966169740943, -0.9031878885425482, 0.17116391801782482, 0.8909833371303747],
  ],
  [
    [3, 0.5, 0, 1],
    [0.0025663135768918544, 0.6182262720704421, 0.9194514171600701, 0.9737526712854736],
  ],
  [
    [0, 1, 20, 21],
    [20.00000004987595, 20.00151912376763, 20.03454167645473, 20.080112546822576],
  ],
  [
    [0, 1, 6, 8],
    [6.0000001623776384, 6.004943954804264, 6.11156496120527, 6.256134651588823],
  ],
  [
    [0, 1, -9, -8],
    [-8.999396586071999, -8.420323203623319, -8.08488889901817, -8.027424875814505],
  ],
  [
    [-5, 1, -1, 3],
    [-0.9999997633475051, -0.992797607853678, -0.8388957214066037, -0.6342459558289981],
  ],
  [
    [0, 10, -0.001, 0.001],
    [-0.0009999980000007375, -0.0009399999998179508, 0, 0.0005999999993609682],
  ],
];

type Quantile = (p: number, q: number) => number;
const of = (make: (...bounds: number[]) => Quantile, bounds: readonly number[]) => make(...bounds);
const beta = (...[a, b]: number[]) => betaQuantile(a, b);
const truncated = (...[mean, std, lo, hi]: number[]) => truncatedQuantile(mean, std, lo, hi);

describe("quantiles on the processor", () => {
  it.each(BETAS)("beta %j are scipy's", (bounds, known) => {
    SHARES.forEach((p, i) => {
      expect(Math.abs(of(beta, bounds)(p, 1 - p) - known[i])).toBeLessThan(1e-12);
    });
  });

  it.each(NORMALS)("truncatedNormal %j are scipy's", (bounds, known) => {
    SHARES.forEach((p, i) => {
      // 1e-9: in the far tails scipy has fewer digits.
      expect(Math.abs(of(truncated, bounds)(p, 1 - p) - known[i])).toBeLessThan(1e-9);
    });
  });

  it("are those of the other side, seen from there", () => {
    for (const p of [2 ** -25, 0.01, 0.3, 0.5, 0.9, 1 - 2 ** -25]) {
      for (const [[a, b]] of BETAS)
        expect(Math.abs(betaQuantile(a, b)(p, 1 - p) + betaQuantile(b, a)(1 - p, p) - 1)).toBeLessThan(1e-11);
      for (const [[mean, std, lo, hi]] of NORMALS)
        expect(
          truncatedQuantile(mean, std, lo, hi)(p, 1 - p) + truncatedQuantile(-mean, std, -hi, -lo)(1 - p, p),
        ).toBeCloseTo(0, 12);
    }
  });

  it("beyond any tail lie where the density falls off, at 100 deviations as at 37 and 38", () => {
    for (const from of [30, 37, 38, 100, 1000]) {
      // The excess over `from` is nearly exponential, with the rate `from`.
      const excess = truncatedQuantile(0, 1, from, from + 1)(0.5, 0.5) - from;
      expect(Math.abs((excess * from) / Math.LN2 - 1)).toBeLessThan(2 / from ** 2);
    }
  });
});

/** Uniform numbers at both ends and between, away from where a quantile has no derivative. */
const UNITS = [0, 2 ** -12, 0.02, 0.13, 0.31, 0.44, 0.62, 0.77, 0.93, 1 - 2 ** -12, 1 - 2 ** -24];

/** Rows of bounds, each with each of the uniform numbers, on the GPU and on the processor; and the gradients of both. */
async function compare(name: "beta" | "truncatedNormal", make: (...bounds: number[]) => Quantile, rows: number[][]) {
  const { gpu } = device;
  using _ = gpu.scope();
  const cases = rows.flatMap((row) => UNITS.map((u) => ({ row: row.map(Math.fround), p: u + HALF, q: 1 - u - HALF })));
  const line = [1, cases.length];
  const tails = [cases.map(({ p }) => p), cases.map(({ q }) => q)].map((list) => tensor(gpu, list, line));
  const bounds = rows[0].map((_, i) =>
    parameter(
      gpu,
      cases.map(({ row }) => row[i]),
    ),
  );
  const x = quantile(name, tails, bounds);
  const values = await x.read();
  const gradients = await Promise.all(
    grad(x, bounds, { gradient: tensor(gpu, new Float32Array(cases.length).fill(1), line) }).map((g) => g.read()),
  );
  return cases.map(({ row, p, q }, i) => ({
    row,
    p,
    value: values[i],
    right: make(...row)(p, q),
    slopes: gradients.map((list) => list[i]),
    /** Central differences, of the fourth order. */
    expected: row.map((bound, k) => {
      const h = 1e-3 * (name === "beta" ? bound : Math.min(row[1], row[3] - row[2]));
      const at = (steps: number) => make(...row.map((each, j) => (j === k ? bound + steps * h : each)))(p, q);
      return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
    }),
  }));
}

describe("quantiles on the GPU", () => {
  it("of beta are the processor's to 2e-6, and so are their gradients for small and large shapes", async () => {
    const shapes = [0.02, 0.1, 0.5, 0.9, 1.7, 7, 9, 100, 3000];
    const rows = shapes.flatMap((a) => shapes.map((b) => [a, b]));
    for (const { row, p, value, right, slopes, expected } of await compare("beta", beta, rows)) {
      expect.soft(Math.abs(value - right), `${row} at ${p}`).toBeLessThan(2e-6);
      // A gradient per part of the shape; where the curve is steep, that of the logarithm.
      slopes.forEach((slope, k) => {
        expect
          .soft(Math.abs(slope - expected[k]) * row[k], `gradient ${k} of ${row} at ${p}`)
          .toBeLessThan(1e-5 * (1 + Math.abs(expected[k]) * row[k]));
      });
    }
  });

  it("of truncatedNormal are the processor's to 1e-6 deviations, in all four bounds, in the middle and far out", async () => {
    const rows = [
      ...NORMALS.map(([row]) => row),
      ...[
        [2, 3, -1, 2.5],
        [0, 1, -30, 30],
        [0.5, 0.2, 0, 1],
        [0, 1, 4.9, 5.2],
        [0, 1, -5.2, -4.9],
        [0, 1, 39, 1000],
        [0, 0.01, 0.06, 5],
      ],
    ];
    for (const { row, p, value, right, slopes, expected } of await compare("truncatedNormal", truncated, rows)) {
      expect.soft(Math.abs(value - right) / Math.max(1, row[1]), `${row} at ${p}`).toBeLessThan(2e-6);
      // In a tail the gradients are differences of what is as large as the distance of the tail, in deviations.
      const [a, b] = [(row[2] - row[0]) / row[1], (row[3] - row[0]) / row[1]];
      const far = a * b > 0 ? Math.min(Math.abs(a), Math.abs(b)) : 0;
      slopes.forEach((slope, k) => {
        expect
          .soft(Math.abs(slope - expected[k]), `gradient ${k} of ${row} at ${p}`)
          .toBeLessThan(5e-6 * (1 + Math.max(far, Math.abs(expected[k]))));
      });
    }
  });

  it("take ends that changed places, a deviation below 0 or 0, and equal ends; NaN stays NaN", async () => {
    const { gpu } = device;
    const tails = [tensor(gpu, [0.25, 0.75]), tensor(gpu, [0.75, 0.25])];
    const at = async (...bounds: number[]) => Array.from(await quantile("truncatedNormal", tails, bounds).read());
    const usual = await at(0.5, 1, 0, 2);
    expect(await at(0.5, -1, 0, 2)).toEqual(usual);
    expect(await at(0.5, 1, 2, 0)).toEqual([usual[1], usual[0]]);
    expect(await at(0.5, 1, 1.25, 1.25)).toEqual([1.25, 1.25]);
    expect(await at(0.5, 0, 0, 2)).toEqual([0.5, 0.5].map((each) => expect.closeTo(each, 5)));
    expect(await at(3, 0, 0, 2)).toEqual([2, 2].map((each) => expect.closeTo(each, 5)));
    expect(await at(Number.NaN, 1, 0, 2)).toEqual([Number.NaN, Number.NaN]);
    const shapes = async (a: number, b: number) => Array.from(await quantile("beta", tails, [a, b]).read());
    expect(await shapes(-1, 2)).toEqual(await shapes(0.01, 2));
    expect(await shapes(2, Number.NaN)).toEqual([Number.NaN, Number.NaN]);
  });

  it("add up the gradients of what a bound is shared by", async () => {
    const { gpu } = device;
    const p = [0.2, 0.3, 0.4, 0.6, 0.7, 0.8];
    const tails = [p, p.map((each) => 1 - each)].map((list) => tensor(gpu, list, [3, 2]));
    const weight = [1, 2, 3, 4, 5, 6];
    for (const [a, b] of [
      [[2], [3]],
      [[2, 5], [3]],
      [[2], [3, 0.5]],
    ]) {
      const shapes = [parameter(gpu, a), parameter(gpu, b)];
      const y = mul(quantile("beta", tails, shapes), tensor(gpu, weight, [3, 2]));
      const ones = tensor(gpu, new Float32Array(6).fill(1), [3, 2]);
      const got = await Promise.all(grad(y, shapes, { gradient: ones }).map((g) => g.read()));
      const slope = (which: number, i: number) => {
        const row = [a[a.length > 1 ? i % 2 : 0], b[b.length > 1 ? i % 2 : 0]];
        const moved = (by: number) =>
          betaQuantile(row[0] + (which ? 0 : by), row[1] + (which ? by : 0))(p[i], 1 - p[i]);
        return (weight[i] * (moved(1e-4) - moved(-1e-4))) / 2e-4;
      };
      [a, b].forEach((list, which) => {
        list.forEach((_, k) => {
          const mine = p.map((_, i) => i).filter((i) => list.length === 1 || i % 2 === k);
          const right = mine.reduce((sum, i) => sum + slope(which, i), 0);
          expect(Math.abs(got[which][k] - right)).toBeLessThan(1e-4);
        });
      });
    }
  });
});
