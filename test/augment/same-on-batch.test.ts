import { describe, expect, it } from "vitest";
import {
  bernoulli,
  mixture,
  normal,
  oneOf,
  type Pipeline,
  partners,
  permutation,
  randomOrder,
  type Sampled,
  type Selection,
  type SelectionOptions,
  sequential,
  someOf,
  sometimes,
  uniform,
} from "../../src/augment/index.ts";
import { backward, sum } from "../../src/autograd/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { full, parameter } from "../../src/tensor/index.ts";
import {
  brightness,
  channelShuffle,
  gaussianNoise,
  invert,
  mixup,
  normalize,
  rotate,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const same = (list: readonly unknown[]) => new Set(list.map((each) => JSON.stringify(each))).size === 1;
const choiceBeside = () => oneOf([invert(), []], { key: "beside" });
const values = ({ transforms }: Sampled, i: number, param: string) => transforms[i].params[param] as number[];

describe("sameOnBatch", () => {
  it("of a distribution gives all samples the draw of sample 0, whatever the batch; others keep theirs", () => {
    const [alone, shared] = [uniform(-9, 9), uniform(-9, 9, { sameOnBatch: true })].map((angle) =>
      sequential([rotate({ angle, p: 0.5 })]),
    );
    const drawn = shared.sample(8, { step: 4 });
    expect(same(values(drawn, 0, "angle"))).toBe(true);
    const each = alone.sample(8, { step: 4 });
    expect(values(drawn, 0, "angle")[3]).toBe(values(each, 0, "angle")[0]);
    expect(drawn.transforms[0].on).toEqual(each.transforms[0].on);
    expect(values(shared.sample(2, { step: 4, samples: [77, 5] }), 0, "angle")[1]).toBe(values(drawn, 0, "angle")[0]);
    expect(values(shared.sample(2, { step: 5 }), 0, "angle")[1]).not.toBe(values(drawn, 0, "angle")[0]);
  });

  it("of a coin throws it once, and of a parameter with components draws one for each of them", () => {
    const coins = sequential([invert({ p: bernoulli(0.5, { sameOnBatch: true }) })]);
    const sides = Array.from({ length: 40 }, (_, step) => coins.sample(6, { step }).transforms[0].on!);
    for (const on of sides) expect(same(on)).toBe(true);
    expect(new Set(sides.map(([on]) => on)).size).toBe(2);
    const rows = sequential([normalize({ mean: normal(0, 1, { sameOnBatch: true }), std: 1 })]);
    const { mean } = rows.sample(5, { step: 0, shape: [5, 3, 2, 2] }).transforms[0].params;
    expect(same(mean as number[][])).toBe(true);
    expect(same((mean as number[][])[0])).toBe(false);
  });

  it("of a pipeline holds for coins, parameters, selections, seeds and learned draws; a replay gives equal bits", async () => {
    const { gpu } = device;
    const links = [
      rotate({ angle: uniform(-30, 30), p: 0.5 }),
      oneOf([brightness({ factor: uniform(0.5, 1.5) }), invert()]),
      gaussianNoise({ std: 0.1 }),
      brightness({ factor: uniform(0.5, parameter(gpu, [1.5])), p: parameter(gpu, [0.5]) }),
    ];
    const pipeline = sequential(links, { sameOnBatch: true });
    const x = full(gpu, [3, 1, 4, 4], 0.5);
    const chosen = new Set<unknown>();
    for (let step = 0; step < 12; step++) {
      const drawn = pipeline.sample(3, { step });
      for (const { on, onUnits, params, units } of drawn.transforms)
        for (const list of [on, onUnits, ...Object.values(params), ...Object.values(units)])
          if (Array.isArray(list)) expect(same(list)).toBe(true);
      expect(same(drawn.choices![0].chosen)).toBe(true);
      chosen.add(drawn.choices![0].chosen[0]);
    }
    expect(chosen.size).toBe(2);
    const y = Array.from(await pipeline(x, { step: 2 }).read());
    expect(y.slice(0, 16)).toEqual(y.slice(32));
    expect(new Set(y.slice(0, 16)).size).toBeGreaterThan(1);
    const one = await pipeline(full(gpu, [1, 1, 4, 4], 0.5), { step: 2, samples: [9] }).read();
    expect(Array.from(one)).toEqual(y.slice(0, 16));
    const recipe = JSON.parse(JSON.stringify(pipeline.sample(3, { step: 2 })));
    expect(Array.from(await pipeline.replay(x, recipe).read())).toEqual(y);
  });

  it("of a pipeline gives one order to all samples, and each a partner of its own as ever", () => {
    const links = [channelShuffle({ order: permutation() }), mixup({ partner: partners(), lambda: uniform(0, 1) })];
    const shape = [9, 5, 2, 2];
    const [shuffle, mix] = sequential(links, { sameOnBatch: true }).sample(9, { step: 0, shape }).transforms;
    expect(same(shuffle.params.order as number[][])).toBe(true);
    expect(same(mix.params.lambda as number[])).toBe(true);
    expect(mix.params.partner).toEqual(sequential(links).sample(9, { step: 0, shape }).transforms[1].params.partner);
    const one = sequential([channelShuffle({ order: permutation({ sameOnBatch: true }) })]);
    expect(same(one.sample(9, { step: 0, shape }).transforms[0].params.order as number[][])).toBe(true);
  });

  /** A combinator of each kind, also of those that learn: one that is missing does not compile. */
  const links = () => [rotate({ angle: uniform(-9, 9) }), brightness({ factor: uniform(0.5, 1.5) }), invert()];
  const weights = () => parameter(device.gpu, [1, 2, 3]);
  const selections: Record<Exclude<Selection["selection"], "patchwise">, ((of: SelectionOptions) => Selection)[]> = {
    oneOf: [
      (of) => oneOf(links(), of),
      (of) => oneOf(links(), { weights: weights(), ...of }),
      (of) => oneOf(links(), { weights: weights(), estimator: "relaxed", ...of }),
    ],
    someOf: [
      (of) => someOf([0, 3], links(), of),
      (of) => someOf(2, links(), { weights: [1, 2, 3], order: "random", ...of }),
    ],
    randomOrder: [(of) => randomOrder(links(), of)],
    sometimes: [(of) => sometimes(0.5, links(), of), (of) => sometimes(parameter(device.gpu, [0.5]), links(), of)],
    mixture: [(of) => mixture(links(), of)],
  };

  it.each(Object.entries(selections))(
    "of one %s draws it once for a batch, and its links for each sample",
    (name, makes) => {
      for (const make of makes) {
        const [alone, shared] = [make({}), make({ sameOnBatch: true })].map((made) =>
          sequential([made, choiceBeside()]),
        );
        const drawn = (pipeline: Pipeline, step: number) => {
          const { choices, transforms } = pipeline.sample(6, { step, samples: [5, 3, 9, 0, 7, 2] });
          const [{ chosen, units }, beside] = choices as { chosen: unknown[]; units?: unknown[] }[];
          return { own: units ?? chosen, beside: beside.chosen, angles: transforms[0].params.angle };
        };
        const steps = Array.from({ length: 16 }, (_, step) => step);
        const found = steps.map((step) => {
          const [each, one] = [drawn(alone, step), drawn(shared, step)];
          expect(same(one.own)).toBe(true);
          // That of sample 0, which is the fourth here.
          expect(one.own[0]).toEqual(each.own[3]);
          expect(one.beside).toEqual(each.beside);
          expect(one.angles).toEqual(each.angles);
          return one.own[0];
        });
        expect(same(found)).toBe(false);
        expect(String(make({ sameOnBatch: true, key: "mine" }))).toMatch(
          new RegExp(`^${name}\\(.*sameOnBatch: true, key: "mine" \\}\\)$`),
        );
        expect(String(make({ sameOnBatch: false }))).toBe(String(make({})));
        expect(() => make({ sameOnBatch: 1 as never })).toThrow(/^sameOnBatch: got/);
      }
    },
  );

  it("of a combinator that learns gives one draw, whose gradient adds up, and a replay gives equal bits", async () => {
    const { gpu } = device;
    const weights = parameter(gpu, [1, 2]);
    const pipeline = sequential([oneOf([invert(), []], { weights, sameOnBatch: true })]);
    const x = full(gpu, [4, 1, 2, 2], 0.25);
    const y = pipeline(x, { step: 3 });
    const seen = Array.from(await y.read());
    expect(same(seen)).toBe(true);
    const recipe = JSON.parse(JSON.stringify(pipeline.sample(4, { step: 3 })));
    expect(Array.from(await pipeline.replay(x, recipe).read())).toEqual(seen);
    backward(sum(y));
    // Of Σ w_k link_k(x) / Σ w: 16 pixels of 0.75 and of 0.25.
    const [first, second] = await weights.grad!.read();
    expect(first).toBeCloseTo((16 * 0.5 * 2) / 9, 4);
    expect(second).toBeCloseTo((-16 * 0.5 * 1) / 9, 4);
  });

  it("is true or false, and prints", () => {
    expect(String(uniform(0, 1, { sameOnBatch: true }))).toBe("uniform(0, 1, { sameOnBatch: true })");
    for (const wrong of [1, null, "yes"] as never[]) {
      expect(() => uniform(0, 1, { sameOnBatch: wrong })).toThrow(ArgumentError);
      expect(() => sequential([invert()], { sameOnBatch: wrong })).toThrow(ArgumentError);
    }
    expect(() => sequential([sequential([invert()], { sameOnBatch: true })])).toThrow(ArgumentError);
  });
});
