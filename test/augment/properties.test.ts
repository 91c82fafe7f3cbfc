import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  around,
  bernoulli,
  oneOf,
  type Sampled,
  sequential,
  someOf,
  sometimes,
  uniform,
} from "../../src/augment/index.ts";
import { AugradError } from "../../src/gpu/index.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  gamma,
  invert,
  normalize,
  type ParamValue,
  rotate,
  scale,
  type Transform,
} from "../../src/transforms/index.ts";
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

/** The same of what takes time. */
async function attemptLater<T>(later: Promise<T>): Promise<T | null> {
  const outcome = await later.then(
    (value) => () => value,
    (error) => () => {
      throw error;
    },
  );
  return attempt<T>(outcome);
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
        attempt(() => sequential([oneOf([invert(), list as Transform], { weights: [1, value as number] })]));
        attempt(() => sequential([someOf(value as number, [list as Transform]), sometimes(value as number, invert())]));
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

  it("replay any mangled recipe of learned bounds, coins, gates and selections, or say what is wrong with it", async () => {
    const { gpu } = device;
    const learned = (...values: number[]) => parameter(gpu, values);
    const pipeline = sequential([
      brightness({ factor: uniform(learned(0.5), 1.5), p: bernoulli(learned(0.5)) }),
      normalize({ mean: around(0.5, learned(0.1)), std: uniform(learned(1), 2) }),
      oneOf([
        gamma({
          gamma: around(1, learned(0.2), { scale: "log" }),
          p: bernoulli(learned(0.5), { estimator: "relaxed" }),
        }),
        invert({ on: tensor(gpu, [0.25, 1]) }),
      ]),
      someOf([0, 2], [brightness({ on: [0, 1], factor: learned(1.1) }), invert()]),
      sometimes(0.5, rotate({ angle: uniform(-5, learned(5)), p: 0.5 })),
    ]);
    const x = tensor(gpu, new Float32Array(2 * 9).fill(0.5), [2, 1, 3, 3]);
    const drawn = pipeline.sample(2, { step: 0, shape: x.shape });
    const whole = JSON.stringify(drawn);
    pipeline.replay(x, JSON.parse(whole)).dispose();
    const bytes = gpu.stats.bytesInUse;
    const number = fc.oneof(fc.double({ min: 0, max: 1, maxExcluded: true }), fc.constantFrom(0, 1, -1, 1e39));
    const json = fc.oneof(
      number,
      fc.array(number, { minLength: 2, maxLength: 2 }),
      fc.array(fc.array(number, { maxLength: 2 }), { maxLength: 3 }),
      fc.jsonValue(),
    );
    const change = fc.record({ path: fc.constantFrom(...pathsOf(drawn)), value: fc.option(json, { nil: undefined }) });
    let replayed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const recipe = JSON.parse(whole);
        for (const { path, value } of changes) mangle(recipe, path, value);
        const result = attempt(() => pipeline.replay(x, recipe as Sampled));
        if (result) replayed++;
        result?.dispose();
        await attemptLater(pipeline.read(recipe as Sampled));
        expect(gpu.stats.bytesInUse).toBe(bytes);
      }),
      { numRuns: 800 },
    );
    expect(replayed).toBeGreaterThan(20);
  });
});

/** The ways to every value inside a recipe, and to fields that it could have. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  const inside = Object.entries(value !== null && typeof value === "object" ? value : {});
  const fields = path.length === 2 ? ["on", "onUnits"].map((field) => [...path, field]) : [];
  return [...(path.length ? [path] : []), ...fields, ...inside.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

/** Changes what lies at a path, if it is still there; undefined takes it away. */
function mangle(recipe: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: unknown = recipe;
  for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | null)?.[key];
  if (typeof at !== "object" || at === null) return;
  const last = path[path.length - 1];
  if (value === undefined) delete (at as Record<string, unknown>)[last];
  else (at as Record<string, unknown>)[last] = value;
}
