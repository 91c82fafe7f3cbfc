/** What no option of any random class can be is refused at the call, by the names of the class and the option. */
import { describe, expect, test } from "vitest";
import { ArgumentError, zeros } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { CASES } from "./cases.ts";
import { classes } from "./classes.ts";

const device = testGpu();

/** Values that nothing takes. */
const NEVER: readonly [string, () => unknown][] = [
  ["null", () => null],
  ["a text", () => "nonsense"],
  ["NaN", () => Number.NaN],
  ["-Infinity", () => Number.NEGATIVE_INFINITY],
  ["a symbol", () => Symbol("nonsense")],
  ["a bigint", () => 3n],
  ["an object", () => ({ lo: 0, hi: 1 })],
  ["a date", () => new Date(0)],
  ["an empty array", () => []],
  ["an array of nothing", () => new Array(2)],
  ["NaN in a pair", () => [Number.NaN, 1]],
  ["texts in a pair", () => ["0", "1"]],
  ["three levels of arrays", () => [[[1]]]],
  ["a distribution that there is not", () => ({ distribution: "constructor" })],
  ["a tensor of three dimensions", () => zeros(device.gpu, [1, 2, 2])],
  ["a function that returns no tensor", () => () => 1],
];

/** The error of a call, or null. */
function errorOf(call: () => unknown): unknown {
  try {
    call();
    return null;
  } catch (error) {
    return error;
  }
}

describe.each(classes)("%s", (name, make) => {
  const { settings = {} } = CASES[name];
  const { options } = make.random;

  test("options", () => {
    using scope = device.gpu.scope();
    const wrong: string[] = [];
    for (const option of [...Object.keys(options), "p", "key", "sameOnBatch"])
      for (const [what, value] of NEVER) {
        if (option === "key" && what === "a text") continue;
        const error = errorOf(() => make({ ...settings, [option]: value() }));
        const named = error instanceof ArgumentError && error.argument.startsWith(`${name}.${option}`);
        if (!named || error.message.length > 600) wrong.push(`${option}, ${what}: ${error}`);
      }
    expect(wrong).toEqual([]);
    void scope;
  });

  test("settings as a whole, and options that there are not", () => {
    for (const given of [null, 3, "p", [], new Map(), new Date(0)])
      expect(errorOf(() => make(given as never))).toMatchObject({ argument: `settings of ${name}` });
    const inherited = JSON.parse('{ "__proto__": { "p": 0 } }');
    for (const given of [{ ...settings, nonsense: 1 }, { ...settings, constructor: 1 }, inherited])
      expect(errorOf(() => make(given as never))).toBeInstanceOf(ArgumentError);
    for (const option of Object.keys(options).filter((each) => options[each].required)) {
      const { [option]: _, ...rest } = settings as Record<string, unknown>;
      expect(errorOf(() => make(rest))).toMatchObject({ argument: `${name}.${option}`, given: "nothing" });
    }
  });
});
