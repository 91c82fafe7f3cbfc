import { expect, test } from "vitest";
import { apply, bernoulli, declare, grad, mean, parameter, sequential, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** y = on · x + fill + p: parameters that are called as settings of every transform are. */
const odd = declare({
  name: "oddlyNamed",
  kind: "point",
  params: {
    on: { default: 1, unit: "factor", doc: "multiplies" },
    fill: { default: 0, unit: "intensity", doc: "added" },
    key: { default: 0, unit: "intensity", doc: "added, too" },
  },
  wgsl: `struct Params { on: f32, fill: f32, key: f32 }
fn forward(x: vec3f, p: Params) -> vec3f { return p.on * x + p.fill + p.key; }
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).on += dot(gy, x);
  (*gp).fill += gy.x + gy.y + gy.z;
  (*gp).key += gy.x + gy.y + gy.z;
  return p.on * gy;
}
`,
  doc: "y = on · x + fill + key",
  source: "a test",
});

const image = () =>
  tensor(
    device.gpu,
    Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i / 24),
    [2, 3, 2, 2],
  );

test("parameters may be called fill, on and key, and learn", async () => {
  const { gpu } = device;
  const [on, fill] = [parameter(gpu, [0.5, 2]), parameter(gpu, [0.25])];
  const y = apply(image(), odd({ on, fill, key: 1 }));
  expect((await y.read())[13]).toBeCloseTo(2 * (13 / 24) + 1.25, 5);
  const [gOn, gFill] = await Promise.all(grad(mean(y), [on, fill]).map((gradient) => gradient.read()));
  const half = (first: number) => Array.from({ length: 12 }, (_, i) => (first + i) / 24).reduce((a, b) => a + b) / 24;
  expect(gOn[0]).toBeCloseTo(half(0), 5);
  expect(gOn[1]).toBeCloseTo(half(12), 5);
  expect(gFill[0]).toBeCloseTo(1, 5);
});

test("beside a learned coin, whose gate has a gradient of its own", async () => {
  const { gpu } = device;
  const [on, p] = [parameter(gpu, [0.5]), parameter(gpu, [0.7])];
  const pipeline = sequential([odd({ on, p: bernoulli(p, { estimator: "relaxed", temperature: 0.5 }) })], { seed: 3 });
  const y = pipeline(image(), { step: 0 });
  const [gOn, gP] = await Promise.all(grad(mean(y), [on, p]).map((gradient) => gradient.read()));
  expect(Number.isFinite(gOn[0]) && gOn[0] > 0).toBe(true);
  // The image at half of its values is darker: the more often, the darker.
  expect(gP[0]).toBeLessThan(0);
});
