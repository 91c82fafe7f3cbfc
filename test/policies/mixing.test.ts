import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixture, type Sampled, type SampledChoice, sequential, type Tree } from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { type AdaGroup, type AdaPreset, AugMix, ada, adaptP, type OperationName } from "../../src/policies/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, horizontalFlip, invert } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

const N = 6;
const SHAPE = [N, 3, 6, 6];
const EACH = 108;
const pixels = Float32Array.from(
  { length: N * EACH },
  (_, i) => Math.abs(Math.sin((i + 1) * 12.9898) * 43758.5453) % 1,
);

/** The shares of each sample: of the links, and of the image. */
const sharesOf = async (tree: Tree, n: number): Promise<number[][]> => {
  const pipeline = sequential([tree]);
  return toldIn(await pipeline.read(pipeline.sample(n, { step: 1 })));
};
const toldIn = ({ choices }: Sampled): number[][] =>
  (choices![0] as Extract<SampledChoice, { shares?: unknown }>).shares!;
const moments = (list: readonly number[]): [number, number] => {
  const mean = list.reduce((a, b) => a + b) / list.length;
  return [mean, list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length];
};

describe("mixture", () => {
  it("is the mean of the image and what links make of it, in the shares that a recipe tells", async () => {
    const pipeline = sequential([mixture([invert(), horizontalFlip(), [brightness({ factor: 0.5 }), invert()]])]);
    const x = tensor(device.gpu, pixels, SHAPE);
    const drawn: Sampled = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 1 })));
    const read = await pipeline.read(drawn);
    const shares = toldIn(read);
    const flipped = await values(sequential([horizontalFlip()])(x));
    const expected = Array.from(pixels, (v, i) => {
      const [a, b, c, rest] = shares[Math.floor(i / EACH)];
      return a * (1 - v) + b * flipped[i] + c * (1 - v / 2) + rest * v;
    });
    const y = await values(pipeline(x, { step: 1 }));
    expect(worst(y, expected)).toBeLessThan(1e-6);
    expect(await values(pipeline.replay(x, drawn))).toEqual(y);
    expect(worst(await values(pipeline.replay(x, read)), y)).toBeLessThan(1e-6);
  });

  it("passes gradients to the image: through each link, in its share", async () => {
    const pipeline = sequential([mixture([invert(), brightness({ factor: 0.5 })])]);
    const x = parameter(device.gpu, pixels.slice(), SHAPE);
    backward(sum(mul(pipeline(x, { step: 1 }), 2)));
    const shares = await sharesOf(mixture([invert(), brightness({ factor: 0.5 })]), N);
    const expected = Array.from(pixels, (_, i) => {
      const [a, b, rest] = shares[Math.floor(i / EACH)];
      return 2 * (rest - a + b / 2);
    });
    expect(worst(await values(x.grad!), expected)).toBeLessThan(1e-6);
  });

  it.each([0.3, 1, 4])(
    "weights are Dirichlet's of concentration %d, all links alike; the whole is Beta's",
    async (alpha) => {
      const n = 4000;
      const rows = await sharesOf(mixture([invert(), [], horizontalFlip()], { alpha }), n);
      const [mean, variance] = moments(rows.map((row) => row[3]));
      const beta = 0.25 / (2 * alpha + 1);
      expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(beta / n));
      expect(Math.abs(variance / beta - 1)).toBeLessThan(0.12);
      for (const k of [0, 1, 2]) {
        const [average, spread] = moments(rows.map((row) => row[k] / (1 - row[3])));
        const dirichlet = 2 / 9 / (3 * alpha + 1);
        expect(Math.abs(average - 1 / 3)).toBeLessThan(5 * Math.sqrt(dirichlet / n));
        expect(Math.abs(spread / dirichlet - 1)).toBeLessThan(0.12);
      }
      for (const row of rows.slice(0, 99)) expect(Math.abs(row.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-6);
    },
  );

  it("refuses what is no concentration", () => {
    expect(() => mixture([], {})).toThrow(/links of mixture/);
    expect(() => mixture([invert()], { alpha: 0 })).toThrow(/alpha/);
    expect(String(mixture([invert()], { alpha: 2 }))).toBe("mixture([invert()], { alpha: 2 })");
  });
});

describe("AugMix", () => {
  it("mixes chains of one to three operations, as likely, none of ImageNet-C's corruptions", () => {
    const pipeline = sequential([AugMix({ width: 1 })]);
    const n = 3000;
    const { choices, transforms } = pipeline.sample(n, { step: 0 });
    const coins = choices!.filter(({ name }) => name === "sometimes").map(({ chosen }) => chosen as number[]);
    const depths = Array.from({ length: n }, (_, i) => 1 + coins[0][i] * (1 + coins[1][i]));
    for (const depth of [1, 2, 3])
      expect(Math.abs(depths.filter((each) => each === depth).length / n - 1 / 3)).toBeLessThan(
        5 * Math.sqrt(2 / 9 / n),
      );
    const names = ["autocontrast", "equalize", "posterize", "rotate", "shear", "solarize", "translate"];
    expect([...new Set(transforms.map(({ name }) => name))].sort()).toEqual(names);
  });

  const N_DRAWS = 2000;
  const LEVELS = 1e4;
  /** What an operation's parameter is drawn as; one number, where the levels make one. */
  const drawnOf = (operation: OperationName, param: string, severity: number) => {
    const pipeline = sequential([AugMix({ width: 1, depth: 1, operations: [operation], severity })]);
    return [pipeline.sample(N_DRAWS, { step: 0 }).transforms[0].params[param]].flat() as number[];
  };
  /** The levels that the authors' code draws, in the middle of equal parts, and so what it makes of them. */
  const levelsOf = (severity: number) =>
    Array.from({ length: LEVELS }, (_, i) => 0.1 + ((severity - 0.1) * (i + 0.5)) / LEVELS);
  const truncated = (level: number, most: number) => Math.trunc((level * most) / 10);

  it.each([
    ["rotate", "angle", (l: number) => truncated(l, 30), true],
    ["posterize", "bits", (l: number) => 4 - truncated(l, 4), false],
    ["solarize", "threshold", (l: number) => Math.fround((256 - truncated(l, 256)) / 255), false],
  ] as const)("%s has the whole magnitudes of the authors' code, as often", (operation, param, magnitude, signed) => {
    for (const severity of [1, 3, 10]) {
      const shares = new Map<number, number>();
      for (const level of levelsOf(severity))
        for (const sign of signed ? [-1, 1] : [1]) {
          const value = sign * magnitude(level) + 0;
          shares.set(value, (shares.get(value) ?? 0) + 1 / LEVELS / (signed ? 2 : 1));
        }
      const values = drawnOf(operation, param, severity);
      for (const value of new Set(values)) expect(shares.has(value), `${value}`).toBe(true);
      for (const [value, p] of shares) {
        const share = values.filter((each) => each === value).length / values.length;
        expect(Math.abs(share - p), `${value}`).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / N_DRAWS) + 1 / LEVELS);
      }
    }
  });

  it.each([
    ["shearX", "x", (l: number) => (Math.atan(0.03 * l) * 180) / Math.PI, true],
    ["shearY", "y", (l: number) => (Math.atan(0.03 * l) * 180) / Math.PI, true],
    ["translateX", "x", (l: number) => l / 30, true],
    ["translateY", "y", (l: number) => l / 30, true],
    ["brightness", "factor", (l: number) => 0.18 * l + 0.1, false],
    ["contrast", "factor", (l: number) => 0.18 * l + 0.1, false],
    ["color", "factor", (l: number) => 0.18 * l + 0.1, false],
    ["sharpness", "factor", (l: number) => 0.18 * l + 0.1, false],
  ] as const)("%s has the magnitudes of the authors' code", (operation, param, magnitude, signed) => {
    for (const severity of [1, 3, 10]) {
      const values = [...drawnOf(operation, param, severity)].sort((a, b) => a - b);
      const right = levelsOf(severity).flatMap((level) =>
        signed ? [-magnitude(level), magnitude(level)] : [magnitude(level)],
      );
      right.sort((a, b) => a - b);
      // Kolmogorov's distance, below whose bound 1 − 10⁻⁶ of all are.
      let below = 0;
      let farthest = 0;
      values.forEach((value, i) => {
        while (below < right.length && right[below] < value) below++;
        farthest = Math.max(farthest, Math.abs(below / right.length - (i + 0.5) / N_DRAWS));
      });
      expect(farthest).toBeLessThan(2.7 / Math.sqrt(N_DRAWS));
      for (const [end, found] of [
        [right[0], values[0]],
        [right.at(-1)!, values.at(-1)!],
      ])
        expect(Math.abs(end - found)).toBeLessThan(0.01 * Math.abs(right.at(-1)! - right[0]));
      const sizes = values.map(Math.abs);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(magnitude(0.1) * (1 - 1e-6));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(magnitude(severity) * (1 + 1e-6));
    }
  });

  it("gives images between 0 and 1, and other ones at other steps", async () => {
    const pipeline = sequential([AugMix({ width: 2, depth: 1, operations: ["solarize", "rotate"] })]);
    const x = tensor(device.gpu, pixels, SHAPE);
    const [one, two] = await Promise.all([1, 2].map((step) => values(pipeline(x, { step }))));
    expect(Math.min(...one)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...one)).toBeLessThanOrEqual(1 + 1e-6);
    expect(worst(one, two)).toBeGreaterThan(0.05);
  });

  it("refuses what it cannot do", () => {
    expect(() => AugMix({ width: 0 })).toThrow(/width/);
    expect(() => AugMix({ severity: 11 })).toThrow(/severity/);
    expect(() => AugMix({ operations: ["fog" as never] })).toThrow(/operations\[0\].*fog/);
    expect(() => AugMix({ depht: 1 } as never)).toThrow(/depth/);
  });
});

describe("ada", () => {
  it("keeps images at p = 0, bit for bit, and moves and colours them in two passes", async () => {
    const x = tensor(device.gpu, pixels, SHAPE);
    expect(await values(sequential(ada({ p: 0 }))(x, { step: 0 }))).toEqual(pixels);
    expect(await values(sequential(ada({ p: 0, groups: "bgcfnc" }))(x, { step: 0 }))).toEqual(pixels);
    const plan = sequential(ada({ p: 0.5, groups: ["color", "geometry", "blit", "noise"] })).explain(SHAPE);
    expect(plan.passes.length).toBeLessThanOrEqual(2);
  });

  it("applies each with its probability, and draws as the paper says", () => {
    const n = 4000;
    const { transforms } = sequential(ada({ p: 0.36, groups: ["blit", "geometry", "color", "noise"] })).sample(n, {
      step: 0,
    });
    const rate = (k: number) => transforms[k].on!.reduce((a, b) => a + b) / n;
    const expected = [0.18, 0.36, 0.36, 0.36, 0.2, 0.36, 0.2, 0.36, 0.36, 0.36, 0.18, 0.36, 0.36, 0.36];
    expect(transforms).toHaveLength(expected.length);
    for (const [k, p] of expected.entries())
      expect(Math.abs(rate(k) - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
    const near = (list: readonly number[], deviation: number) => {
      const [mean, variance] = moments(list);
      expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(n));
      expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(0.08);
    };
    const log2 = (list: unknown) => (list as number[]).map(Math.log2);
    const params = transforms.map((each) => each.params as Record<string, number[]>);
    near(log2(params[3].x), 0.2);
    expect(params[3].x).toEqual(params[3].y);
    near(log2(params[5].x), 0.2);
    expect(
      worst(
        params[5].x,
        params[5].y.map((y) => 1 / y),
      ),
    ).toBeLessThan(1e-6);
    near(params[7].x, 0.125);
    near(params[8].shift, 0.1);
    near(log2(params[9].factor), 0.5);
    // What a matrix does to grey and to what is across it.
    const apply = (m: number[], v: number[]) =>
      [0, 1, 2].map((r) => m[3 * r] * v[0] + m[3 * r + 1] * v[1] + m[3 * r + 2] * v[2]);
    const matrices = (k: number) => params[k].matrix as unknown as number[][];
    for (const k of [11, 12])
      for (const m of matrices(k).slice(0, 99))
        expect(worst(apply(m, [0.3, 0.3, 0.3]), [0.3, 0.3, 0.3])).toBeLessThan(1e-5);
    const across = [1, -1, 0];
    const size = (v: number[]) => Math.hypot(...v) / Math.SQRT2;
    for (const m of matrices(11).slice(0, 99)) expect(size(apply(m, across))).toBeCloseTo(1, 5);
    near(log2(matrices(12).map((m) => size(apply(m, across)))), 1);
    // Angles of the hue are as likely all around, by Kolmogorov's distance.
    const beside = [1, 1, -2].map((v) => v / Math.sqrt(3));
    const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + (v * b[i]) / 2, 0);
    const turns = matrices(11)
      .map((m) => apply(m, across))
      .map((v) => (Math.atan2(dot(v, beside), dot(v, across)) / (2 * Math.PI) + 1) % 1);
    turns.sort((a, b) => a - b);
    expect(Math.max(...turns.map((turn, i) => Math.abs(turn - (i + 0.5) / n)))).toBeLessThan(2.7 / Math.sqrt(n));
    expect(turns.filter((turn) => Math.abs(360 * turn - Math.round(360 * turn)) < 0.1).length).toBeLessThan(0.3 * n);
    expect(Math.min(...(params[13].std as number[]))).toBeGreaterThanOrEqual(0);
  });

  it("has the paper's sets by name: single groups, and those from the first on", () => {
    const names = (groups: AdaPreset | AdaGroup[]) => sequential(ada({ p: 0.3, groups })).transforms.map(String);
    const all = ["blit", "geometry", "color", "filter", "noise", "cutout"] as const;
    for (const [preset, groups] of Object.entries({
      ...{
        blit: ["blit"],
        geom: ["geometry"],
        color: ["color"],
        filter: ["filter"],
        noise: ["noise"],
        cutout: ["cutout"],
      },
      ...{ bg: all.slice(0, 2), bgc: all.slice(0, 3), bgcf: all.slice(0, 4), bgcfn: all.slice(0, 5), bgcfnc: all },
    }))
      expect(names(preset as AdaPreset)).toEqual(names([...groups].reverse() as AdaGroup[]));
    expect(names("bgc")).toEqual(sequential(ada({ p: 0.3 })).transforms.map(String));
  });

  it("filters bands with gains that a coin for each leaves at 1, and cuts out half of the sides about any centre", () => {
    const n = 4000;
    const { transforms } = sequential(ada({ p: 0.4, groups: ["filter", "cutout"] })).sample(n, { step: 0 });
    const gains = transforms[0].params.gains as number[][];
    for (let band = 0; band < 4; band++) {
      const drawn = gains.map((row) => row[band]).filter((gain) => gain !== 1);
      expect(Math.abs(drawn.length / n - 0.4)).toBeLessThan(5 * Math.sqrt(0.24 / n));
      const [mean, variance] = moments(drawn.map(Math.log2));
      expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(drawn.length));
      expect(Math.abs(Math.sqrt(variance) - 1)).toBeLessThan(0.1);
    }
    // Coins of a sample are apart: all four show the same as often as they should.
    const alike = gains.filter((row) => row.every((gain) => gain === 1)).length / n;
    expect(Math.abs(alike - 0.6 ** 4)).toBeLessThan(5 * Math.sqrt((0.6 ** 4 * (1 - 0.6 ** 4)) / n));
    const { on, params } = transforms[1];
    expect(Math.abs(on!.reduce((a, b) => a + b) / n - 0.4)).toBeLessThan(5 * Math.sqrt(0.24 / n));
    const x = params.x as number[];
    expect(Math.min(...x)).toBeCloseTo(-0.5, 1);
    expect(Math.max(...x)).toBeCloseTo(1.5, 1);
  });

  it("cuts out grey, of which a part may lie beyond the image", async () => {
    const [cutout] = ada({ p: 1, groups: "cutout" });
    const pipeline = sequential([cutout]);
    const x = tensor(device.gpu, pixels, SHAPE);
    const y = await values(pipeline(x, { step: 5 }));
    const { x: across, y: down } = pipeline.sample(N, { step: 5 }).transforms[0].params as Record<string, number[]>;
    const covered = (share: number, at: number) =>
      Math.min(Math.max(Math.min(at + 1, 3 * share + 3) - Math.max(at, 3 * share), 0), 1);
    const expected = pixels.map((v, i) => {
      const [s, r, q] = [Math.floor(i / EACH), Math.floor(i / 6) % 6, i % 6];
      return v + covered(across[s], q) * covered(down[s], r) * (0.5 - v);
    });
    expect(worst(y, expected)).toBeLessThan(1e-5);
    expect(y.filter((v) => v === 0.5).length).toBeGreaterThan(50);
  });

  it("passes gradients to the image", async () => {
    const x = parameter(
      device.gpu,
      [0.2, 0.4, 0.6, 0.8].flatMap((v) => new Array(27).fill(v)),
      [4, 3, 3, 3],
    );
    backward(sum(sequential(ada({ p: 0.9 }))(x, { step: 3 })));
    expect((await values(x.grad!)).every(Number.isFinite)).toBe(true);
    expect(Math.max(...(await values(x.grad!)).map(Math.abs))).toBeGreaterThan(0.1);
  });
});

describe("adaptP", () => {
  it("grows where the discriminator is surer than the target, falls where it is not, and stays within 0 and the most", () => {
    expect(adaptP(0.2, [3, 1, 0.5, -1], { images: 100, target: 0.4 })).toBeCloseTo(0.24, 12);
    expect(adaptP(0.2, [3, 1, 0.5, -1], { images: 100 })).toBeCloseTo(0.16, 12);
    expect(adaptP(0.2, new Float32Array([1, 1]), { images: 100, shown: 10 })).toBeCloseTo(0.3, 12);
    expect(adaptP(0.2, [1, 1, 1, 1, -1], { images: 100 })).toBe(0.2);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        (p, outputs) => {
          const next = adaptP(p, outputs, { images: 10, most: 0.8 });
          expect(next).toBeGreaterThanOrEqual(0);
          expect(next).toBeLessThanOrEqual(0.8);
        },
      ),
    );
  });

  it("refuses what is no number", () => {
    expect(() => adaptP(1.2, [1])).toThrow(/p.*1\.2/);
    expect(() => adaptP(0.2, [])).toThrow(/outputs/);
    expect(() => adaptP(0.2, [1, Number.NaN])).toThrow(/outputs\[1\]/);
    expect(() => adaptP(0.2, [1], { target: 2 })).toThrow(/target/);
    expect(() => ada({ p: -1 })).toThrow(/p.*-1/);
    expect(() => ada({} as never)).toThrow(/p/);
    expect(() => ada({ p: 0, groups: ["blur" as never] })).toThrow(/groups\[0\].*blur/);
    expect(() => ada({ p: 0, groups: "bgn" as never })).toThrow(/groups.*bgn.*bgcfnc/);
    expect(() => ada({ p: 0, groups: "constructor" as never })).toThrow(/groups/);
  });
});
