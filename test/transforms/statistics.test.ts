import { describe, expect, test } from "vitest";
import { apply, autocontrast, declare, equalize, grad, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { imageOfCase, type Shape4 } from "../reference/image.ts";
import { families } from "../reference/index.ts";
import { caseOf, check } from "./check.ts";

const device = testGpu();

describe("points that look at statistics against their float64 reference", () => {
  test.each(
    [1, 2, 4, 5, 7].flatMap((c) =>
      families.stretch.cases.filter(({ levels }) => !levels).map((own) => [c, own.name, own] as const),
    ),
  )("%i channels: %s behind and before other points, where the last quad is not full", async (channels, _, own) => {
    const shape: Shape4 = [2, channels, 5, 5];
    await check(device.gpu, [caseOf("contrast", 1), own, caseOf("gamma")], { image: imageOfCase(own, shape, 7) });
  });
});

describe("an extreme", () => {
  const { minimum, maximum } = { minimum: extremeOf("minimum"), maximum: extremeOf("maximum") };
  const values = [0.5, 0.2, 0.2, 0.9, 0.2, 0.9, 0.4, 0.3, 0.6];
  test.each([
    ["minimum", minimum, [0, 1 / 3, 1 / 3, 0, 1 / 3, 0, 0, 0, 0]],
    ["maximum", maximum, [0, 0, 0, 1 / 2, 0, 1 / 2, 0, 0, 0]],
  ] as const)("%s: pixels that hold it have equal shares of its gradient", async (_, transform, shares) => {
    const x = tensor(device.gpu, values, [1, 1, 3, 3], { requiresGrad: true });
    const y = apply(x, transform());
    expect(Array.from(await y.read())).toEqual(Array.from({ length: 9 }, () => Math.fround(shares[1] ? 0.2 : 0.9)));
    const [g] = grad(y, [x], { gradient: tensor(device.gpu, [2, 0, 0, 0, 0, 0, 0, 0, 1], [1, 1, 3, 3]) });
    Array.from(await g.read()).forEach((v, i) => {
      expect(v).toBeCloseTo(3 * shares[i], 6);
    });
  });
  test("leaves NaN out, and a flat channel of autocontrast stays as it is, with its gradient", async () => {
    const x = tensor(device.gpu, [Number.NaN, 0.25, 0.5, 0.75, 0.3, 0.3, 0.3, 0.3], [1, 2, 2, 2], {
      requiresGrad: true,
    });
    const y = apply(x, autocontrast());
    expect(Array.from(await y.read())).toEqual([Number.NaN, 0, 0.5, 1, ...new Array<number>(4).fill(Math.fround(0.3))]);
    const [g] = grad(y, [x], { gradient: tensor(device.gpu, new Float32Array(8).fill(1), [1, 2, 2, 2]) });
    expect(Array.from(await g.read()).slice(4)).toEqual([1, 1, 1, 1]);
  });
});

/** The extreme itself at every pixel: what only a project of one's own would declare. */
function extremeOf(statistic: "minimum" | "maximum") {
  return declare({
    name: `${statistic}OfTheTests`,
    kind: "point",
    statistic,
    params: {},
    wgsl: `struct Params { none: f32 }
fn measure(x: vec3f, p: Params) -> vec3f { return x; }
fn measure_backward(x: vec3f, p: Params, gm: vec3f, gp: ptr<function, Params>) -> vec3f { return gm; }
fn forward(x: vec3f, p: Params, s: vec3f) -> vec3f { return s; }
fn backward(x: vec3f, p: Params, s: vec3f, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, vec3f>) -> vec3f {
  *gm += gy;
  return vec3f(0.0);
}
`,
    doc: "y = the extreme of the channel",
    source: "these tests",
  });
}

test("a histogram of u8 is that of the same intensities in f32", async () => {
  const bytes = Uint8Array.from({ length: 2 * 3 * 20 * 20 }, (_, i) => (i * 37) % 211);
  const shape = [2, 3, 20, 20];
  const [y, of8] = [
    apply(
      tensor(
        device.gpu,
        Float32Array.from(bytes, (v) => v / 255),
        shape,
      ),
      equalize(),
    ),
    apply(tensor(device.gpu, bytes, shape, { dtype: "u8" }), equalize()),
  ];
  expect(Array.from(await of8.read())).toEqual(Array.from(await y.read()));
});
