import { describe, expect, it } from "vitest";
import {
  bernoulli,
  describeSamples,
  oneOf,
  type Pipeline,
  type Sampled,
  sequential,
  sometimes,
  type Tree,
  uniform,
} from "../../src/augment/index.ts";
import { backward, exp, mean, mul, square, sub, sum } from "../../src/autograd/index.ts";
import { adam } from "../../src/optim/index.ts";
import { full, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, gaussianBlur, horizontalFlip, invert, resize, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 24;
const EACH = 20;
const SHAPE = [N, 1, 4, 5];
const noise = (k: number) => Math.abs(Math.sin((k + 1) * 12.9898) * 43758.5453) % 1;
const pixels = Float32Array.from({ length: N * EACH }, (_, i) => noise(i));
const aims = Float32Array.from({ length: N * EACH }, (_, i) => noise(i + 7919) - 0.4);
const batch = () => tensor(device.gpu, pixels, SHAPE);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
const dot = (a: Float32Array, b: Float32Array, n: number) => {
  let total = 0;
  for (let i = n * EACH; i < (n + 1) * EACH; i++) total += a[i] * b[i];
  return total;
};

const WEIGHTS = [1, 3, 2];
const SUM = 6;
const links = (): Tree[] => [invert(), [brightness({ factor: 0.5 }), rotate({ angle: 90 })], []];
/** What each link makes of all samples. */
const images = () => Promise.all(links().map((link) => values(sequential([link])(batch()))));

/** The gradient of the sum of y · aims, in a parameter. */
async function gradientOf(pipeline: Pipeline, parameter: Tensor, step = 0): Promise<Float32Array> {
  parameter.grad?.dispose();
  parameter.grad = null;
  backward(sum(mul(pipeline(batch(), { step }), tensor(device.gpu, aims, SHAPE))));
  return values(parameter.grad!);
}

const chosenOf = async (pipeline: Pipeline, step = 0): Promise<number[]> => {
  const [choice] = (await pipeline.read(pipeline.sample(N, { step }))).choices!;
  return choice.chosen as number[];
};

describe("oneOf with weights that learn", () => {
  it("gives each sample its link, bit for bit, as often as its weight says; replayed and read, too", async () => {
    const weights = parameter(device.gpu, WEIGHTS);
    const pipeline = sequential([oneOf(links(), { weights })]);
    const y = await values(pipeline(batch(), { step: 3 }));
    const drawn: Sampled = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 3 })));
    const fixed = await pipeline.read(drawn);
    const chosen = await chosenOf(pipeline, 3);
    expect(new Set(chosen)).toEqual(new Set([0, 1, 2]));
    const all = await images();
    expect(y).toEqual(Float32Array.from(y, (_, i) => all[chosen[Math.floor(i / EACH)]][i]));
    expect(await values(pipeline.replay(batch(), drawn))).toEqual(y);
    expect(await values(pipeline.replay(batch(), fixed))).toEqual(y);
    expect(describeSamples(pipeline, fixed).map((log) => log.length)).toEqual(chosen.map((k) => [1, 2, 0][k]));
    expect(() => describeSamples(pipeline, drawn)).toThrow(/choices\[0\].*read/);
    // The draws are those of the same weights as numbers.
    const numbers = sequential([oneOf(links(), { weights: WEIGHTS })]).sample(N, { step: 3 });
    expect(numbers.choices![0]).toEqual({ name: "oneOf", chosen });
  });

  it("straightThrough: the gradient is that of the links' mean under the weights", async () => {
    const weights = parameter(device.gpu, WEIGHTS);
    const found = await gradientOf(sequential([oneOf(links(), { weights })]), weights);
    const all = await images();
    const of = all.map((image) => Array.from({ length: N }, (_, n) => dot(image, aims, n)).reduce((a, b) => a + b));
    const average = of.reduce((total, each, k) => total + (WEIGHTS[k] * each) / SUM, 0);
    expect(
      worst(
        found,
        of.map((each) => (each - average) / SUM),
      ),
    ).toBeLessThan(1e-4);
  });

  it("relaxed: shares of a Gumbel softmax, whose gradient is that of differences", async () => {
    const weights = parameter(device.gpu, WEIGHTS);
    const relaxed = { estimator: "relaxed", temperature: 0.7 } as const;
    const pipeline = sequential([oneOf(links(), { weights, ...relaxed })]);
    const drawn = pipeline.sample(N, { step: 0 });
    const { units } = drawn.choices![0] as { units: number[][] };
    const all = await images();
    const sharesAt = (w: readonly number[], n: number) => {
      const e = w.map((each, k) => Math.exp((Math.log(each) - Math.log(-Math.log(units[n][k]))) / 0.7));
      return e.map((each) => each / e.reduce((a, b) => a + b));
    };
    const lossAt = (w: readonly number[]) =>
      Array.from({ length: N }, (_, n) =>
        sharesAt(w, n).reduce((total, share, k) => total + share * dot(all[k], aims, n), 0),
      ).reduce((a, b) => a + b);
    const y = await values(pipeline(batch(), { step: 0 }));
    const total = Array.from({ length: N }, (_, n) => dot(y, aims, n)).reduce((a, b) => a + b);
    expect(Math.abs(total - lossAt(WEIGHTS))).toBeLessThan(1e-4);
    const found = await gradientOf(pipeline, weights);
    const expected = WEIGHTS.map((_, k) => {
      const moved = (by: number) => WEIGHTS.map((each, i) => each + (i === k ? by : 0));
      return (lossAt(moved(1e-4)) - lossAt(moved(-1e-4))) / 2e-4;
    });
    expect(worst(found, expected)).toBeLessThan(1e-3);
    const fixed = await pipeline.read(drawn);
    expect((fixed.choices![0] as { shares: number[][] }).shares[5]).toHaveLength(3);
    expect(worst(await values(pipeline.replay(batch(), fixed)), y)).toBeLessThan(1e-6);
  });

  it("scoreFunction: a gradient by logProb alone, ln of the weight's share", async () => {
    const weights = parameter(device.gpu, WEIGHTS);
    const pipeline = sequential([oneOf(links(), { weights, estimator: "scoreFunction" })]);
    expect(pipeline(batch(), { step: 0 }).requiresGrad).toBe(false);
    const logProb = pipeline.logProb(pipeline.sample(N, { step: 0 }));
    const chosen = await chosenOf(pipeline);
    expect(
      worst(
        await values(logProb),
        chosen.map((k) => Math.log(WEIGHTS[k] / SUM)),
      ),
    ).toBeLessThan(1e-5);
    backward(sum(logProb));
    const counts = WEIGHTS.map((_, k) => chosen.filter((each) => each === k).length);
    expect(
      worst(
        await values(weights.grad!),
        counts.map((c, k) => c / WEIGHTS[k] - N / SUM),
      ),
    ).toBeLessThan(1e-4);
  });

  it.each(["straightThrough", "relaxed", "scoreFunction"] as const)(
    "finds the link that helps: %s",
    async (estimator) => {
      const logits = parameter(device.gpu, [0, 0, 0]);
      const weights = () => exp(logits);
      const pipeline = sequential([oneOf([brightness({ factor: 0.5 }), invert(), []], { weights, estimator })]);
      const optimizer = adam([logits], { learningRate: 0.2 });
      const x = full(device.gpu, [16, 1, 2, 2], 0.2);
      for (let step = 0; step < 40; step++) {
        using _ = device.gpu.scope();
        const y = pipeline(x, { step });
        const off = mean(square(sub(y, 0.8)), [1, 2, 3]);
        const score = estimator === "scoreFunction";
        backward(score ? mean(mul(pipeline.logProb(pipeline.sample(16, { step })), sub(off, 0.3))) : mean(off));
        optimizer.step();
        optimizer.zeroGrad();
        await device.gpu.flush();
      }
      optimizer.dispose();
      const e = (await values(logits)).map(Math.exp);
      expect(e[1] / e.reduce((a, b) => a + b)).toBeGreaterThan(0.9);
    },
  );
});

describe("sometimes with a p that learns", () => {
  const rows = (drawn: Sampled) => (drawn.choices![0] as { units: number[][] }).units.map(([u]) => u);

  it("gives all links or none, and its gradient is the difference that they make together", async () => {
    const p = parameter(device.gpu, 0.4);
    // Two inversions are none: what one of them makes alone does not count.
    const pipeline = sequential([sometimes(p, [invert(), invert(), rotate({ angle: 180 })])]);
    const heads = rows(pipeline.sample(N, { step: 2 })).map((u) => u < Math.fround(0.4));
    const turned = await values(sequential([rotate({ angle: 180 })])(batch()));
    const y = await values(pipeline(batch(), { step: 2 }));
    const expected = Float32Array.from(y, (_, i) => (heads[Math.floor(i / EACH)] ? turned : pixels)[i]);
    expect(worst(y, expected)).toBeLessThan(2e-7);
    const found = await gradientOf(pipeline, p, 2);
    const gain = Array.from({ length: N }, (_, n) => dot(turned, aims, n) - dot(pixels, aims, n)).reduce(
      (a, b) => a + b,
    );
    expect(Math.abs(found[0] - gain)).toBeLessThan(1e-4);
    expect(await chosenOf(pipeline, 2)).toEqual(heads.map(Number));
  });

  it("has the estimators of a coin", async () => {
    const p = parameter(device.gpu, 0.4);
    const relaxed = sequential([sometimes(bernoulli(p, { estimator: "relaxed" }), [invert()])]);
    const alone = sequential([invert({ p: bernoulli(p, { estimator: "relaxed" }) })]);
    const drawn = relaxed.sample(N, { step: 1 });
    const coin = { ...alone.sample(N, { step: 1 }) };
    coin.transforms[0].onUnits = rows(drawn);
    expect(worst(await values(relaxed.replay(batch(), drawn)), await values(alone.replay(batch(), coin)))).toBeLessThan(
      1e-6,
    );
    const scored = sequential([sometimes(bernoulli(p, { estimator: "scoreFunction" }), [invert()])]);
    const logProb = await values(scored.logProb(scored.sample(N, { step: 1 })));
    const expected = rows(scored.sample(N, { step: 1 })).map((u) => Math.log(u < Math.fround(0.4) ? 0.4 : 0.6));
    expect(worst(logProb, expected)).toBeLessThan(1e-6);
  });
});

describe("branches side by side", () => {
  it("stand anywhere: in selections and orders, in each other; samples that do not come to them stay as they are", async () => {
    const weights = parameter(device.gpu, [1, 2]);
    const learned = () =>
      oneOf([gaussianBlur({ sigma: uniform(0.5, 1) }), sometimes(parameter(device.gpu, 0.5), horizontalFlip())], {
        weights,
      });
    for (const tree of [
      oneOf([learned(), brightness({ factor: 0.5 }), []]),
      sometimes(0.5, [invert(), learned(), rotate({ angle: uniform(0, 9), p: 0.5 })]),
    ]) {
      const pipeline = sequential([tree, brightness({ factor: 0.9 })]);
      const drawn = pipeline.sample(N, { step: 4 });
      const y = await values(pipeline(batch(), { step: 4 }));
      expect(await values(pipeline.replay(batch(), drawn))).toEqual(y);
      // A chain in which each sample has its links alone.
      expect(worst(await values(pipeline.replay(batch(), await pipeline.read(drawn))), y)).toBeLessThan(2e-6);
      expect(pipeline.explain(SHAPE).passes.length).toBeGreaterThan(2);
    }
  });

  it("lets nothing of a link that a sample did not get through to it, NaN included, nor to its gradient", async () => {
    const nothing = tensor(device.gpu, [Number.NaN]);
    const weights = tensor(device.gpu, [0, 1]);
    const pipeline = sequential([
      oneOf([brightness({ factor: nothing }), invert()], { weights: () => mul(weights, 1) }),
    ]);
    const x = parameter(device.gpu, pixels.slice(), SHAPE);
    const y = pipeline(x, { step: 0 });
    expect(
      worst(
        await values(y),
        pixels.map((v) => 1 - v),
      ),
    ).toBeLessThan(1e-6);
    backward(sum(y));
    expect(new Set(await values(x.grad!))).toEqual(new Set([-1]));
  });

  it("leaves no memory behind, step by step", async () => {
    const weights = parameter(device.gpu, [1, 1]);
    const p = parameter(device.gpu, 0.5);
    const pipeline = sequential([
      oneOf([invert(), rotate({ angle: uniform(0, 9) })], { weights }),
      sometimes(p, [invert()]),
    ]);
    const x = batch();
    const live = async (step: number) => {
      const y = pipeline(x, { step });
      y.dispose();
      await device.gpu.flush();
      return device.gpu.stats.bytesInUse;
    };
    await live(0);
    const before = await live(1);
    for (let step = 2; step < 6; step++) await live(step);
    expect(await live(6)).toBe(before);
  });

  it("refuses what it cannot do, at the call", () => {
    const weights = parameter(device.gpu, [1, 1]);
    const learned = oneOf([invert(), []], { weights });
    expect(String(learned)).toMatch(/^oneOf\(\[invert\(\), \[\]\], \{ weights: /);
    expect(() => oneOf([invert()], { weights })).toThrow(/weights of oneOf/);
    expect(() => oneOf([invert(), []], { estimator: "relaxed" })).toThrow(/estimator of oneOf.*no weights learn/);
    expect(() => oneOf([invert(), []], { weights, temperature: 1 })).toThrow(/temperature of oneOf.*relaxed/);
    expect(() => oneOf([invert(), []], { weights, estimator: "hard" as never })).toThrow(/estimator/);
    expect(() => sometimes(weights, invert())).toThrow(/p of sometimes.*2 values/);
    expect(() => sometimes(uniform(0, 1) as never, invert())).toThrow(/p of sometimes/);
    const pipeline = sequential([learned]);
    const drawn = pipeline.sample(N, { step: 0 });
    const broken = (choice: object) => ({ ...drawn, choices: [{ ...drawn.choices![0], ...choice }] }) as Sampled;
    expect(() => pipeline.replay(batch(), broken({ units: [[0]] }))).toThrow(/choices\[0\]\.units.*24 rows of 1/);
    expect(() => pipeline.replay(batch(), broken({ units: undefined, shares: [] }))).toThrow(/choices\[0\]\.shares/);
    expect(() => pipeline.replay(batch(), broken({ chosen: [1] }))).toThrow(/one of chosen, units and shares/);
    const smaller = sequential([oneOf([resize({ height: 2, width: 2 }), []], { weights })]);
    expect(() => smaller(batch(), { step: 0 })).toThrow(/links of oneOf.*2, 2\] by link 0.*all make one size/);
  });
});
