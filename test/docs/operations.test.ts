import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as autograd from "../../src/autograd/index.ts";
import * as functional from "../../src/functional/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const under = (title: string) => readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
const section = under("Operations");
const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);

test("the README names every operation", () => {
  const functions = Object.entries(autograd).filter(([name, f]) => typeof f === "function" && /^[a-z]/.test(name));
  const names = functions.map(([name]) => name).filter((name) => name !== "assertGradients");
  expect(named(section)).toEqual(expect.arrayContaining(names));
});

test("and every function of tensors that is no transform, once, and no other", () => {
  const names = Object.entries(functional).flatMap(([name, f]) => (typeof f === "function" ? [name] : []));
  expect(named(under("Functions")).sort()).toEqual(names.sort());
});

test("those that it says are constants have no gradient, and the others have one", () => {
  const constants = named(section.split("\n").find((line) => line.startsWith("| constants")) ?? "");
  const x = parameter(device.gpu, [1, 2, 3, 4], [1, 1, 2, 2]);
  const index = tensor(device.gpu, [0], [1, 1, 1, 1]);
  const rest: Record<string, readonly unknown[]> = {
    clamp: [0, 1],
    where: [x, x],
    gather: [{ axis: 3, index }],
    reshape: [[4]],
    broadcastTo: [[2, 1, 2, 2]],
    slice: [3, 0],
  };
  const pairs = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "atan2", "matmul", "conv2d", "crossEntropy"];
  const comparisons = ["greater", "greaterEqual", "less", "lessEqual", "equal"];
  for (const name of named(section)) {
    const f = (autograd as unknown as Record<string, (...args: unknown[]) => Tensor>)[name];
    if (!f || ["backward", "grad", "noGrad", "gradcheck"].includes(name)) continue;
    const first = name === "concat" ? [x, x] : name === "oneHot" ? index : name === "where" ? index : x;
    const more = rest[name] ?? ([...pairs, ...comparisons].includes(name) ? [x] : name === "oneHot" ? [2] : []);
    expect(f(first, ...more).requiresGrad, name).toBe(!constants.includes(name));
  }
});
