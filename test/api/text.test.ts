import { inspect } from "node:util";
import { expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

test("tensors, distributions, transforms and pipelines print as one would write them", () => {
  const { gpu } = device;
  const x = a.tensor(gpu, [[1, 2, 3], [4, 5, 6]]); // biome-ignore format: it is a matrix
  const width = a.parameter(gpu, 10);
  const angle = a.around(0, width, { scale: "linear" });
  const cases: [unknown, string][] = [
    [x, "tensor [2, 3] of f32"],
    [width, "tensor [] of f32, requires a gradient"],
    [a.uniform(-30, 30), "uniform(-30, 30)"],
    [a.uniform([1, 2], 3, { scale: "log", shared: true }), 'uniform([1, 2], 3, { scale: "log", shared: true })'],
    [angle, "around(0, tensor [] of f32, requires a gradient)"],
    [a.around(0, () => width), "around(0, () => tensor)"],
    [a.normal(0, [1, 2], { shared: true }), "normal(0, [1, 2], { shared: true })"],
    [a.logUniform(1, 2), 'uniform(1, 2, { scale: "log" })'],
    [a.bernoulli(0.5), "bernoulli(0.5)"],
    [a.bernoulli(0.5, { estimator: "relaxed" }), 'bernoulli(0.5, { estimator: "relaxed", temperature: 0.5 })'],
    [a.constant(2), "constant(2)"],
    [a.rotate(), "rotate()"],
    [
      a.rotate({ angle: a.uniform(-30, 30), padding: "border", p: 0.5 }),
      'rotate({ angle: uniform(-30, 30), padding: "border", p: 0.5 })',
    ],
    [
      a.sequential([a.invert(), a.brightness({ factor: [1, 2] })]),
      "sequential([invert(), brightness({ factor: [1, 2] })])",
    ],
  ];
  for (const [value, text] of cases) {
    expect(String(value)).toBe(text);
    expect(inspect(value)).toBe(text);
  }
  x.dispose();
  expect(String(x)).toBe("tensor [2, 3] of f32, disposed of");
  expect(JSON.parse(JSON.stringify(a.uniform(0, 1)))).toEqual(a.uniform(0, 1));
});

test("a range with a learned bound is said in words", () => {
  const hi = a.parameter(device.gpu, 1);
  const range = () => a.sequential([a.gamma({ gamma: a.uniform(-1, hi) })]);
  expect(range).toThrow("gamma.gamma: got a range from -1 to a learned bound; allowed is at least 0");
});
