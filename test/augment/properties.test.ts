import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { around, bernoulli, type Sampled, sequential, uniform } from "../../src/augment/index.ts";
import { AugradError } from "../../src/gpu/index.ts";
import { tensor } from "../../src/tensor/index.ts";
import { brightness, gamma, type ParamValue, rotate, scale, type Transform } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const wild = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom<unknown>(
    Number.NaN,
    Infinity,
    -Infinity,
    undefined,
    null,
    "1",
    {},
    [],
    [1],
    [1, 2],
    true,
    -0,
    1e39,
    2 ** 53,
  ),
);
const p = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(undefined, 0, 0.5, 1) },
  { weight: 1, arbitrary: wild },
);
const bound = fc.oneof(
  { weight: 2, arbitrary: fc.double({ min: 0.01, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: wild },
);
const step = fc.oneof({ weight: 3, arbitrary: fc.maxSafeNat() }, { weight: 1, arbitrary: wild });

/** A typed error, or the value: anything else is a failure. */
function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AugradError)) throw error;
    expect(error.message).toMatch(/^\S.*: got .*; allowed is .*\.$/s);
    return null;
  }
}

const distributions = [uniform, around] as const;

describe("pipelines of anything", () => {
  it("either say what is wrong, or draw finite numbers that the parameters allow", () => {
    let made = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...distributions),
        bound,
        bound,
        p,
        fc.boolean(),
        step,
        (make, a, b, coin, log, at) => {
          const pipeline = attempt(() => {
            const value = make(a as number, b as number, { scale: log ? "log" : "linear" });
            const settings = { p: coin as number };
            return sequential([
              rotate({ angle: value, ...settings }),
              gamma({ gamma: value }),
              scale({ x: value, y: 2 }),
              brightness({ factor: value, p: bernoulli(0.5) }),
            ]);
          });
          const params = pipeline && attempt(() => pipeline.sample(5, { step: at as number }));
          if (!params) return;
          made++;
          const values = params.transforms.map(({ params: of }) => Object.values(of).flat(2) as number[]);
          expect(values.flat().every((v) => Number.isFinite(v) && Math.fround(v) === v)).toBe(true);
          expect(Math.min(...values[1])).toBeGreaterThanOrEqual(0);
          expect(params.transforms[2].params.x).not.toContain(0);
          for (const { on } of params.transforms)
            if (on) expect(on.every((side) => side === 0 || side === 1)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
    expect(made).toBeGreaterThan(100);
  });

  it("refuse what is no parameter and no transform", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, list) => {
        attempt(() => sequential([rotate({ angle: value as ParamValue })]));
        attempt(() => sequential(list as Transform[]));
        attempt(() => sequential([rotate({ key: value as string })]));
        attempt(() => sequential([], value as { seed: number }));
      }),
      { numRuns: 1000 },
    );
  });

  it("replay what was edited anyhow, or say what is wrong with it, and leave memory as it was", () => {
    const { gpu } = device;
    const pipeline = sequential([brightness({ factor: uniform(0, 1), p: 0.5 }), rotate({ angle: uniform(0, 1) })]);
    const x = tensor(gpu, new Float32Array(2 * 9).fill(0.5), [2, 1, 3, 3]);
    const whole = JSON.stringify(pipeline.sample(2, { step: 0 }));
    pipeline.replay(x, JSON.parse(whole)).dispose();
    const bytes = gpu.stats.bytesInUse;
    const path = fc.constantFrom(
      ["version"],
      ["n"],
      ["transforms"],
      ["transforms", 0],
      ["transforms", 0, "name"],
      ["transforms", 0, "on"],
      ["transforms", 0, "on", 1],
      ["transforms", 0, "params"],
      ["transforms", 0, "params", "factor"],
      ["transforms", 0, "params", "factor", 0],
      ["transforms", 1, "units"],
      ["transforms", 1, "params", "angle"],
    );
    fc.assert(
      fc.property(path, fc.oneof(wild, fc.anything()), (where, value) => {
        const params = JSON.parse(whole);
        const target = where.slice(0, -1).reduce((at, name) => at[name], params);
        target[where[where.length - 1]] = value;
        attempt(() => pipeline.replay(x, params as Sampled))?.dispose();
        expect(gpu.stats.bytesInUse).toBe(bytes);
      }),
      { numRuns: 1500 },
    );
  });
});
