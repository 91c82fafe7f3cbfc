import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const losses: [(a: ag.Tensor, b: ag.Tensor, options?: ag.ReductionOptions) => ag.Tensor, (d: number) => number][] = [
  [ag.charbonnierLoss, (d) => (d * d) / (Math.sqrt(d * d + 1) + 1)],
  [ag.welschLoss, (d) => -Math.expm1(-d * d * 0.5)],
  [ag.cauchyLoss, (d) => Math.log1p(0.5 * d * d)],
  [ag.gemanMcclureLoss, (d) => (2 * d * d) / (d * d + 4)],
];

const slopeOf = (f: (d: number) => number, d: number) => (f(d * (1 + 1e-5)) - f(d * (1 - 1e-5))) / (2e-5 * d);

const reduced = {
  none: (each: number[]) => each,
  sum: (each: number[]) => [each.reduce((a, b) => a + b)],
  mean: (each: number[]) => [each.reduce((a, b) => a + b) / each.length],
};

describe("robust losses", () => {
  for (const [loss, formula] of losses)
    for (const reduction of ["none", "sum", "mean"] as const)
      test(`${loss.name || formula} ${reduction}: value and gradients`, async () => {
        const [a, b] = [1, 2].map((seed) => ag.parameter(device.gpu, values(30, -3, 3, seed), [2, 3, 5]));
        await ag.assertGradients((x, y) => loss(x, y, { reduction }), [a, b], {
          reference: ([x, y]) => reduced[reduction](Array.from(x, (v, i) => formula(v - y[i]))),
        });
      });

  test("small differences, in relative terms", async () => {
    const d = Array.from({ length: 60 }, (_, i) => Math.fround(1e-6 * 10 ** (i / 8)));
    for (const [loss, formula] of losses) {
      const x = ag.parameter(device.gpu, d);
      const y = loss(x, ag.zeros(device.gpu, [d.length]), { reduction: "none" });
      ag.backward(ag.sum(y));
      const [got, slopes] = [await y.read(), await x.grad!.read()];
      for (const [i, v] of d.entries()) {
        expect(Math.abs(got[i] / formula(v) - 1), `${formula} of ${v}`).toBeLessThan(2e-6);
        // Beyond, that of a loss that grows no more is too small for this.
        if (v < 1) expect(Math.abs(slopes[i] / slopeOf(formula, v) - 1), `${formula} at ${v}`).toBeLessThan(2e-5);
      }
    }
  });

  test("the mean unless given, 0 with no gradient between equal images", async () => {
    for (const [loss] of losses) {
      const a = ag.parameter(device.gpu, [0.5, 0.25]);
      const y = loss(a, a.detach());
      expect(y.shape).toEqual([]);
      ag.backward(y);
      expect([...(await y.read()), ...(await a.grad!.read())]).toEqual([0, 0, 0]);
    }
  });

  test("what does not fit is refused", () => {
    const [a, b] = [ag.zeros(device.gpu, [2, 3]), ag.zeros(device.gpu, [3])];
    for (const [loss] of losses) {
      expect(() => loss(a, b)).toThrow(/b of \w+Loss\(\): got \[3\]; allowed is \[2, 3\], as a/);
      expect(() => loss(a, a, { reduction: "average" as never })).toThrow(/mean, sum, none/);
    }
  });
});
