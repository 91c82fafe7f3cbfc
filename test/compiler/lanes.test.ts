import { describe, expect, test } from "vitest";
import {
  apply,
  brightness,
  contrastAboutMean,
  declare,
  grad,
  invert,
  type ParamValue,
  parameter,
  type Tensor,
  type Transform,
  tensor,
  translate,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

// A thread works on up to three channels and four pixels. What does not exist of them is 0 at the input of every transform,
// and takes no part in a sum, whatever a transform makes of 0.

const device = testGpu();

const own = (name: string, forward: string, gx: string, dk: string) =>
  declare<{ k?: ParamValue }>({
    name,
    kind: "point",
    module: `user::${name}`,
    params: { k: { default: 1, unit: "factor", doc: "a factor" } },
    doc: forward,
    source: "a test",
    wgsl: `struct Params { k: f32 }
fn forward(x: vec3f, p: Params) -> vec3f { return ${forward}; }
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f { (*gp).k += ${dk}; return ${gx}; }`,
  });

/** Infinite where x is 0: a channel or a pixel that does not exist would give 0 · ∞. */
const reciprocal = own("lanesReciprocal", "p.k / x", "-gy * p.k / (x * x)", "dot(gy, 1.0 / x)");
const logarithm = own("lanesLogarithm", "p.k * log(x)", "gy * p.k / x", "dot(gy, log(x))");
/** Sees all channels of a thread at once. */
const total = own(
  "lanesTotal",
  "x + p.k * (x.x + x.y + x.z)",
  "gy + p.k * (gy.x + gy.y + gy.z)",
  "(gy.x + gy.y + gy.z) * (x.x + x.y + x.z)",
);
/** A statistic of all channels. */
const aboutTotal = declare<{ k?: ParamValue }>({
  name: "lanesAboutTotal",
  kind: "point",
  module: "user::lanesAboutTotal",
  statistic: true,
  params: { k: { default: 1, unit: "factor", doc: "a factor" } },
  doc: "y = x + k · mean of Σ x",
  source: "a test",
  wgsl: `struct Params { k: f32, channels: u32 }
fn measure(x: vec3f, p: Params) -> f32 { return x.x + x.y + x.z; }
fn measure_backward(x: vec3f, p: Params, gm: f32, gp: ptr<function, Params>) -> vec3f { return vec3f(gm); }
fn forward(x: vec3f, p: Params, mean: f32) -> vec3f { return x + p.k * mean; }
fn backward(x: vec3f, p: Params, mean: f32, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, f32>) -> vec3f {
  (*gp).k += (gy.x + gy.y + gy.z) * mean;
  *gm += (gy.x + gy.y + gy.z) * p.k;
  return gy;
}`,
});

type Make = (k: Tensor) => Transform;
const make: Record<string, Make> = {
  reciprocal: (k) => reciprocal({ k }),
  logarithm: (k) => logarithm({ k }),
  total: (k) => total({ k }),
  about: (k) => aboutTotal({ k }),
  invert: (k) => invert({ max: k }),
  brightness: (k) => brightness({ factor: k, clip: false }),
  contrast: (k) => contrastAboutMean({ factor: k, clip: false }),
};

/** Result and gradients of a chain, in one call or one by one. */
async function run(chain: readonly string[], shape: number[], before: readonly Transform[], fused: boolean) {
  const { gpu } = device;
  const size = shape.reduce((a, b) => a * b);
  const x = tensor(
    gpu,
    Float32Array.from({ length: size }, (_, i) => 0.3 + 0.2 * Math.sin(1 + 1.7 * i)),
    shape,
    { requiresGrad: true },
  );
  const ks = chain.map((_, i) => parameter(gpu, [1.1 + 0.1 * i, 1.3]));
  const links = [...before, ...chain.map((name, i) => make[name](ks[i]))];
  const y = fused ? apply(x, links) : links.reduce((image, link) => apply(image, link), x);
  const seed = tensor(
    gpu,
    Float32Array.from({ length: y.size }, (_, i) => Math.cos(1.3 * i)),
    y.shape,
  );
  return Promise.all([y, ...grad(y, [x, ...ks], { gradient: seed })].map(async (t) => Array.from(await t.read())));
}

function expectClose(found: number[][], expected: number[][], what: string) {
  found.forEach((list, k) => {
    const scale = Math.max(1, ...expected[k].map(Math.abs));
    list.forEach((v, i) => expect(Math.abs(v - expected[k][i]) / scale, `${what}, ${k}: ${v}`).toBeLessThan(2e-5));
  });
}

describe("what does not exist takes no part", () => {
  test.each([1, 2, 3, 4, 5, 6, 7])("%i channels", async (c) => {
    const { gpu } = device;
    for (const [h, w] of [
      [2, 4],
      [3, 3],
    ]) {
      // d Σ (k / x) / d k = Σ 1 / x, and d Σ k log x / d k = Σ log x
      const size = 2 * c * h * w;
      for (const [name, each] of [
        ["reciprocal", 4],
        ["logarithm", Math.log(0.25)],
      ] as const) {
        const x = tensor(gpu, new Float32Array(size).fill(0.25), [2, c, h, w]);
        const k = parameter(gpu, [1, 2]);
        const y = apply(x, make[name](k));
        const [g] = grad(y, [k], { gradient: tensor(gpu, new Float32Array(size).fill(1), y.shape) });
        for (const v of await g.read()) expect(v).toBeCloseTo((each * size) / 2, 2);
      }
      // Each chain is compiled for whole quads, or for what is left of them.
      if ((c % 2 === 0) !== (h === 2)) continue;
      const chain =
        c % 4 < 2 ? ["invert", "total", "logarithm", "reciprocal"] : ["total", "about", "reciprocal", "contrast"];
      const shape = [2, c, h, w];
      const what = `${chain.join(" > ")} on ${shape}`;
      expectClose(await run(chain, shape, [], true), await run(chain, shape, [], false), what);
    }
  });

  test.each([2, 4])("behind a map that shows a fill, %i channels", async (c) => {
    const before = [translate({ x: 1.5, y: -0.5, padding: "fill", fill: Array.from({ length: c }, () => 0.4) })];
    for (const shape of [
      [2, c, 3, 4],
      [2, c, 3, 3],
    ]) {
      const chain = ["total", "reciprocal", "total"];
      expectClose(await run(chain, shape, before, true), await run(chain, shape, before, false), String(shape));
    }
  });

  test("pixels beyond a plane stored as f16 or u8", async () => {
    const { gpu } = device;
    for (const dtype of ["f16", "u8"] as const) {
      const x = apply(tensor(gpu, new Float32Array(9).fill(0.25), [1, 1, 3, 3]), [], { dtype });
      const k = parameter(gpu, [1]);
      const y = apply(x, reciprocal({ k }), { dtype: "f32" });
      const [g] = grad(y, [k], { gradient: tensor(gpu, new Float32Array(9).fill(1), y.shape) });
      expect((await g.read())[0]).toBeCloseTo(36, 0);
    }
  });
});

test("a mean of all channels: the one of three is that of the luma", async () => {
  const { gpu } = device;
  for (let c = 1; c <= 7; c++) {
    const values = Float32Array.from({ length: c * 9 }, (_, i) => ((i * 7) % 11) / 11);
    const y = await apply(tensor(gpu, values, [1, c, 3, 3]), contrastAboutMean({ factor: 0 })).read();
    const weights = c === 3 ? [0.299, 0.587, 0.114] : Array.from({ length: c }, () => 1 / c);
    const mean = values.reduce((sum, v, i) => sum + (v * weights[Math.floor(i / 9)]) / 9, 0);
    for (const v of y) expect(v).toBeCloseTo(mean, 5);
  }
});
