import { describe, expect, it } from "vitest";
import {
  around,
  bernoulli,
  beta,
  categorical,
  choice,
  type Distribution,
  integers,
  logUniform,
  normal,
  oneOf,
  plus,
  type Sampled,
  sequential,
  truncatedNormal,
  uniform,
} from "../../src/augment/index.ts";
import { backward, grad, mean, mul, sub, sum } from "../../src/autograd/index.ts";
import { ArgumentError, GraphError } from "../../src/gpu/index.ts";
import { adam } from "../../src/optim/index.ts";
import { ones, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, brightnessShift, normalize, rotate, scale } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const score = { estimator: "scoreFunction" } as const;
const learned = (...values: number[]) => parameter(device.gpu, values);
const angles = (angle: Distribution) => sequential([rotate({ angle })]);

/** ln Γ by Stirling's formula, shifted. */
function logGamma(z: number): number {
  if (z < 12) return logGamma(z + 1) - Math.log(z);
  return (
    (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5)
  );
}

/** ∫ f(x) exp(−(z² − near²) / 2) dx from lo to hi by Simpson's rule, near being the place of the peak. */
function integral(f: (x: number) => number, m: number, s: number, lo: number, hi: number): number {
  const near = Math.min(Math.max(m, lo), hi);
  const parts = 2000;
  const each = (hi - lo) / parts;
  const at = (x: number) => f(x) * Math.exp(-((x - near) * (x + near - 2 * m)) / (2 * s * s));
  let total = at(lo) + at(hi);
  for (let i = 1; i < parts; i++) total += (i % 2 ? 4 : 2) * at(lo + i * each);
  return (total * each) / 3;
}

/** The logarithm of the density of a normal distribution that is cut off. */
function logCut(x: number, m: number, s: number, lo: number, hi: number): number {
  const near = Math.min(Math.max(m, lo), hi);
  return -((x - near) * (x + near - 2 * m)) / (2 * s * s) - Math.log(integral(() => 1, m, s, lo, hi));
}

/** A family between two ends. */
const cut = (m: number, s: number, lo: number, hi: number): (typeof FAMILIES)[string] => [
  ([mean, std]) => truncatedNormal(mean, std, lo, hi, score),
  [[m], [s]],
  (x, [[mean], [std]]) => logCut(x, mean, std, lo, hi),
];

/** A distribution of bounds, and the logarithm of the probability or density of a value. */
const FAMILIES: Record<
  string,
  [make: (bounds: Tensor[]) => Distribution, bounds: number[][], right: (x: number, bounds: number[][]) => number]
> = {
  bernoulli: [([p]) => bernoulli(p, score), [[0.3]], (x, [[p]]) => Math.log(x === 1 ? p : 1 - p)],
  choice: [
    ([weights]) => choice([-3, 5, 7], { weights, ...score }),
    [[1, 2, 0.5]],
    (x, [weights]) => Math.log(weights[[-3, 5, 7].indexOf(x)] / weights.reduce((a, b) => a + b)),
  ],
  categorical: [
    ([weights]) => categorical(weights, score),
    [[1, 2, 0.5]],
    (x, [weights]) => Math.log(weights[x] / weights.reduce((a, b) => a + b)),
  ],
  integers: [
    ([lo, hi]) => integers(lo, hi, score),
    [[-1.3], [2.6]],
    (x, [[lo], [hi]]) => Math.log((Math.min(x + 1, hi + 1) - Math.max(x, lo)) / (hi + 1 - lo)),
  ],
  normal: [
    ([mean, std]) => normal(mean, std, score),
    [[0.5], [2]],
    (x, [[m], [s]]) => -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI),
  ],
  beta: [
    ([a, b]) => beta(a, b, score),
    [[0.7], [2.5]],
    (x, [[a], [b]]) => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  ],
  "beta of large shapes": [
    ([a, b]) => beta(a, b, score),
    [[40], [15]],
    (x, [[a], [b]]) => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  ],
};

Object.assign(FAMILIES, {
  "truncatedNormal around its mean": cut(0.3, 1.5, -2, 3),
  "truncatedNormal, one side": cut(-1, 0.8, -0.5, 4),
  "truncatedNormal, the other side": cut(3, 1, -4, 1),
  "truncatedNormal far in the tail": cut(-8, 0.5, 1, 2),
  "truncatedNormal of a narrow range": cut(0.5, 2, 0.9, 0.95),
  "truncatedNormal, as good as whole": cut(0, 0.7, -40, 40),
});

describe("the logarithm of a draw's probability", () => {
  it.each(Object.entries(FAMILIES))(
    "%s: its value, and its gradient in every bound",
    async (_, [make, given, right]) => {
      using _scope = device.gpu.scope();
      const bounds = given.map((values) => learned(...values));
      const pipeline = angles(make(bounds));
      const n = 24;
      const params = JSON.parse(JSON.stringify(pipeline.sample(n, { step: 2 })));
      const values = (await pipeline.read(params)).transforms[0].params.angle as number[];
      const logs = pipeline.logProb(params);
      expect(logs.shape).toEqual([n]);
      (await logs.read()).forEach((got, i) => {
        const expected = right(values[i], given);
        expect(Math.abs(got - expected)).toBeLessThan(5e-5 * (1 + Math.abs(expected)));
      });
      const weight = values.map((_, i) => (i % 5) - 1.5);
      const gradients = grad(sum(mul(logs, tensor(device.gpu, weight))), bounds);
      for (const [b, gradient] of gradients.entries()) {
        const got = await gradient.read();
        given[b].forEach((at, k) => {
          const moved = (by: number) =>
            values.reduce((total, x, i) => {
              const bounds = given.map((list, j) => list.map((each, l) => (j === b && l === k ? at + by : each)));
              return total + weight[i] * right(x, bounds);
            }, 0);
          const expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(got[k] - expected)).toBeLessThan(2e-4 * (1 + Math.abs(expected)));
        });
      }
    },
  );

  it.each(Object.entries(FAMILIES))("%s: no gradient goes by the value", (_, [make, given]) => {
    using _scope = device.gpu.scope();
    const bounds = given.map((values) => learned(...values));
    const y = sequential([brightness({ factor: make(bounds), clip: false })])(ones(device.gpu, [4, 1, 2, 2]), {
      step: 1,
    });
    expect(y.requiresGrad).toBe(false);
  });

  it("counts what took effect: coins, draws of transforms that apply, branches that were taken", async () => {
    using _scope = device.gpu.scope();
    const [p, std, weights] = [learned(0.4), learned(2), learned(1, 3)];
    const pipeline = sequential([
      rotate({ angle: normal(0, std, score), p: bernoulli(p, score) }),
      oneOf([brightness({ factor: choice([0.5, 2], { weights, ...score }) }), brightnessShift({ shift: 0.1 })]),
      scale({ x: plus(normal(1, std, score), 3), y: 2, p: 0.5 }),
      rotate({ angle: uniform(-5, learned(5)) }),
    ]);
    const n = 48;
    const params = pipeline.sample(n, { step: 7 });
    const read = await pipeline.read(params);
    const got = await pipeline.logProb(params).read();
    const bell = (x: number) => -0.5 * (x / 2) ** 2 - Math.log(2) - 0.5 * Math.log(2 * Math.PI);
    const [turn, bright, , wide] = read.transforms;
    const effects = new Set<string>();
    got.forEach((value, i) => {
      let expected = turn.on![i] === 1 ? Math.log(0.4) + bell((turn.params.angle as number[])[i]) : Math.log(0.6);
      if (read.choices![0].chosen[i] === 0)
        expected += Math.log((bright.params.factor as number[])[i] === 0.5 ? 1 / 4 : 3 / 4);
      if (wide.on![i] === 1) expected += bell((wide.params.x as number[])[i] - 4);
      expect(Math.abs(value - expected)).toBeLessThan(1e-4);
      effects.add(`${turn.on![i]}${read.choices![0].chosen[i]}${wide.on![i]}`);
    });
    expect(effects.size).toBe(8);
  });

  it("adds up the components of a vector parameter, and counts a shared draw and a shared source once", async () => {
    using _scope = device.gpu.scope();
    const std = learned(2);
    const bell = (x: number) => -0.5 * (x / 2) ** 2 - Math.log(2) - 0.5 * Math.log(2 * Math.PI);
    const shape = [5, 3, 2, 2];
    const check = async (mean: Distribution, right: (row: number[]) => number) => {
      const pipeline = sequential([normalize({ mean, std: 1 })]);
      const params = pipeline.sample(5, { step: 1, shape });
      const rows = (await pipeline.read(params)).transforms[0].params.mean as number[][];
      (await pipeline.logProb(params).read()).forEach((value, i) => {
        expect(Math.abs(value - right(rows[i]))).toBeLessThan(1e-5);
      });
    };
    await check(normal(0, std, score), (row) => row.reduce((total, x) => total + bell(x), 0));
    await check(normal(0, std, { shared: true, ...score }), ([x]) => bell(x));
    const one = normal(0, std, score);
    const pipeline = sequential([scale({ x: plus(one, 9), y: plus(one, 20) })]);
    const params = pipeline.sample(5, { step: 1 });
    const xs = (await pipeline.read(params)).transforms[0].params.x as number[];
    (await pipeline.logProb(params).read()).forEach((value, i) => {
      expect(Math.abs(value - bell(xs[i] - 9))).toBeLessThan(1e-5);
    });
  });

  it("is refused where the support moves, with what to use", () => {
    const end = learned(2);
    for (const make of [
      () => uniform(0, end, score as never),
      () => around(end, 1, score as never),
      () => logUniform(end, 3, score as never),
    ])
      expect(make).toThrow(
        /^estimator: got string "scoreFunction".*pathwise: as the ends move.*biased.*truncatedNormal\(\)/,
      );
    expect(() => truncatedNormal(0, 1, -1, end, score)).toThrow(/^estimator: got .* with a hi that learns.*pathwise/);
    expect(() => truncatedNormal(0, 1, () => end, 1, score)).toThrow(/^estimator: got .* with a lo that learns/);
    expect(String(uniform(0, 1, { estimator: "pathwise" }))).toBe("uniform(0, 1)");
    expect(String(truncatedNormal(0, 1, -1, 1, score))).toBe(
      'truncatedNormal(0, 1, -1, 1, { estimator: "scoreFunction" })',
    );
  });

  it("is refused where nothing is drawn so, and for recipes that do not fit; values that are given count nothing", async () => {
    const { gpu } = device;
    const p = learned(0.5);
    for (const pipeline of [
      sequential([rotate({ angle: 3 })]),
      sequential([rotate({ angle: normal(0, learned(1)), p: bernoulli(p) })]),
      sequential([rotate({ angle: normal(0, 1, score) })]),
    ])
      expect(() => pipeline.logProb(pipeline.sample(2, { step: 0 }))).toThrow(
        /^pipeline of logProb\(\): got no learned draw/,
      );
    const pipeline = sequential([rotate({ angle: 3, p: bernoulli(p, score) })]);
    const params = pipeline.sample(2, { step: 0 });
    expect(Array.from(await pipeline.logProb(await pipeline.read(params)).read())).toEqual([0, 0]);
    const bytes = gpu.stats.bytesInUse;
    for (const wrong of [null, {}, { ...params, n: 3 }, { ...params, transforms: [] }, { ...params, version: 2 }])
      expect(() => pipeline.logProb(wrong as Sampled)).toThrow(ArgumentError);
    expect(gpu.stats.bytesInUse).toBe(bytes);
    const y = pipeline(ones(gpu, [2, 1, 4, 4]), { step: 0 });
    expect(() => grad(sum(y), [p])).toThrow(GraphError);
    y.dispose();
  });
});

describe("the score function", () => {
  it("has the gradient of the expected loss, at 5 sigma", async () => {
    using _scope = device.gpu.scope();
    const n = 4000;
    // Losses with jumps: E of the first is p, of the second the share above 0, of the third a mean of squares.
    const cases: [Tensor, Distribution, (x: number) => number, number][] = [];
    const p = learned(0.3);
    cases.push([p, bernoulli(p, score), (x) => (x === 1 ? 2 : 0.5), 1.5]);
    const m = learned(0.5);
    const density = Math.exp(-0.125) / Math.sqrt(2 * Math.PI);
    cases.push([m, normal(m, 1, score), (x) => Number(x > 0), density]);
    const a = learned(2);
    // The mean of beta(a, 1) is a / (a + 1).
    cases.push([a, beta(a, 1, score), (x) => x, 1 / 9]);
    for (const [bound, of, loss, expected] of cases) {
      const pipeline = angles(of);
      const params = pipeline.sample(n, { step: 3 });
      const values = (await pipeline.read(params)).transforms[0].params.angle as number[];
      const losses = values.map(loss);
      const usual = losses.reduce((x, y) => x + y) / n;
      const centred = tensor(
        device.gpu,
        losses.map((each) => each - usual),
      );
      const logs = pipeline.logProb(params);
      const [gradient] = grad(mean(mul(logs, centred)), [bound]);
      // Its spread, from the slopes of a family with one bound: at most 1 / p, z, or 1 + |ln x|.
      const sigma = 3 / Math.sqrt(n);
      expect(Math.abs((await gradient.read())[0] - expected)).toBeLessThan(5 * sigma);
      expect(Math.sign((await gradient.read())[0])).toBe(Math.sign(expected));
    }
  });

  it("of a normal distribution that is cut off has it in mean and std, for losses with a jump and without", async () => {
    using _scope = device.gpu.scope();
    const [m, s, lo, hi, n] = [0.4, 0.9, -1, 1.2, 4000];
    const bounds = [learned(m), learned(s)];
    const pipeline = angles(truncatedNormal(bounds[0], bounds[1], lo, hi, score));
    const params = pipeline.sample(n, { step: 3 });
    const values = (await pipeline.read(params)).transforms[0].params.angle as number[];
    const mean64 = (f: (x: number) => number, m: number, s: number, from = lo) =>
      integral(f, m, s, from, hi) / integral(() => 1, m, s, lo, hi);
    const first = mean64((x) => x, m, s);
    const second = mean64((x) => (x - m) ** 2, m, s);
    const scores = [(x: number) => (x - first) / s ** 2, (x: number) => ((x - m) ** 2 - second) / s ** 3];
    // Losses, and where they begin: Simpson's rule wants no jump in between.
    const losses: [(x: number) => number, number][] = [
      [(x) => Number(x > 0.2), 0.2],
      [(x) => x ** 3, lo],
    ];
    for (const [loss, from] of losses) {
      const logs = pipeline.logProb(params);
      const gradients = grad(mean(mul(logs, tensor(device.gpu, values.map(loss)))), bounds);
      for (const which of [0, 1]) {
        const moved = (by: number) => mean64(loss, m + (which ? 0 : by), s + (which ? by : 0), from);
        const expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        const each = values.map((x) => loss(x) * scores[which](x));
        const average = each.reduce((a, b) => a + b) / n;
        const sigma = Math.sqrt(each.reduce((total, x) => total + (x - average) ** 2, 0)) / n;
        const [got] = await gradients[which].read();
        expect(Math.abs(got - average)).toBeLessThan(1e-4);
        expect(Math.abs(got - expected)).toBeLessThan(5 * sigma);
        expect(Math.abs(expected)).toBeGreaterThan(8 * sigma);
      }
    }
  });

  it("of whole numbers has it in bounds that are whole, of ends that draw nearer, and in bounds that are not", async () => {
    using _scope = device.gpu.scope();
    const n = 4000;
    const loss = (x: number) => Number(x > 1) - Number(x < 0);
    /** E of the loss of x rounded down, x uniform on lo..hi + 1. */
    const expected = (lo: number, hi: number) => {
      let total = 0;
      for (let k = Math.floor(lo); k < hi + 1; k++)
        total += loss(k) * Math.max(0, Math.min(k + 1, hi + 1) - Math.max(k, lo));
      return total / (hi + 1 - lo);
    };
    for (const [lo, hi] of [
      [-1, 3],
      [-1.6, 2.3],
    ]) {
      const bounds = [learned(lo), learned(hi)];
      const pipeline = angles(integers(bounds[0], bounds[1], score));
      const params = pipeline.sample(n, { step: 3 });
      const values = (await pipeline.read(params)).transforms[0].params.angle as number[];
      const losses = values.map(loss);
      const gradients = grad(mean(mul(pipeline.logProb(params), tensor(device.gpu, losses))), bounds);
      const h = 1e-4;
      const right = [(expected(lo + h, hi) - expected(lo, hi)) / h, (expected(lo, hi) - expected(lo, hi - h)) / h];
      const likely = (x: number, from: number, to: number) =>
        Math.log((Math.min(x + 1, to + 1) - Math.max(x, from)) / (to + 1 - from));
      const scores = [
        (x: number) => (likely(x, lo + h, hi) - likely(x, lo, hi)) / h,
        (x: number) => (likely(x, lo, hi) - likely(x, lo, hi - h)) / h,
      ];
      for (const [which, slope] of right.entries()) {
        const each = values.map((x) => loss(x) * scores[which](x));
        const average = each.reduce((a, b) => a + b) / n;
        const sigma = Math.sqrt(each.reduce((sum, x) => sum + (x - average) ** 2, 0)) / n;
        const [got] = await gradients[which].read();
        expect(Math.abs(got - average)).toBeLessThan(1e-3);
        expect(Math.abs(got - slope)).toBeLessThan(5 * sigma);
        expect(Math.abs(slope)).toBeGreaterThan(8 * sigma);
      }
    }
  });

  it("learns p and weights from a loss that has no gradient", async () => {
    const { gpu } = device;
    const [p, weights] = [parameter(gpu, [0.5]), parameter(gpu, [1, 1, 1])];
    const pipeline = sequential([
      brightness({ factor: choice([1, 2, 3], { weights, ...score }), clip: false }),
      brightnessShift({ shift: 10, clip: false, p: bernoulli(p, score) }),
    ]);
    const optimizer = adam([p, weights], { learningRate: 0.05 });
    const n = 32;
    const x = ones(gpu, [n, 1, 1, 1]);
    for (let step = 0; step < 40; step++) {
      using _ = gpu.scope();
      const params = pipeline.sample(n, { step });
      const y = await pipeline.replay(x, params).read();
      // Wanted: the factor 2, and no shift.
      const losses = Array.from(y, (v) => Number(v > 5) + Number(Math.round(v) % 10 !== 2));
      const usual = losses.reduce((a, b) => a + b) / n;
      backward(mean(mul(sub(tensor(gpu, losses), usual), pipeline.logProb(params))));
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect((await p.read())[0]).toBeLessThan(0.15);
    const [first, second, third] = await weights.read();
    expect(second).toBeGreaterThan(3 * Math.max(first, third, 0));
    optimizer.dispose();
  });
});
