import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gumbelsOf } from "../../src/augment/distributions/gumbel.ts";
import { indexOf } from "../../src/augment/distributions/index.ts";
import {
  type Bound,
  categorical,
  choice,
  type Distribution,
  integers,
  isDistribution,
  plus,
  sequential,
  truncatedNormal,
  uniform,
} from "../../src/augment/index.ts";
import { backward, grad, mean, mul, slice, softmax, square, sub, sum } from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { sgd } from "../../src/optim/index.ts";
import { full, ones, parameter, tensor } from "../../src/tensor/index.ts";
import { brightness, normalize, posterize, rotate, scale } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const MANY = 8000;

/** Angles that were drawn. */
const drawn = (angle: Distribution, n = MANY) =>
  sequential([rotate({ angle })]).sample(n, { step: 1 }).transforms[0].params.angle as number[];

/** The share of each value is as it should be, at 5 sigma. */
function expectShares(values: readonly number[], shares: ReadonlyMap<number, number>): void {
  for (const value of values) expect(shares.has(value)).toBe(true);
  for (const [value, p] of shares) {
    const share = values.filter((each) => each === value).length / values.length;
    expect(Math.abs(share - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / values.length));
  }
}

describe("integers, choice and categorical", () => {
  it("draw every value as often as they should", () => {
    expectShares(drawn(integers(-1, 3)), new Map([-1, 0, 1, 2, 3].map((v) => [v, 1 / 5])));
    expectShares(drawn(choice([-10, 4, 0.5])), new Map([-10, 4, 0.5].map((v) => [v, 1 / 3])));
    expectShares(
      drawn(choice([5, 6, 7, 8], { weights: [0, 3, 1, 0] })),
      new Map([
        [6, 3 / 4],
        [7, 1 / 4],
      ]),
    );
    expectShares(
      drawn(categorical([1, 0, 2, 5])),
      new Map([
        [0, 1 / 8],
        [2, 2 / 8],
        [3, 5 / 8],
      ]),
    );
  });

  it("never draw what has the weight 0, at either end of u", () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-30, max: 1e30, noNaN: true })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(weights, fc.constantFrom(0, 2 ** -24, 0.5, 1 - 2 ** -24), (list, u) => {
        if (!list.some((each) => each > 0)) return;
        expect(list[indexOf(list, u)]).toBeGreaterThan(0);
      }),
    );
  });

  it("allow what lies on either side of what is not allowed, and one value only", () => {
    const { x } = sequential([scale({ x: choice([-1, 1]), y: integers(3, 3) })]).sample(64, { step: 0 }).transforms[0]
      .params;
    expect(new Set(x as number[])).toEqual(new Set([-1, 1]));
    expect(() => sequential([scale({ x: choice([-1, 0, 1]), y: 1 })])).toThrow("scale.x: got 0");
    expect(() => sequential([scale({ x: choice([-1, 0, 1], { weights: [1, 0, 1] }), y: 1 })])).not.toThrow();
    expect(() => sequential([scale({ x: integers(-1, 1), y: 1 })])).toThrow(ArgumentError);
    expect(new Set(drawn(integers(7, 7), 9))).toEqual(new Set([7]));
    const { bits } = sequential([posterize({ bits: choice([2, 8]) })]).sample(64, { step: 0 }).transforms[0].params;
    expect(new Set(bits as number[])).toEqual(new Set([2, 8]));
  });

  it("draw for each component or channel, for all at once, or a row whole", () => {
    const means = (mean: Distribution, channels = 3) =>
      sequential([normalize({ mean, std: 1 })]).sample(64, { step: 0, shape: [64, channels, 4, 4] }).transforms[0]
        .params.mean as number[][];
    expect(means(integers(0, 9)).some((row) => new Set(row).size > 1)).toBe(true);
    for (const row of means(choice([1, 2, 3], { shared: true }))) expect(new Set(row).size).toBe(1);
    for (const row of means(integers([0, 10, 20], [1, 11, 21])))
      row.forEach((value, k) => {
        expect(value === 10 * k || value === 10 * k + 1).toBe(true);
      });
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const got = means(choice(rows, { weights: [1, 1] }));
    for (const row of got) expect(rows).toContainEqual(row);
    expect(new Set(got.map(String)).size).toBe(2);
    expect(() => means(choice(rows), 4)).toThrow(ShapeError);
    expect(() => means(uniform([0, 0, 0], 1), 4)).toThrow("normalize.mean, lo");
    expect(() => sequential([rotate({ angle: choice(rows) })])).toThrow(ShapeError);
  });

  it("are plain values that print as the call that made them", () => {
    expect(String(integers(1, 6, { shared: true }))).toBe("integers(1, 6, { shared: true })");
    expect(String(choice([1, 2], { weights: [1, 3] }))).toBe("choice([1, 2], { weights: [1, 3] })");
    expect(String(choice([[1, 2]], { sameOnBatch: true }))).toBe("choice([[1, 2]], { sameOnBatch: true })");
    expect(String(categorical([1, 2]))).toBe("categorical([1, 2])");
    expect(JSON.parse(JSON.stringify(choice([1, 2])))).toEqual({
      distribution: "choice",
      values: [1, 2],
      estimator: "straightThrough",
      temperature: 0.5,
      shared: false,
      sameOnBatch: false,
    });
    for (const made of [integers(0, 1), choice([1]), categorical([1])]) {
      expect(isDistribution(made)).toBe(true);
      expect(Object.isFrozen(made)).toBe(true);
    }
  });

  it.each<[string, () => unknown]>([
    ["lo", () => integers(0.5, 2)],
    ["lo", () => integers(3, 2)],
    ["hi", () => integers(0, 2 ** 25)],
    ["hi", () => integers([0, 1], [1, 2, 3])],
    ["hi", () => integers(0, tensor(device.gpu, [1, 2], [2, 1]))],
    ["hi", () => integers(parameter(device.gpu, [0, 1]), parameter(device.gpu, [1, 2, 3]))],
    ["temperature", () => integers(0, 1, { temperature: 1 })],
    ["temperature", () => integers(0, 1, { estimator: "relaxed", temperature: 0 })],
    ["estimator", () => integers(0, 1, { estimator: "pathwise" as never })],
    ["lo", () => integers([] as never, 1)],
    ["hi[1]", () => integers(0, [1, Number.NaN])],
    ["values", () => choice([])],
    ["values", () => choice("12" as never)],
    ["values[1]", () => choice([1, Number.NaN])],
    ["values[1]", () => choice(new Array(2) as never).values && choice([1, undefined as never])],
    ["values[1]", () => choice([[1, 2], [3]])],
    ["values[0]", () => choice([[]])],
    ["weights", () => choice([1, 2], { weights: [1, 2, 3] })],
    ["weights[0]", () => choice([1, 2], { weights: [-1, 2] })],
    ["weights", () => categorical([0, 0])],
    ["weights", () => categorical(3 as never)],
    ["weights", () => categorical([])],
    ["weights[1]", () => categorical([1, Number.NaN])],
    ["weights", () => categorical(tensor(device.gpu, [1, 2], [2, 1]))],
    ["shared", () => choice([[1, 2]], { shared: false })],
    ["options.weight", () => choice([1, 2], { weight: [1, 2] } as never)],
  ])("refuse what makes no sense: %s", (argument, call) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error as ArgumentError).toMatchObject({
      argument: argument === "values[1]" ? expect.stringMatching(/^values\[[01]\]$/) : argument,
    });
  });
});

describe("learned weights", () => {
  const bright = (factor: Distribution) => sequential([brightness({ factor, clip: false })]);

  it("draw what numbers would, and move with the next step", async () => {
    const { gpu } = device;
    const x = ones(gpu, [32, 1, 2, 2]);
    const values = [0.5, 2, 3];
    const weights = parameter(gpu, [1, 0, 3]);
    const learned = bright(choice(values, { weights }));
    const fixed = bright(choice(values, { weights: [1, 0, 3] }));
    expect(await learned(x, { step: 3 }).read()).toEqual(await fixed(x, { step: 3 }).read());
    const recipe = learned.sample(32, { step: 3 });
    const factors = (await learned.read(recipe)).transforms[0].params.factor as number[];
    expect(factors).toEqual(fixed.sample(32, { step: 3 }).transforms[0].params.factor);
    weights.grad = tensor(gpu, [1, -1, 3]);
    sgd([weights], { learningRate: 1 }).step();
    expect(new Set(await learned(x, { step: 3 }).read())).toEqual(new Set([2]));
    const indices = bright(categorical(() => softmax(weights)));
    expect(new Set(await indices(x, { step: 3 }).read()).size).toBeGreaterThan(1);
  });

  it("have the gradient of the mean of the values, whatever is drawn; numbers, rows, and components", async () => {
    const { gpu } = device;
    const given = [0.5, 1.5, 3];
    const total = given.reduce((a, b) => a + b);
    const n = 5;
    const x = full(gpu, [n, 2, 1, 1], 1);
    const slopes = (values: (i: number) => number) => {
      const mean = given.reduce((all, w, i) => all + (w * values(i)) / total, 0);
      return given.map((_, i) => (values(i) - mean) / total);
    };
    const cases: [Distribution | ((weights: ReturnType<typeof parameter>) => Distribution), number[]][] = [
      [(weights) => choice([1, 5, 2], { weights }), slopes((i) => [1, 5, 2][i])],
      [(weights) => categorical(weights), slopes((i) => i)],
    ];
    for (const [make, expected] of cases) {
      const weights = parameter(gpu, given);
      const y = bright((make as (w: typeof weights) => Distribution)(weights))(x, { step: 0 });
      backward(sum(y));
      const got = await weights.grad!.read();
      // Each of n samples has two pixels of 1.
      expected.forEach((slope, i) => {
        expect(Math.abs(got[i] - 2 * n * slope)).toBeLessThan(1e-4);
      });
    }
    for (const rows of [
      [
        [1, 2],
        [3, -1],
        [0, 4],
      ],
      null,
    ]) {
      const weights = parameter(gpu, given);
      const mean = rows ? choice(rows, { weights }) : choice([1, 5, 2], { weights });
      // y = x - mean: the gradient of the mean is -1 for each channel; the first is counted twice here.
      const y = sequential([normalize({ mean, std: 1 })])(x, { step: 0 });
      backward(sum(mul(y, tensor(gpu, [2, 1], [1, 2, 1, 1]))));
      const got = await weights.grad!.read();
      const value = (i: number) => (rows ? 2 * rows[i][0] + rows[i][1] : 3 * [1, 5, 2][i]);
      slopes(value).forEach((slope, i) => {
        expect(Math.abs(got[i] + n * slope)).toBeLessThan(1e-4);
      });
    }
  });

  it("relaxed: means of the values in shares of a Gumbel softmax, with their true gradient, for numbers, rows and indices", async () => {
    using _ = device.gpu.scope();
    const n = 64;
    const given = [1, 2, 0.5, 3];
    const relaxed = (values: number[] | number[][] | null, weights: Bound, temperature: number) =>
      values
        ? choice(values, { weights, estimator: "relaxed", temperature })
        : categorical(weights, { estimator: "relaxed", temperature });
    const means = (mean: Distribution) => sequential([normalize({ mean, std: 1 })]);
    const shape = [n, 2, 1, 1];
    const rows = [
      [0, 9],
      [1, 7],
      [2, -3],
      [3, 0],
    ];
    for (const values of [[0, 1, 5, 2], rows, null]) {
      const drawn = (weights: Bound, temperature = 0.7) =>
        means(relaxed(values, weights, temperature)).sample(n, { step: 1, shape }).transforms[0].params
          .mean as number[][];
      const weights = parameter(device.gpu, given);
      const pipeline = means(relaxed(values, weights, 0.7));
      const read = await pipeline.read(pipeline.sample(n, { step: 1, shape }));
      const right = drawn(given).flat();
      (read.transforms[0].params.mean as number[][]).flat().forEach((value, i) => {
        expect(Math.abs(value - right[i])).toBeLessThan(1e-5);
      });
      // y = x - mean, and each pixel with a weight of its own.
      const seed = Array.from({ length: 2 * n }, (_, i) => (i % 7) - 2.5);
      const y = pipeline(full(device.gpu, shape, 1), { step: 1 });
      const [gradient] = grad(y, [weights], { gradient: tensor(device.gpu, seed, shape) });
      const got = await gradient.read();
      given.forEach((_, k) => {
        const moved = (by: number) =>
          drawn(given.map((each, j) => (j === k ? each + by : each)))
            .flat()
            .reduce((sum, v, i) => sum - v * seed[i], 0);
        const expected = (moved(0.01) - moved(-0.01)) / 0.02;
        expect(Math.abs(got[k] - expected)).toBeLessThan(5e-3 * (1 + Math.abs(expected)));
      });
      // A value that weighs nothing has no share, however hot.
      const without = drawn([1, 0, 0, 0], 9).flat();
      expect(new Set(without).size).toBe(values === rows ? 2 : 1);
    }
    expect(String(relaxed([1, 2], [1, 1], 0.5))).toBe(
      'choice([1, 2], { weights: [1, 1], estimator: "relaxed", temperature: 0.5 })',
    );
    expect(() => choice([1, 2], { temperature: 1 })).toThrow("temperature");
    expect(() => categorical([1, 2], { estimator: "relaxed", temperature: 0 })).toThrow("temperature");
    expect(
      new Set(
        sequential([rotate({ angle: choice([7], { estimator: "relaxed" }) })]).sample(3, { step: 0 }).transforms[0]
          .params.angle as number[],
      ),
    ).toEqual(new Set([7]));
  });

  it("relaxed: cold, they are the values listed, as often as their weights say, by a G-test; of several draws, too", async () => {
    const n = 6000;
    const given = [1, 2, 0, 0.5, 3];
    const listed = [5, -1, 7, 0.25, 2];
    for (const weights of [given, parameter(device.gpu, given)]) {
      const one = choice(listed, { weights, estimator: "relaxed", temperature: 1e-3 });
      const pipeline = sequential([rotate({ angle: one }), normalize({ mean: one, std: 1 })]);
      const read = await pipeline.read(pipeline.sample(n, { step: 4, shape: [n, 2, 1, 1] }));
      const [{ params: turned }, { params: moved }] = read.transforms;
      for (const drawn of [turned.angle as number[], (moved.mean as number[][]).flat()]) {
        const counts = listed.map((value) => drawn.filter((each) => Math.abs(each - value) < 1e-3).length);
        const total = counts.reduce((a, b) => a + b);
        // Some lie between, where two shares are as good as equal.
        expect(total).toBeGreaterThan(0.99 * drawn.length);
        expect(counts[2]).toBe(0);
        const g = counts.reduce(
          (sum, count, i) => sum + (count && 2 * count * Math.log((count * 6.5) / (total * given[i]))),
          0,
        );
        // The quantile of χ² with 3 degrees of freedom at 1 − 10⁻⁶.
        expect(g).toBeLessThan(30.7);
      }
    }
  });

  it("relaxed: the shares of a draw are the exact softmax at its noise, whose values are independent", () => {
    const n = 4000;
    const noise = Array.from({ length: n }, (_, i) => gumbelsOf(i / n, 3));
    const mean = (of: (row: Float64Array) => number) => noise.reduce((sum, row) => sum + of(row), 0) / n;
    const [euler, variance] = [0.5772156649, Math.PI ** 2 / 6];
    for (const k of [0, 1, 2]) {
      expect(Math.abs(mean((row) => row[k]) - euler)).toBeLessThan(5 * Math.sqrt(variance / n));
      const other = (k + 1) % 3;
      const together = mean((row) => (row[k] - euler) * (row[other] - euler));
      expect(Math.abs(together)).toBeLessThan((5 * variance) / Math.sqrt(n));
    }
    const values = [3, -1, 4];
    const found = drawn(choice(values, { weights: [1, 2, 4], estimator: "relaxed", temperature: 0.8 }), 50);
    const { units } = sequential([
      rotate({ angle: choice(values, { weights: () => tensor(device.gpu, [1, 2, 4]), estimator: "relaxed" }) }),
    ]).sample(50, { step: 1 }).transforms[0];
    found.forEach((value, i) => {
      const shares = [1, 2, 4].map((w, k) =>
        Math.exp((Math.log(w) + gumbelsOf((units.angle as number[])[i], 3)[k]) / 0.8),
      );
      const right = shares.reduce((sum, share, k) => sum + share * values[k], 0) / shares.reduce((a, b) => a + b);
      expect(value).toBeCloseTo(right, 5);
    });
  });

  it("may be many, as may be the values", async () => {
    using _ = device.gpu.scope();
    const values = Array.from({ length: 300_000 }, (_, i) => i / 1000);
    expect(new Set(drawn(plus(choice(values), 1), 50)).size).toBeGreaterThan(45);
    const weights = parameter(
      device.gpu,
      Array.from({ length: 5000 }, (_, i) => Number(i >= 4998)),
    );
    const pipeline = sequential([rotate({ angle: choice(values.slice(0, 5000), { weights }) })]);
    const { params } = (await pipeline.read(pipeline.sample(40, { step: 0 }))).transforms[0];
    expect(new Set((params.angle as number[]).map((each) => Math.round(1000 * each)))).toEqual(new Set([4998, 4999]));
  });

  it("of another length than the values are refused when they are made", () => {
    const { gpu } = device;
    const x = full(gpu, [2, 1, 2, 2], 1);
    const bytes = gpu.stats.bytesInUse;
    const two = () => tensor(gpu, [1, 1]);
    expect(() => bright(choice([1, 2, 3], { weights: two }))(x, { step: 0 })).toThrow("brightness.factor, weights");
    using scope = gpu.scope();
    expect(() => choice([1, 2, 3], { weights: parameter(gpu, [1]) })).toThrow(ShapeError);
    scope.dispose();
    expect(gpu.stats.bytesInUse).toBe(bytes);
  });
});

describe("learned values", () => {
  const means = (mean: Distribution) => sequential([normalize({ mean, std: 1 })]);
  const n = 40;
  const shape = [n, 2, 1, 1];

  it.each(["straightThrough", "relaxed"] as const)(
    "%s: are drawn as numbers would be, and get the gradient of what was drawn; weights beside them learn, too",
    async (estimator) => {
      using _ = device.gpu.scope();
      const [listed, given] = [
        [3, -1, 0.5],
        [1, 2, 1.5],
      ];
      const numbers = (values: number[], weights: number[]) =>
        means(choice(values, { weights, estimator })).sample(n, { step: 2, shape }).transforms[0].params
          .mean as number[][];
      const seed = Array.from({ length: 2 * n }, (_, i) => (i % 5) - 1.7);
      const right = numbers(listed, given).flat();
      for (const weights of [given, parameter(device.gpu, given)]) {
        const values = parameter(device.gpu, listed);
        const pipeline = means(choice(values, { weights, estimator }));
        const recipe = JSON.parse(JSON.stringify(pipeline.sample(n, { step: 2, shape })));
        const read = (await pipeline.read(recipe)).transforms[0].params.mean as number[][];
        read.flat().forEach((value, i) => {
          expect(Math.abs(value - right[i])).toBeLessThan(1e-5);
        });
        const y = pipeline(full(device.gpu, shape, 0), { step: 2 });
        const learned = Array.isArray(weights) ? [values] : [values, weights];
        const [got, ofWeights] = await Promise.all(
          grad(y, learned, { gradient: tensor(device.gpu, seed, shape) }).map((each) => each.read()),
        );
        listed.forEach((_, k) => {
          const moved = (by: number) =>
            numbers(
              listed.map((each, j) => (j === k ? each + by : each)),
              given,
            )
              .flat()
              .reduce((sum, v, i) => sum - v * seed[i], 0);
          expect(Math.abs(got[k] - (moved(0.25) - moved(-0.25)) / 0.5)).toBeLessThan(1e-3);
        });
        if (ofWeights) expect(Math.max(...ofWeights.map(Math.abs))).toBeGreaterThan(0.01);
      }
    },
  );

  it("may come of a function, without weights, and learn by steps; what makes no sense is refused", async () => {
    const { gpu } = device;
    const values = parameter(gpu, [0.25, 4]);
    const pipeline = sequential([brightness({ factor: choice(() => mul(values, 2)), clip: false })]);
    const x = ones(gpu, [16, 1, 1, 1]);
    expect(new Set(await pipeline(x, { step: 1 }).read())).toEqual(new Set([0.5, 8]));
    backward(sum(pipeline(x, { step: 1 })));
    const slopes = await values.grad!.read();
    expect(slopes[0] + slopes[1]).toBe(32);
    sgd([values], { learningRate: 0.01 }).step();
    expect(Math.min(...(await pipeline(x, { step: 1 }).read()))).toBeLessThan(0.5);
    expect(String(choice(values))).toMatch(/^choice\(/);
    expect(() => choice(tensor(gpu, [1, 2], [2, 1]))).toThrow(ShapeError);
    expect(() => choice(values, { weights: [1, 2, 3] })).toThrow("weights");
    expect(() => choice(values, { estimator: "scoreFunction" })).toThrow(/^estimator: .*straightThrough or relaxed/);
    expect(() =>
      sequential([brightness({ factor: choice(() => values, { weights: [1, 2, 3] }) })])(x, { step: 0 }),
    ).toThrow(ShapeError);
  });
});

describe("learned bounds of integers", () => {
  const n = 400;
  const pipelineOf = (of: Distribution) => sequential([brightness({ factor: of, clip: false })]);
  const unitsOf = (pipeline: ReturnType<typeof pipelineOf>) =>
    pipeline.sample(n, { step: 3 }).transforms[0].units.factor as number[];
  const seed = Array.from({ length: n }, (_, i) => (i % 7) - 2.2);
  const total = (of: (i: number) => number) => seed.reduce((sum, weight, i) => sum + weight * of(i), 0);

  it.each([
    [2, 6],
    [-0.75, 2.5],
    [4, 4],
    [6.25, 2.5],
  ])(
    "from %d to %d: whole numbers, each as often as it should come, with the gradient of what is rounded",
    async (lo, hi) => {
      using _ = device.gpu.scope();
      const bounds = [parameter(device.gpu, [lo]), parameter(device.gpu, [hi])];
      const pipeline = pipelineOf(integers(bounds[0], bounds[1]));
      const many = (await pipeline.read(pipeline.sample(MANY, { step: 1 }))).transforms[0].params.factor as number[];
      const [least, most] = [Math.min(lo, hi), Math.max(lo, hi)];
      const shares = new Map<number, number>();
      for (let k = Math.floor(least); k < most + 1; k++)
        shares.set(k, (Math.min(k + 1, most + 1) - Math.max(k, least)) / (most + 1 - least));
      expectShares(many, shares);
      const y = pipeline(ones(device.gpu, [n, 1, 1, 1]), { step: 3 });
      const units = unitsOf(pipeline);
      expect(Array.from(await y.read())).toEqual(
        units.map((u) => Math.fround(Math.floor(least + u * (most + 1 - least)))),
      );
      const [ofLo, ofHi] = await Promise.all(
        grad(y, bounds, { gradient: tensor(device.gpu, seed, [n, 1, 1, 1]) }).map((each) => each.read()),
      );
      const [toLeast, toMost] = lo <= hi ? [ofLo[0], ofHi[0]] : [ofHi[0], ofLo[0]];
      expect(Math.abs(toLeast - total((i) => 1 - units[i]))).toBeLessThan(1e-2);
      expect(Math.abs(toMost - total((i) => units[i]))).toBeLessThan(1e-2);
    },
  );

  it("never leave the bounds by rounding, nor where numbers are large", async () => {
    using _ = device.gpu.scope();
    for (const [lo, hi] of [
      [0, 5],
      [2 ** 20, 2 ** 20 + 5],
      [-(2 ** 23), 2 ** 23 - 1],
    ]) {
      const pipeline = pipelineOf(integers(parameter(device.gpu, [lo]), parameter(device.gpu, [hi])));
      const recipe = pipeline.sample(4, { step: 0 });
      (recipe.transforms[0].units.factor as number[]).splice(0, 4, 0, 2 ** -24, 0.5, 1 - 2 ** -24);
      const [first, second, , last] = (await pipeline.read(recipe)).transforms[0].params.factor as number[];
      expect([first, last]).toEqual([lo, hi]);
      expect(second).toBe(lo + Math.floor(2 ** -24 * (hi - lo + 1)));
    }
  });

  it("relaxed: stairs with soft steps, whose gradient is that of differences; whole where it is cold", async () => {
    using _ = device.gpu.scope();
    const at = (lo: number, hi: number, temperature: number, u: number) => {
      const y = lo - 0.5 + u * (hi + 1 - lo);
      const f = y - Math.floor(y) - 0.5;
      return Math.floor(y) + 0.5 + Math.tanh(f / temperature) / (2 * Math.tanh(0.5 / temperature));
    };
    const [lo, hi] = [-1.25, 3.5];
    for (const temperature of [0.3, 1, 1e-3]) {
      const bounds = [parameter(device.gpu, [lo]), parameter(device.gpu, [hi])];
      const pipeline = pipelineOf(integers(bounds[0], bounds[1], { estimator: "relaxed", temperature }));
      const units = unitsOf(pipeline);
      const y = pipeline(ones(device.gpu, [n, 1, 1, 1]), { step: 3 });
      const seen = Array.from(await y.read());
      if (temperature < 0.01) {
        expect(seen.filter((v) => Math.abs(v - Math.round(v)) < 1e-4).length).toBeGreaterThan(0.97 * n);
        continue;
      }
      seen.forEach((v, i) => {
        expect(Math.abs(v - at(lo, hi, temperature, units[i]))).toBeLessThan(2e-5);
      });
      const gradients = await Promise.all(
        grad(y, bounds, { gradient: tensor(device.gpu, seed, [n, 1, 1, 1]) }).map((each) => each.read()),
      );
      const h = 1e-5;
      const right = [
        total((i) => (at(lo + h, hi, temperature, units[i]) - at(lo - h, hi, temperature, units[i])) / (2 * h)),
        total((i) => (at(lo, hi + h, temperature, units[i]) - at(lo, hi - h, temperature, units[i])) / (2 * h)),
      ];
      for (const [k, slope] of right.entries())
        expect(Math.abs(gradients[k][0] - slope)).toBeLessThan(2e-3 * (1 + Math.abs(slope)));
    }
    const { angle } = sequential([
      rotate({ angle: integers(0, 3, { estimator: "relaxed", temperature: 0.2 }) }),
    ]).sample(MANY, { step: 0 }).transforms[0].params;
    expect(Math.min(...(angle as number[]))).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...(angle as number[]))).toBeLessThanOrEqual(3.5);
  });

  it("learn, by an optimiser's steps, to draw what another die draws", async () => {
    const { gpu } = device;
    const bounds = [parameter(gpu, [2]), parameter(gpu, [3])];
    const [learner, teacher] = [pipelineOf(integers(bounds[0], bounds[1])), pipelineOf(integers(1, 6))];
    const x = ones(gpu, [16, 1, 1, 1]);
    const optimizer = sgd(bounds, { learningRate: 0.5 });
    for (let step = 0; step < 60; step++) {
      using _ = gpu.scope();
      backward(mean(square(sub(learner(x, { step }), teacher(x, { step })))));
      optimizer.step();
      optimizer.zeroGrad();
    }
    optimizer.dispose();
    expect(Math.abs((await bounds[0].read())[0] - 1)).toBeLessThan(0.3);
    expect(Math.abs((await bounds[1].read())[0] - 6)).toBeLessThan(0.3);
  });
});

it("learned choices and whole numbers leave no memory behind, step by step, nor do their probabilities", async () => {
  const { gpu } = device;
  const bounds = [
    [1, 2],
    [1, 2],
    [1, 3],
  ].map((given) => parameter(gpu, given));
  const [weights, values, ends] = bounds;
  const [lo, hi] = [0, 1].map((k) => () => slice(ends, 0, k, k + 1));
  const factors = (["straightThrough", "relaxed"] as const).flatMap((estimator) => [
    choice(values, { weights, estimator }),
    integers(lo, hi, { estimator }),
  ]);
  const score = { estimator: "scoreFunction" } as const;
  const drawn = sequential(factors.map((factor) => brightness({ factor })));
  const scored = sequential([
    brightness({ factor: integers(lo, hi, score) }),
    brightness({ factor: truncatedNormal(lo, hi, 0, 4, score) }),
  ]);
  const x = ones(gpu, [3, 1, 2, 2]);
  const live = async (step: number) => {
    for (const made of [drawn(x, { step }), scored.logProb(scored.sample(3, { step }))]) {
      const loss = sum(made);
      backward(loss);
      loss.dispose();
      made.dispose();
    }
    for (const bound of bounds) {
      bound.grad?.dispose();
      bound.grad = null;
    }
    await gpu.flush();
    return gpu.stats.bytesInUse;
  };
  await live(0);
  const before = await live(1);
  for (let step = 2; step < 6; step++) await live(step);
  expect(await live(6)).toBe(before);
});
