import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
type List = ArrayLike<number>;

/** NumPy's interp over unique values and their quantiles, in float64, by its definition. */
function matched(source: readonly number[], template: readonly number[]): number[] {
  const levels = [...new Set(template)].filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
  const share = (list: readonly number[], v: number) => {
    const there = list.filter((other) => !Number.isNaN(other));
    return there.filter((other) => other <= v).length / there.length;
  };
  const quantiles = levels.map((v) => share(template, v));
  return source.map((v) => {
    if (Number.isNaN(v)) return v;
    const q = share(source, v);
    const above = quantiles.findIndex((other) => other >= q - 1e-12);
    if (above <= 0) return levels[0];
    const way = (q - quantiles[above - 1]) / (quantiles[above] - quantiles[above - 1]);
    return levels[above - 1] + way * (levels[above] - levels[above - 1]);
  });
}

/** Channel by channel, `[planes, pixels]`. */
const each = (x: List, template: List, planes: number): number[] => {
  const cut = (list: List, i: number) => Array.from(list).slice((i * list.length) / planes, ((i + 1) * list.length) / planes); // biome-ignore format: one line
  return Array.from({ length: planes }, (_, i) => matched(cut(x, i), cut(template, i))).flat();
};

const close = (found: List, expected: List) => {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) expect(found[i], `value ${i}`).toBeCloseTo(expected[i], 5);
};

test("it is NumPy's interpolation of quantiles, for levels, ties and other sizes", async () => {
  const levels = (count: number, of: number, shift: number) => values(count, 0, of, shift).map(Math.floor);
  for (const [x, template, sides] of [
    [values(2 * 35, -1, 1, 1), values(2 * 35, 0, 3, 2), [5, 7]],
    [levels(2 * 35, 6, 3), levels(2 * 24, 4, 4), [4, 6]],
    [values(2 * 35, -1, 1, 5), levels(2 * 9, 3, 6), [3, 3]],
    [levels(2 * 35, 2, 7), [3, -2], [1, 1]],
  ] as const) {
    const y = ag.histogramMatching(ag.tensor(device.gpu, x, [1, 2, 5, 7]), ag.tensor(device.gpu, template, [1, 2, ...sides])); // biome-ignore format: one line
    close(await y.read(), each(x, template, 2));
  }
  const own = ag.tensor(device.gpu, values(35, -1, 1), [1, 1, 5, 7]);
  expect(await ag.histogramMatching(own, own).read()).toEqual(await own.read());
});

test("gradients: the template's are true, the image's are by the estimator", async () => {
  const x = ag.tensor(device.gpu, values(2 * 2 * 12, 0, 1, 1), [2, 2, 3, 4]);
  for (const [sides, n] of [
    [[2, 5], 2],
    [[4, 4], 1],
  ] as const) {
    // biome-ignore format: rows
    const template = ag.parameter(device.gpu, values(n * 2 * sides[0] * sides[1], -2, 2, 2), [n, 2, ...sides]);
    const of = await x.read();
    await ag.assertGradients((t) => ag.histogramMatching(x, t), [template], {
      reference: ([t]) => each(of, n === 2 ? t : [...Array.from(t), ...Array.from(t)], 4),
    });
  }
  const learned = ag.parameter(device.gpu, values(12, 0, 1, 1), [1, 1, 3, 4]);
  const template = ag.tensor(device.gpu, [1, 2], [1, 1, 1, 2]);
  const gradient = ag.tensor(device.gpu, values(12, -1, 1, 3), [1, 1, 3, 4]);
  const [g] = ag.grad(ag.histogramMatching(learned, template), [learned], { gradient });
  expect(await g.read()).toEqual(await gradient.read());
  expect(ag.histogramMatching(learned, template, { estimator: "none" }).requiresGrad).toBe(false);
});

test("equal values of the template have equal shares, and NaN counts nowhere", async () => {
  const x = ag.tensor(device.gpu, [1, Number.NaN, 3, 2], [1, 1, 1, 4]);
  const template = ag.parameter(device.gpu, [5, Number.NaN, 7, 5, 7, 9], [1, 1, 2, 3]);
  const y = ag.histogramMatching(x, template);
  close(
    (await y.read()).filter((v) => !Number.isNaN(v)),
    [5, 9, 5 + (2 * (10 / 3 - 2)) / 2],
  );
  expect((await y.read())[1]).toBeNaN();
  const [g] = ag.grad(y, [template], { gradient: ag.tensor(device.gpu, [1, 100, 2, 3], [1, 1, 1, 4]) });
  close(await g.read(), [0.5 + 0.5, 0, 1, 0.5 + 0.5, 1, 2]);
});

test("wrong sizes and options are refused by name", () => {
  const x = ag.zeros(device.gpu, [2, 3, 4, 5]);
  expect(() => ag.histogramMatching(x, ag.zeros(device.gpu, [2, 1, 4, 5]))).toThrow(/template of histogramMatching/);
  expect(() => ag.histogramMatching(ag.zeros(device.gpu, [4, 5]), x)).toThrow(/x of histogramMatching.*\[4, 5\]/);
  expect(() => ag.histogramMatching(x, x, { estimator: "slope" as never })).toThrow(/estimator.*straightThrough, none/);
});
