import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { around, bernoulli, constant, isDistribution, uniform } from "../../src/augment/distributions/index.ts";
import { ArgumentError } from "../../src/gpu/errors.ts";

const bad = fc.oneof(
  fc.constantFrom<unknown>(Number.NaN, Infinity, -Infinity, null, undefined, "1", {}, [], [Number.NaN], true, 1e300),
  fc.array(fc.constantFrom<unknown>(Number.NaN, "x"), { minLength: 1, maxLength: 3 }),
);
const real = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });

function named(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    const { argument, given, allowed, message } = error as ArgumentError;
    expect(message).toContain(argument);
    expect(message).toContain(given);
    expect(message).toContain(allowed);
    return argument.replace(/\[.*/, "");
  }
  return "nothing";
}

describe("distributions", () => {
  it("are plain, frozen values", () => {
    const value = uniform(-30, 30);
    expect(JSON.parse(JSON.stringify(value))).toEqual({
      distribution: "uniform",
      lo: -30,
      hi: 30,
      scale: "linear",
      shared: false,
      sameOnBatch: false,
    });
    expect(Object.isFrozen(value)).toBe(true);
    const bounds = [1, 2];
    const vector = uniform(bounds, 3);
    bounds[0] = 9;
    expect(vector.lo).toEqual([1, 2]);
    for (const made of [value, bernoulli(0.5), constant(2), around(0, 1)]) expect(isDistribution(made)).toBe(true);
    for (const other of [1, null, [1], { kind: "point" }, "uniform"]) expect(isDistribution(other)).toBe(false);
  });

  it("refuse bad bounds, naming the argument", () => {
    fc.assert(
      fc.property(bad, real, (wrong, right) => {
        expect(named(() => uniform(wrong as number, right))).toBe("lo");
        expect(named(() => uniform(right, wrong as number))).toBe("hi");
        expect(named(() => around(wrong as number, 1))).toBe("centre");
        expect(named(() => around(right, wrong as number))).toBe("width");
        expect(named(() => bernoulli(wrong as number))).toBe("p");
        expect(named(() => constant(wrong as number))).toBe("value");
      }),
    );
  });

  it("refuse ranges upside down, negative widths and p outside 0..1", () => {
    fc.assert(
      fc.property(real, real, (a, b) => {
        expect(named(() => uniform(a, b))).toBe(a > b ? "lo" : "nothing");
        expect(named(() => around(a, b))).toBe(b < 0 ? "width" : "nothing");
        expect(named(() => bernoulli(a))).toBe(a < 0 || a > 1 ? "p" : "nothing");
        expect(named(() => uniform(a, Math.max(a, b), { scale: "log" }))).toBe(a <= 0 ? "lo" : "nothing");
      }),
    );
    expect(named(() => uniform([0, 2], [1, 1]))).toBe("lo");
    expect(named(() => uniform([0, 2], [1, 2, 3]))).toBe("hi");
  });

  it("refuse unknown options", () => {
    expect(named(() => uniform(0, 1, { scale: "cubic" as "log" }))).toBe("scale");
    expect(named(() => bernoulli(0.5, { estimator: "magic" as "relaxed" }))).toBe("estimator");
    expect(named(() => bernoulli(0.5, { estimator: "relaxed", temperature: 0 }))).toBe("temperature");
    expect(named(() => bernoulli(0.5, { temperature: 1 }))).toBe("temperature");
    expect(named(() => uniform(0, 1, { shared: 1 as unknown as boolean }))).toBe("shared");
  });
});
