import { expect, test } from "vitest";
import { describe as say } from "../../src/gpu/errors.ts";
import { ArgumentError, check, flag, nearest, number, oneOf, readOptions, text } from "../../src/gpu/index.ts";

interface Options {
  learningRate?: number;
  retain?: boolean;
  scale?: "linear" | "log";
}
const rules = { learningRate: number({ least: 0 }), retain: flag, scale: oneOf("linear", "log") };
const read = (given: unknown): Options => readOptions<Options>("fit", given as Options, rules);

test("options come back as they were given; undefined counts as not given", () => {
  expect(read(undefined)).toEqual({});
  expect(read({ learningRate: 0, retain: undefined })).toEqual({ learningRate: 0 });
  expect(read(JSON.parse('{"scale":"log"}'))).toEqual({ scale: "log" });
  expect(read(Object.assign(Object.create(null), { retain: true }))).toEqual({ retain: true });
});

test("nothing is ignored: an unknown option is refused, and the known one it is near to is named", () => {
  expect(() => read({ lr: 1 })).toThrow(
    'options.lr: got an unknown option (did you mean "learningRate"?); allowed is learningRate, retain, scale (options of fit()).',
  );
  for (const name of ["constructor", "toString", "hasOwnProperty"])
    expect(() => read({ [name]: 1 })).toThrow(/^options\.\w+: got an unknown option;/);
  expect(() => read({ colour: undefined })).toThrow(/^options\.colour: got an unknown option;/);
});

test.each([null, 5, "text", [], [1], () => 1, new Map(), new Date(), new Float32Array(2), Symbol("s"), 5n])(
  "%s is no object of options",
  (given) => {
    expect(() => read(given)).toThrow(ArgumentError);
    expect(() => read(given)).toThrow(
      /options of fit\(\): got .*; allowed is an object of options: learningRate, retain/,
    );
  },
);

test("a value that its rule refuses is named, with what is allowed", () => {
  expect(() => read({ learningRate: "1" })).toThrow(
    'learningRate: got string "1"; allowed is a finite number at least 0 (an option of fit()).',
  );
  expect(() => read({ learningRate: -1 })).toThrow(/got -1/);
  expect(() => read({ retain: null })).toThrow("retain: got null; allowed is true or false (an option of fit()).");
  expect(() => read({ scale: "square" })).toThrow(
    'scale: got string "square"; allowed is linear, log (an option of fit()).',
  );
});

test.each([
  [{}, "a finite number", [0, -1e30], [Number.NaN, Infinity, "1", null]],
  [{ least: 0, most: 1 }, "a finite number from 0 to 1", [0, 1], [-0.1, 1.1]],
  [{ least: 0, below: 1 }, "a finite number at least 0 and below 1", [0, 0.999], [1]],
  [{ above: 0 }, "a finite number above 0", [1e-30], [0]],
  [{ least: 1, whole: true }, "a whole number at least 1", [1, 7], [0, 1.5, 2 ** 60]],
] as const)("a number in %o is %s", (range, allowed, right, wrong) => {
  const rule = number(range);
  expect(rule.allowed).toBe(allowed);
  for (const value of right) expect(check("x", value, rule)).toBe(value);
  for (const value of wrong) expect(() => check("x", value as number, rule)).toThrow(`x: got ${say(value)}; allowed`);
});

test.each([
  ["lr", "learningRate"],
  ["requires_grad", "requiresGrad"],
  ["retainGraph", "retain"],
  ["retain_graph", "retain"],
  ["axis", "axes"],
  ["dim", "axes"],
  ["keepdim", "keepDims"],
  ["eps", "epsilon"],
  ["Dtype", "dtype"],
  ["foo", undefined],
  ["", undefined],
])("%s is taken for %s", (given, meant) => {
  const known = ["learningRate", "requiresGrad", "retain", "axes", "keepDims", "epsilon", "dtype"];
  expect(nearest(given, known)).toBe(meant);
});

test("a value is described in few words, however large it is, and without throwing", () => {
  expect(check("name", "a", text)).toBe("a");
  expect(say([1, [2, 3]])).toBe("array [1, [2, 3]]");
  expect(say({ a: 1, b: "c" })).toBe('object { a: 1, b: "c" }');
  expect(say(new Float32Array(1e6))).toBe("Float32Array of 1000000");
  expect(say(new Date(0))).toBe("an object of class Date");
  expect(say(-0)).toBe("-0");
  const throws = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
      getPrototypeOf: () => {
        throw new Error("no");
      },
    },
  );
  expect(say(throws)).toBe("an object");
  const loop: unknown[] = [];
  loop.push(loop);
  for (const value of [
    Array(1e6).fill([1, 2]),
    "x".repeat(1e6),
    { long: "x".repeat(1e6) },
    loop,
    10n ** 1000n,
    Symbol("x".repeat(1e4)),
  ])
    expect(say(value).length).toBeLessThan(100);
});
