import { describe, expect, test } from "vitest";
import { record } from "../../src/autograd/graph.ts";
import {
  abs,
  add,
  assertGradients,
  exp,
  GradientError,
  gradcheck,
  mul,
  relu,
  sin,
  square,
  sub,
} from "../../src/autograd/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { values } from "./values.ts";

const device = testGpu();

/** x², with a gradient that somebody got wrong. */
function wrongSquare(x: Tensor, wrong: (g: Tensor, x: Tensor) => Tensor): Tensor {
  const y = mul(x.detach(), x.detach());
  return record("wrongSquare", [x], { shape: y.shape, storage: y.storage.retain() }, [x], (g, [v]) => [wrong(g, v)]);
}

const squares = ([v]: readonly Float64Array[]) => v.map((x) => x * x);
const leaf = () => parameter(device.gpu, values(20, 0.5, 2), [4, 5]);

describe("gradcheck", () => {
  test("passes a right gradient, with and without a reference", async () => {
    const x = leaf();
    const report = await gradcheck((v) => square(v), [x], { reference: squares });
    expect(report).toMatchObject({ ok: true, checked: 20, kinks: [] });
    expect(report.worst.error).toBeLessThan(1e-5);
    expect(await gradcheck((v) => mul(sin(v), exp(v)), [x])).toMatchObject({ ok: true, checked: 16, kinks: [] });
    expect(x.grad).toBeNull();
  });

  for (const [name, wrong] of Object.entries<(g: Tensor, x: Tensor) => Tensor>({
    "too large by 1%": (g, v) => mul(mul(g, v), 2.02),
    "of the wrong sign": (g, v) => mul(mul(g, v), -2),
    missing: (g, v) => mul(mul(g, v), 0),
    "in the wrong place": (g, v) =>
      mul(
        g,
        tensor(
          device.gpu,
          [...values(20, 0.5, 2).slice(1), 1].map((x) => 2 * x),
          v.shape,
        ),
      ),
    "off by a constant": (g, v) => add(mul(mul(g, v), 2), 0.05),
  })) {
    test(`fails a gradient that is ${name}`, async () => {
      const f = (v: Tensor) => wrongSquare(v, wrong);
      const report = await gradcheck(f, [leaf()], { reference: squares });
      expect(report.ok).toBe(false);
      expect(report.worst.error).toBeGreaterThan(report.tolerance);
      const error = await assertGradients(f, [leaf()], { reference: squares, name: "wrongSquare" }).catch((e) => e);
      expect(error).toBeInstanceOf(GradientError);
      expect(error.message).toMatch(
        /The gradient of wrongSquare in inputs\[0\] \[4, 5\] at \d+ is .*finite differences give/,
      );
      if (name !== "too large by 1%") expect((await gradcheck(f, [leaf()])).ok).toBe(false);
    });
  }

  test("fails an output that differs from its reference", async () => {
    await expect(assertGradients((v) => add(square(v), 0.01), [leaf()], { reference: squares })).rejects.toThrow(
      /The output of .* differs from its reference/,
    );
  });

  test("fails NaN", async () => {
    const f = (v: Tensor) => wrongSquare(v, (g, x) => mul(g, sub(exp(mul(x, 1000)), exp(mul(x, 1000)))));
    expect(await gradcheck(f, [leaf()], { reference: squares })).toMatchObject({ ok: false });
  });

  test("reports kinks, and checks the rest", async () => {
    const x = parameter(device.gpu, [-1, 0, 2, 1e-7, -0.5]);
    const f = (v: Tensor) => add(relu(v), abs(v));
    const report = await gradcheck(f, [x], { reference: ([v]) => v.map((u) => Math.max(u, 0) + Math.abs(u)) });
    expect(report).toMatchObject({ ok: true, checked: 3 });
    expect(report.kinks.map((k) => k.index)).toEqual([1, 3]);
    const direct = await gradcheck(f, [x]);
    expect(direct.kinks.map((k) => k.index)).toEqual([1, 3]);
  });

  test("is not content with kinks alone", async () => {
    const x = parameter(device.gpu, [0, 0]);
    await expect(assertGradients((v) => abs(v), [x], { reference: ([v]) => v.map(Math.abs) })).rejects.toThrow(
      /every coordinate of an input lies at a kink/,
    );
  });

  test("checks several inputs, leaving constants out", async () => {
    const { gpu } = device;
    const a = parameter(gpu, values(6), [2, 3]);
    const b = tensor(gpu, values(3, -1, 1, 2));
    const c = parameter(gpu, values(3, -1, 1, 4));
    const f = (x: Tensor, y: Tensor, z: Tensor) => mul(add(x, y), z);
    const report = await assertGradients(f, [a, b, c], {
      reference: ([x, y, z]) => x.map((v, i) => (v + y[i % 3]) * z[i % 3]),
    });
    expect(report.checked).toBe(9);
  });

  test("says what it needs", async () => {
    await expect(gradcheck((v) => v, [tensor(device.gpu, [1])])).rejects.toThrow(
      /inputs of gradcheck\(\).*parameter\(\)/,
    );
    await expect(gradcheck(() => 3 as unknown as Tensor, [leaf()])).rejects.toThrow(/f of gradcheck\(\)/);
    await expect(gradcheck((v) => square(v), [leaf()], { reference: () => [1] })).rejects.toThrow(
      /reference of gradcheck\(\): got 1 values; allowed is 20 values, for \[4, 5\]/,
    );
  });
});
