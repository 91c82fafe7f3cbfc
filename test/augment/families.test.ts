import { describe, expect, it } from "vitest";
import { sourcesOf, support, valueFor } from "../../src/augment/distributions/index.ts";
import * as augment from "../../src/augment/index.ts";
import {
  around,
  type Bound,
  bernoulli,
  beta,
  categorical,
  choice,
  clipped,
  constant,
  type Distribution,
  type DistributionOptions,
  integers,
  normal,
  plus,
  sequential,
  times,
  truncatedNormal,
  uniform,
} from "../../src/augment/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { sgd } from "../../src/optim/index.ts";
import { ones, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { normalize, rotate, scale } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** A distribution of bounds that are numbers, or tensors which learn; its mean and variance. */
interface Row {
  make(bounds: Bound[], of?: DistributionOptions): Distribution;
  bounds: (number | number[])[];
  mean: number;
  variance: number;
}

const WEIGHTS = [1, 0, 2, 5];
const LISTED = [-1, 9, 0.5, 2];
const weighted = (of: (i: number) => number) => WEIGHTS.reduce((sum, w, i) => sum + (w * of(i)) / 8, 0);
const spread = (of: (i: number) => number) => weighted((i) => of(i) ** 2) - weighted(of) ** 2;

/** What soft steps, tanh((f − ½) / ½) / 2 tanh 1 over f from 0 to 1, add to the variance of whole numbers, by the middle of each step. */
const SOFT = (() => {
  const fine = Array.from({ length: 2000 }, (_, i) => (i + 0.5) / 2000);
  const height = (f: number) => Math.tanh((f - 0.5) / 0.5) / (2 * Math.tanh(1));
  // Of y from −½ to ½, what is between y and 0: a step that ends, and one that begins.
  return fine.reduce((sum, f) => sum + (height(f) + 0.5 - Math.round(f)) ** 2, 0) / 2000;
})();

const ROWS: Record<string, Row> = {
  uniform: { make: ([lo, hi], of) => uniform(lo, hi, of), bounds: [-1, 2], mean: 0.5, variance: 9 / 12 },
  "uniform in logarithms": {
    make: ([lo, hi], of) => uniform(lo, hi, { scale: "log", ...of }),
    bounds: [1, Math.E],
    mean: Math.E - 1,
    variance: (Math.E ** 2 - 1) / 2 - (Math.E - 1) ** 2,
  },
  around: { make: ([centre, width], of) => around(centre, width, of), bounds: [1, 2], mean: 1, variance: 16 / 12 },
  normal: { make: ([mean, std], of) => normal(mean, std, of), bounds: [-2, 0.5], mean: -2, variance: 0.25 },
  truncatedNormal: {
    // Half of a bell curve.
    make: ([mean, std, lo, hi], of) => truncatedNormal(mean, std, lo, hi, of),
    bounds: [1, 2, 1, 9],
    mean: 1 + 2 * Math.sqrt(2 / Math.PI),
    variance: 4 * (1 - 2 / Math.PI),
  },
  beta: { make: ([a, b], of) => beta(a, b, of), bounds: [2, 0.5], mean: 0.8, variance: 0.16 / 3.5 },
  integers: { make: ([lo, hi], of) => integers(lo, hi, of), bounds: [-2, 3], mean: 0.5, variance: 35 / 12 },
  "relaxed integers": {
    make: ([lo, hi], of) => integers(lo, hi, { estimator: "relaxed", ...of }),
    bounds: [-2, 3],
    mean: 0.5,
    variance: 35 / 12 + SOFT,
  },
  bernoulli: { make: ([p], of) => bernoulli(p, of), bounds: [0.3], mean: 0.3, variance: 0.21 },
  choice: {
    make: ([weights], of) => choice(LISTED, { weights, ...of }),
    bounds: [WEIGHTS],
    mean: weighted((i) => LISTED[i]),
    variance: spread((i) => LISTED[i]),
  },
  categorical: {
    make: ([weights], of) => categorical(weights, of),
    bounds: [WEIGHTS],
    mean: weighted((i) => i),
    variance: spread((i) => i),
  },
  "relaxed choice": {
    // Of two values each as likely: the sigmoid of a difference of two of Gumbel, which is uniform.
    make: ([weights], of) => choice([0, 1], { weights, estimator: "relaxed", temperature: 1, ...of }),
    bounds: [[2, 2]],
    mean: 0.5,
    variance: 1 / 12,
  },
  plus: { make: ([by], of) => plus(uniform(-1, 1, of), by), bounds: [3], mean: 3, variance: 4 / 12 },
  "plus of two": {
    make: ([hi, std], of) => plus(uniform(0, hi, of), normal(0, std, of)),
    bounds: [1, 2],
    mean: 0.5,
    variance: 1 / 12 + 4,
  },
  times: { make: ([by], of) => times(beta(2, 2, of), by), bounds: [-4], mean: -2, variance: 16 * 0.05 },
  "times of two": {
    make: ([lo, hi], of) => times(uniform(lo, 1, of), uniform(1, hi, of)),
    bounds: [0, 2],
    mean: 0.75,
    variance: (1 / 3) * (7 / 3) - 0.75 ** 2,
  },
  "twice one draw": {
    make: ([lo], of) => {
      const one = uniform(lo, 1, of);
      return plus(one, times(one, 2));
    },
    bounds: [0],
    mean: 1.5,
    variance: 9 / 12,
  },
  clipped: {
    make: ([lo, hi], of) => clipped(uniform(0, 1, of), lo, hi),
    bounds: [0.25, 0.5],
    mean: 0.40625,
    variance: 0.0120443,
  },
};

const FIXED: Record<string, Row> = {
  constant: { make: () => constant(2), bounds: [], mean: 2, variance: 0 },
  "values alike": { make: (_, of) => choice([0, 1, 5], of), bounds: [], mean: 2, variance: 14 / 3 },
};

const learned = (bounds: Row["bounds"]): Tensor[] =>
  bounds.map((bound) => parameter(device.gpu, typeof bound === "number" ? [bound] : bound));
const angles = (angle: Distribution) => sequential([rotate({ angle, key: "same" })]);
const drawn = (angle: Distribution, n: number) =>
  angles(angle).sample(n, { step: 3 }).transforms[0].params.angle as number[];
async function readAngles(angle: Distribution, n: number): Promise<number[]> {
  const pipeline = angles(angle);
  const recipe = JSON.parse(JSON.stringify(pipeline.sample(n, { step: 3 })));
  return (await pipeline.read(recipe)).transforms[0].params.angle as number[];
}

describe("every family", () => {
  it.each(Object.entries({ ...ROWS, ...FIXED }))(
    "%s has its mean and spread, at 5 sigma, and stays within its support",
    (_, row) => {
      const n = 8000;
      const of = row.make(row.bounds);
      const values = drawn(of, n);
      const [lo, hi] = support(of, 0).map(Math.fround);
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(lo);
        expect(value).toBeLessThanOrEqual(hi);
      }
      const mean = values.reduce((sum, each) => sum + each, 0) / n;
      const moment = (k: number) => values.reduce((sum, each) => sum + (each - row.mean) ** k, 0) / n;
      expect(Math.abs(mean - row.mean)).toBeLessThanOrEqual(5 * Math.sqrt(row.variance / n));
      // The spread of the variance, by the fourth moment as it was drawn.
      expect(Math.abs(moment(2) - row.variance)).toBeLessThanOrEqual(
        5.5 * Math.sqrt((moment(4) - moment(2) ** 2) / n) + 1e-6,
      );
    },
  );

  it.each(Object.entries(ROWS))("%s gives on the GPU what the processor gives, to 1e-5", async (_, row) => {
    using _scope = device.gpu.scope();
    const right = drawn(row.make(row.bounds), 200);
    (await readAngles(row.make(learned(row.bounds)), 200)).forEach((value, i) => {
      expect(Math.abs(value - right[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(right[i])));
    });
  });

  it.each(Object.entries(ROWS))("%s moves with an optimiser's step", async (_, row) => {
    using _scope = device.gpu.scope();
    const bounds = learned(row.bounds);
    const of = row.make(bounds);
    for (const [i, bound] of bounds.entries()) {
      const before = await readAngles(of, 40);
      bound.grad = tensor(
        device.gpu,
        Array.from({ length: bound.size }, (_, k) => -0.25 * (k + 1)),
      );
      const optimizer = sgd([bound], { learningRate: 1 });
      optimizer.step();
      expect(await readAngles(of, 40), `bound ${i}`).not.toEqual(before);
      bound.grad = null;
      optimizer.dispose();
    }
  });

  it.each(Object.entries(ROWS))(
    "%s draws for every channel, or once for all, or once for a batch; learned as fixed",
    async (_, row) => {
      using _scope = device.gpu.scope();
      const shape = [24, 12, 1, 1];
      const differ = (list: unknown[]) => new Set(list.map(String)).size > 1;
      for (const sharing of [{}, { shared: true }, { sameOnBatch: true }]) {
        const fixed = row.make(row.bounds, sharing);
        const learns = row.make(learned(row.bounds), sharing);
        const rows = (mean: Distribution) => sequential([normalize({ mean, std: 1, key: "same" })]);
        const right = rows(fixed).sample(24, { step: 1, shape }).transforms[0].params.mean as number[][];
        const pipeline = rows(learns);
        const read = await pipeline.read(pipeline.sample(24, { step: 1, shape }));
        const values = read.transforms[0].params.mean as number[][];
        values.flat().forEach((value, i) => {
          expect(Math.abs(value - right.flat()[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
        });
        expect(right.some(differ)).toBe(!("shared" in sharing));
        expect(differ(right)).toBe(!("sameOnBatch" in sharing));
      }
    },
  );

  it.each(Object.entries({ ...ROWS, ...FIXED }))("%s prints as the call that made it", (_, row) => {
    for (const sharing of [{}, { shared: true }, { sameOnBatch: true }]) {
      const of = row.make(row.bounds, sharing);
      const again = new Function(...Object.keys(augment), `return ${of};`)(...Object.values(augment));
      expect(JSON.stringify(again)).toBe(JSON.stringify(of));
      expect(String(again)).toBe(String(of));
    }
  });
});

describe("edges", () => {
  it("of no width give one value, and coins of 0 and 1 one side", () => {
    const cases: [Distribution, number][] = [
      [uniform(3, 3), 3],
      [around(3, 0), 3],
      [normal(3, 0), 3],
      [truncatedNormal(0, 1, 3, 3), 3],
      [truncatedNormal(3, 1e-7, 2, 4), 3],
      [integers(3, 3), 3],
      [choice([3]), 3],
      [categorical([0, 0, 0, 1]), 3],
      [bernoulli(0), 0],
      [bernoulli(1), 1],
      [beta(1e4, 0.01), 1],
      [plus(constant(1), 2), 3],
      [times(uniform(0, 1), 0), 0],
      [clipped(normal(0, 1), 3, 3), 3],
    ];
    for (const [of, value] of cases)
      for (const each of drawn(of, 50))
        expect.soft(Math.abs(each - value), String(of)).toBeLessThan(of.distribution === "beta" ? 0.01 : 1e-6);
  });

  it("of arithmetic: zero is left out, signs turn round, and intervals meet", () => {
    expect(support(times(uniform(1, 2), -3), 0)).toEqual([-6, -3]);
    expect(support(times(uniform(-1, 2), uniform(-3, 1)), 0)).toEqual([-6, 3]);
    expect(support(plus(choice([-1, 1]), [10, 20]), 1)).toEqual([19, 21]);
    expect(support(clipped(normal(0, 1), -1, [2, 9]), 0)).toEqual([-1, 2]);
    const parts = [uniform(0, 1), normal(1, 1)];
    expect(() => plus(parts[0], 2 ** 1000)).toThrow("by");
    expect(() => times(normal(0, 1e37), 1e3)).toThrow("by");
    expect(() => plus(uniform([0, 0], 1), [1, 2, 3])).toThrow("of.lo: got 2 components beside 3");
    for (const wrong of [
      3,
      null,
      "uniform",
      augment.permutation(),
      augment.partners(),
      {},
      [],
      ones(device.gpu, [1]),
    ] as never[])
      expect(() => plus(wrong, 1)).toThrow(/^of: got /);
    for (const wrong of [null, "1", Number.NaN, [], [Number.NaN], augment.subset(1), {}] as never[])
      expect(() => times(uniform(0, 1), wrong)).toThrow(/^by/);
    expect(() => clipped(uniform(0, 1), 2, 1)).toThrow("lo");
    const many = (n: number): Distribution => (n === 1 ? uniform(0, 1) : plus(many(n / 2), many(n / 2)));
    expect(() => angles(many(512))).toThrow("a distribution of 512 others");
    let deep: Distribution = uniform(0, 1);
    for (let i = 0; i < 100; i++) deep = plus(deep, 1);
    expect(() => plus(deep, 1)).toThrow("one more step");
    const round = { distribution: "plus", by: 1, of: null as unknown };
    round.of = round;
    for (const wrong of [round, { distribution: "plus" }, { distribution: "times", of: 1, by: null }])
      expect(() => angles(wrong as never)).toThrow(ArgumentError);
  });

  it("one source of several parameters is one draw, whatever is computed of it", () => {
    const one = uniform(1, 2);
    const { params } = sequential([scale({ x: one, y: plus(one, 1) })]).sample(9, { step: 1 }).transforms[0];
    (params.x as number[]).forEach((x, i) => {
      expect((params.y as number[])[i]).toBeCloseTo(x + 1, 6);
    });
  });
});

describe("what is computed of others", () => {
  const f32 = Math.fround;
  const shared = uniform(0, 1, { shared: true });
  const own = uniform(0, 1);
  const COMPUTED: Record<string, [Distribution, (s: number, o: number, k: number) => number]> = {
    "of one draw for all components": [plus(times(shared, shared), 1), (s) => f32(f32(s * s) + 1)],
    "of one draw for all, and bounds for each": [
      plus(times(shared, 3), [1, 2, 3]),
      (s, _, k) => f32(f32(s * 3) + k + 1),
    ],
    "of one draw for all, and one for each": [
      clipped(times(shared, own), 0, [0.1, 0.2, 0.3]),
      (s, o, k) => Math.min(f32(s * o), f32([0.1, 0.2, 0.3][k])),
    ],
    "of one that has a bound for each": [
      times(uniform([0, 1, 2], 3, { shared: true }), 2),
      (s, _, k) => f32(2 * f32(k + s * (3 - k))),
    ],
  };

  it.each(Object.entries(COMPUTED))("has, sample for sample, its own values: %s", (_, [of, expected]) => {
    const value = valueFor(of, 3);
    const isOwn = sourcesOf(of).map((source) => !source.shared);
    for (const s of [0.25, 0.75, 0.5]) {
      for (let k = 0; k < 3; k++) {
        const o = f32(s + (k + 1) / 16);
        expect(
          value(
            isOwn.map((own) => (own ? o : s)),
            k,
          ),
        ).toBe(expected(s, o, k));
      }
    }
  });
});
