import { describe, expect, it } from "vitest";
import {
  bernoulli,
  normal,
  oneOf,
  partners,
  permutation,
  type Sampled,
  sequential,
  uniform,
} from "../../src/augment/index.ts";
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

  it("is true or false, and prints", () => {
    expect(String(uniform(0, 1, { sameOnBatch: true }))).toBe("uniform(0, 1, { sameOnBatch: true })");
    for (const wrong of [1, null, "yes"] as never[]) {
      expect(() => uniform(0, 1, { sameOnBatch: wrong })).toThrow(ArgumentError);
      expect(() => sequential([invert()], { sameOnBatch: wrong })).toThrow(ArgumentError);
    }
    expect(() => sequential([sequential([invert()], { sameOnBatch: true })])).toThrow(ArgumentError);
  });
});
