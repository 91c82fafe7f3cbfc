import { describe, expect, test, vi } from "vitest";
import { linkShader } from "../../src/gpu/index.ts";
import {
  ArgumentError,
  apply,
  assertGradients,
  brightness,
  type Declaration,
  declare,
  explain,
  grad,
  horizontalFlip,
  hue,
  type ParamValue,
  PassError,
  parameter,
  registry,
  rotate,
  sequential,
  sum,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const SHAPE = [2, 3, 4, 5];
const image = (low = 0.2, high = 0.8) =>
  Float32Array.from({ length: 120 }, (_, i) => low + (high - low) * ((Math.sin(i * 12.9898) * 43758.5453) % 1) ** 2);

const WAVE = `// y = x + amount · sin(frequency · x)
struct Params { amount: f32, frequency: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return x + p.amount * sin(p.frequency * x); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).amount += dot(gy, sin(p.frequency * x));
  (*gp).frequency += dot(gy, p.amount * x * cos(p.frequency * x));
  return gy * (1.0 + p.amount * p.frequency * cos(p.frequency * x));
}
`;

const wave = declare<{ amount: ParamValue; frequency?: ParamValue }>({
  name: "wave",
  kind: "point",
  module: "user",
  wgsl: WAVE,
  params: {
    amount: { min: -1, max: 1, unit: "intensity", doc: "height of the wave" },
    frequency: { default: 3, unit: "radians", doc: "per unit of intensity" },
  },
  doc: "y = x + amount · sin(frequency · x)",
  source: "these tests",
});

/** A point that knows its place and the mean of the image, and has a vector, a channel and an option. */
const shaded = declare<{ slope: ParamValue; offset: ParamValue; keep?: ParamValue; twice?: boolean }>({
  name: "shaded",
  kind: "point",
  module: "user",
  statistic: true,
  position: true,
  wgsl: `import package::lib::pixel::Pixel;
struct Params { slope: vec2<f32>, offset: vec3f, keep: f32, twice: bool, channels: u32 }

fn measure(x: vec3f, p: Params) -> f32 { return x.x * 0.5 + x.y * 0.5; }
fn measure_backward(x: vec3f, p: Params, gm: f32, gp: ptr<function, Params>) -> vec3f { return gm * vec3f(0.5, 0.5, 0.0); }

fn ramp(p: Params, at: Pixel) -> f32 { return select(1.0, 2.0, p.twice) * (p.slope.x * at.x + p.slope.y * at.y); }
fn forward(x: vec3f, p: Params, mean: f32, at: Pixel) -> vec3f { return p.keep * (x - mean) + mean * p.offset + ramp(p, at); }
fn backward(x: vec3f, p: Params, mean: f32, at: Pixel, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, f32>) -> vec3f {
  let total = gy.x + gy.y + gy.z;
  let by = select(1.0, 2.0, p.twice);
  (*gp).slope += by * total * vec2f(at.x, at.y);
  (*gp).offset += gy * mean;
  (*gp).keep += dot(gy, x - mean);
  *gm += dot(gy, p.offset) - p.keep * total;
  return gy * p.keep;
}
`,
  params: {
    slope: { size: 2, unit: "intensity per pixel", doc: "across and down" },
    offset: { size: "C", unit: "factor", doc: "of the mean" },
    keep: { default: 1, unit: "factor", doc: "of the difference from the mean" },
  },
  options: { twice: { default: false, allowed: [true, false], doc: "twice the slope", inShader: true } },
  doc: "y = keep (x − mean) + mean · offset + slope · p",
  source: "these tests",
});

/** A map. */
const squeeze = declare<{ by?: ParamValue }>({
  name: "squeeze",
  kind: "map",
  module: "user",
  affine: true,
  wgsl: `import package::lib::frame::Frame;
struct Params { by: f32 }
fn matrix(p: Params, f: Frame) -> mat3x3f {
  let c = vec2f(f.width - 1.0, f.height - 1.0) * 0.5;
  return mat3x3f(vec3f(p.by, 0.0, 0.0), vec3f(0.0, 1.0 / p.by, 0.0), vec3f(c.x * (1.0 - p.by), c.y * (1.0 - 1.0 / p.by), 1.0));
}
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let c = vec2f(f.width - 1.0, f.height - 1.0) * 0.5;
  let down = -1.0 / (p.by * p.by);
  (*gp).by += gm[0].x + gm[1].y * down - gm[2].x * c.x - gm[2].y * c.y * down;
}
`,
  params: { by: { default: 1, min: 0.1, unit: "factor", doc: "wider and lower" } },
  options: {
    interpolation: {
      default: "bilinear",
      allowed: ["nearest", "bilinear", "bicubic"],
      doc: "how to look between pixels",
    },
    padding: {
      default: "zeros",
      allowed: ["zeros", "border", "reflection", "symmetric"],
      doc: "what lies beyond the image",
    },
  },
  doc: "p' = diag(by, 1 / by) (p − c) + c",
  source: "these tests",
});

/** A window with tails, the left one longer. */
const laplace = declare<{ across: ParamValue; down: ParamValue; kernelSize: number }>({
  name: "laplace",
  kind: "line",
  module: "user",
  wgsl: `fn away(t: f32) -> f32 { return abs(t + 0.3); }
fn weight(t: f32, s: f32) -> f32 { return exp(-away(t) / s); }
fn slope(t: f32, s: f32) -> f32 { return weight(t, s) * away(t) / (s * s); }
`,
  params: {
    across: { min: 0.01, unit: "pixels", doc: "width across" },
    down: { min: 0.01, unit: "pixels", doc: "width down" },
  },
  options: {
    kernelSize: { allowed: "kernelSize", doc: "odd size of the window" },
    padding: { default: "border", allowed: ["border", "zeros"], doc: "what lies beyond" },
  },
  doc: "w(t) = exp(−|t + 0.3| / s)",
  source: "these tests",
});

describe("a transform declared from a WGSL string", () => {
  test("is registered, fused with others, checked and drawn like any other", async () => {
    const { gpu } = device;
    expect(registry.get("wave")).toBe(wave.declaration);
    const chain = [brightness({ factor: 0.9 }), wave({ amount: [0.1, 0.2] }), hue({ turns: 0.1 })];
    expect(explain(chain, SHAPE).passes.map(({ transforms }) => transforms)).toEqual([["brightness", "wave", "hue"]]);
    const x = tensor(gpu, image(), SHAPE);
    const y = await apply(x, wave({ amount: [0.1, 0.2], frequency: 2 })).read();
    const expected = image().map((v, i) => v + (i < 60 ? 0.1 : 0.2) * Math.sin(2 * v));
    for (let i = 0; i < y.length; i++) expect(y[i]).toBeCloseTo(expected[i], 4);
    expect(() => apply(x, wave({ amount: 2 }))).toThrow(
      /^wave\.amount: got 2; allowed is a finite number \(f32\) of intensity, at least -1, at most 1/,
    );
    expect(() => wave({ amount: 0, height: 1 } as never)).toThrow(
      /^wave\.height: got an unknown setting; allowed is amount, frequency, p, on, key/,
    );
    expect(() => wave({} as never)).toThrow(/^wave\.amount: got nothing/);
    const pipeline = sequential([wave({ amount: uniform(-0.2, 0.2), p: 0.5 }), horizontalFlip({ p: 0.5 })]);
    const drawn = pipeline.sample(2, { step: 4 });
    expect(await pipeline.replay(x, drawn).read()).toEqual(await pipeline(x, { step: 4 }).read());
  });

  test("has the gradient that its WGSL computes, alone and in a chain", async () => {
    const { gpu } = device;
    const make = () => [
      tensor(gpu, image(), SHAPE, { requiresGrad: true }),
      parameter(gpu, [0.1, -0.2]),
      parameter(gpu, 2.5),
    ];
    await assertGradients((x, amount, frequency) => apply(x, wave({ amount, frequency })), make(), { name: "wave" });
    await assertGradients(
      (x, amount, frequency) =>
        apply(x, [brightness({ factor: 0.8 }), wave({ amount, frequency }), rotate({ angle: 20 })]),
      make(),
      { name: "wave in a chain" },
    );
  });

  test("may need a statistic, the pixel, vectors, a value per channel and an option", async () => {
    const { gpu } = device;
    const inputs = () => [
      tensor(gpu, image(), SHAPE, { requiresGrad: true }),
      parameter(gpu, [0.02, -0.03]),
      parameter(gpu, [0.5, 1.1, 0.8, 0.4, 0.9, 1.2], [2, 3]),
      parameter(gpu, [0.7, 1.2]),
    ];
    for (const twice of [false, true]) {
      await assertGradients(
        (x, slope, offset, keep) => apply(x, [wave({ amount: 0.1 }), shaded({ slope, offset, keep, twice })]),
        inputs(),
        { name: "shaded" },
      );
    }
  });

  test("may be a map, in a row with others", async () => {
    const { gpu } = device;
    const inputs = [tensor(gpu, image(), SHAPE, { requiresGrad: true }), parameter(gpu, [0.83, 1.17])];
    expect(explain([rotate({ angle: 10 }), squeeze({ by: 1.2 }), wave({ amount: 0.1 })], SHAPE).passes).toHaveLength(1);
    await assertGradients(
      (x, by) => apply(x, [rotate({ angle: 13 }), squeeze({ by }), wave({ amount: 0.1 })]),
      inputs,
      { name: "squeeze", step: 1e-3, tolerance: 5e-2 },
    );
  });

  test("may be a window", async () => {
    const { gpu } = device;
    const inputs = [
      tensor(gpu, image(), SHAPE, { requiresGrad: true }),
      parameter(gpu, [0.9, 1.3]),
      parameter(gpu, 0.7),
    ];
    await assertGradients((x, across, down) => apply(x, laplace({ across, down, kernelSize: 3 })), inputs, {
      name: "laplace",
    });
  });
});

let unique = 0;
/** The wave under a new name, some of it replaced. */
const variant = (changed: Partial<Declaration>) =>
  declare<Record<string, unknown>>({ ...wave.declaration, name: `variant${unique++}`, ...changed });

describe("WGSL that is wrong", () => {
  test("where it does not compile, is told with the label of the pass", async () => {
    const { gpu } = device;
    for (const [wgsl, message] of [
      [WAVE.replace("return x + p.amount", "return x + p.amount + true"), /variant\d+/],
      [WAVE.replace("return x + p.amount * sin(p.frequency * x);", "return nothing(x);"), /nothing/],
      [WAVE.replace("return x + p.amount * sin(p.frequency * x); }", "return x + ; }"), /variant\d+/],
      [`${WAVE}\nfn more( {`, /variant\d+/],
    ] as const) {
      const broken = variant({ wgsl });
      const x = tensor(gpu, image(), SHAPE);
      const y = apply(x, [brightness({ factor: 0.9 }), broken({ amount: 0.1 })]);
      const error = await y.read().then(
        () => null,
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(PassError);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(`point_forward: brightness > ${broken.declaration.name}`);
      // The device goes on.
      expect(await apply(x, wave({ amount: 0 })).read()).toEqual(image());
    }
  });

  test("is shown in the error, and not on the console", async () => {
    const log = vi.spyOn(console, "log");
    try {
      const wrong = variant({
        wgsl: WAVE.replace("return x + p.amount * sin(p.frequency * x);", "return nothing(x);"),
      });
      const read = apply(tensor(device.gpu, image(), SHAPE), wrong({ amount: 0.1 })).read();
      await expect(read).rejects.toThrow(/unresolved identifier 'nothing'[\s\S]*return nothing\(x\);/);
      // Two at once: what is said of one must not come into the other.
      const links = ["nothing", "nobody"].map((name) =>
        linkShader("user::a", { modules: { "user::a": `fn main() -> f32 { return ${name}(1.0); }` } }),
      );
      const [first, second] = await Promise.allSettled(links);
      expect(String((first as PromiseRejectedResult).reason)).toMatch(/'nothing'[\s\S]*return nothing/);
      expect(String((second as PromiseRejectedResult).reason)).toMatch(/^(?![\s\S]*nothing)[\s\S]*'nobody'/);
      expect(log).not.toHaveBeenCalled();
    } finally {
      log.mockRestore();
    }
  });

  test.each([
    [
      "a field too few",
      { wgsl: WAVE.replace(", frequency: f32 }", " }") },
      /^Params of variant\d+: got no field frequency; allowed is \{ amount: f32, frequency: f32 \}/,
    ],
    [
      "a field too many",
      { wgsl: WAVE.replace("frequency: f32 }", "frequency: f32, phase: f32 }") },
      /^Params of variant\d+: got a field phase that is no parameter/,
    ],
    [
      "a field of another type",
      { wgsl: WAVE.replace("frequency: f32 }", "frequency: vec3<f32> }") },
      /^Params of variant\d+: got frequency: vec3f; allowed is/,
    ],
    [
      "no Params",
      { wgsl: WAVE.replace("struct Params", "struct Parameters") },
      /^Params of variant\d+: got no such struct/,
    ],
    [
      "no backward",
      { wgsl: WAVE.replace("fn backward", "fn back") },
      /^WGSL of variant\d+: got no function backward; allowed is fn backward\(vec3f, Params, vec3f, ptr<function,Params>\) -> vec3f/,
    ],
    [
      "a forward without its statistic",
      { statistic: true },
      /^WGSL of variant\d+: got fn forward\(vec3f, Params\) -> vec3f; allowed is fn forward\(vec3f, Params, f32\) -> vec3f/,
    ],
    [
      "a forward without its pixel",
      { position: true },
      /^WGSL of variant\d+: got fn forward\(vec3f, Params\) -> vec3f; allowed is fn forward\(vec3f, Params, Pixel\) -> vec3f/,
    ],
    ["another kind", { kind: "map" }, /^WGSL of variant\d+: got no function matrix/],
    [
      "a module that is not there",
      { wgsl: undefined, module: "color::wave" },
      /^module of variant\d+: got color::wave; allowed is a module below shaders/,
    ],
    [
      "a parameter of another size",
      {
        params: {
          ...wave.declaration.params,
          frequency: { size: 5, default: [1, 1, 1, 1, 1], unit: "radians", doc: "" },
        },
      },
      /^Params of variant\d+: got frequency: f32; allowed is \{ amount: f32, frequency: array<f32,5> \}/,
    ],
  ] as [string, Partial<Declaration>, RegExp][])(
    "where it does not fit its declaration, is refused at first use: %s",
    async (_, changed, message) => {
      const { gpu } = device;
      const make = variant(changed);
      const x = tensor(gpu, image(), SHAPE);
      const { dispatches, bytesInUse } = gpu.stats;
      for (const call of [
        () => apply(x, [brightness(), make({ amount: 0.1 })]),
        () => explain(make({ amount: 0.1 }), SHAPE),
      ]) {
        expect(call).toThrow(ArgumentError);
        expect(call).toThrow(message);
      }
      await gpu.sync();
      expect([gpu.stats.dispatches, gpu.stats.bytesInUse]).toEqual([dispatches, bytesInUse]);
    },
  );

  test("comments, spaces and longer spellings of types make no difference", async () => {
    const wgsl = WAVE.replace(
      "struct Params { amount: f32, frequency: f32 }",
      "struct Params {\n  // how high\n  amount: f32,\n  /* how often */ frequency : f32,\n}",
    ).replaceAll("vec3f", "vec3<f32>");
    const y = await apply(tensor(device.gpu, image(), SHAPE), variant({ wgsl })({ amount: 0.1 })).read();
    expect(y).toEqual(await apply(tensor(device.gpu, image(), SHAPE), wave({ amount: 0.1 })).read());
  });
});

describe("a declaration", () => {
  test.each([
    [
      "a name that is taken",
      { name: "brightness" },
      /^name: got brightness; allowed is a name that no transform of augrad has/,
    ],
    [
      "a name that is none",
      { name: "my wave" },
      /^name: got string "my wave"; allowed is a name of letters and digits/,
    ],
    [
      "a kind that is none",
      { kind: "resample" as never },
      /^kind of variant\d+: got string "resample"; allowed is point, map, /,
    ],
    [
      "a parameter that no field can be named after",
      { params: { "two words": { unit: "", doc: "" } } },
      /^params of variant\d+: got string "two words"; allowed is names of letters, digits and underscores/,
    ],
    [
      "a size that is none",
      { params: { amount: { size: 0, unit: "", doc: "" } } },
      /^size of variant\d+\.amount: got 0/,
    ],
  ] as [string, Partial<Declaration>, RegExp][])("is refused with %s, and not registered", (_, changed, message) => {
    const before = registry.size;
    expect(() => variant(changed)).toThrow(ArgumentError);
    expect(() => variant(changed)).toThrow(message);
    expect(registry.size).toBe(before);
  });
});

test("learns like any other", async () => {
  const { gpu } = device;
  const x = tensor(gpu, image(), SHAPE);
  const amount = parameter(gpu, 0.1);
  const [gradient] = grad(sum(apply(x, wave({ amount, frequency: 2 }))), [amount]);
  const expected = image().reduce((total, v) => total + Math.sin(2 * v), 0);
  expect(await gradient.item()).toBeCloseTo(expected, 1);
});
