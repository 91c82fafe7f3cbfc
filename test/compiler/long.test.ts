import { describe, expect, test } from "vitest";
import {
  apply,
  brightness,
  brightnessShift,
  contrast,
  contrastAboutMean,
  declare,
  erasing,
  explain,
  gamma,
  gaussianBlur,
  grad,
  hue,
  invert,
  normalize,
  parameter,
  rotate,
  square,
  sum,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const SHAPE = [2, 3, 5, 6];
const LONG = "would make a kernel that takes long to compile";
const outline: Tensor = { shape: [1], dtype: "f32" } as unknown as Tensor;
const repeat = (n: number, ...makers: (() => Transform)[]): Transform[] =>
  Array.from({ length: n }, (_, i) => makers[i % makers.length]());

describe("a long chain", () => {
  test("of numbers is one pass", () => {
    const chain = repeat(40, brightness, contrast, hue, gamma, invert);
    expect(explain(chain, SHAPE).passes).toHaveLength(1);
    expect(explain([rotate({ angle: 10 }), ...chain], SHAPE).passes).toHaveLength(1);
  });

  test("of learned values is cut into passes of bounded weight, and says why", () => {
    const makers: (() => Transform)[] = [
      () => gamma({ gamma: outline, gain: outline }),
      () => erasing({ x: outline, y: outline, width: outline, height: outline, value: outline }),
      () => hue({ turns: outline, on: outline }),
      () => contrastAboutMean({ factor: outline }),
    ];
    for (const make of makers) {
      for (const head of [[], [rotate({ angle: 10 })], [gaussianBlur({ sigma: 1 })]]) {
        const { passes } = explain([...head, ...repeat(40, make)], SHAPE);
        const lengths = passes.map(({ transforms }) => transforms.length);
        expect(passes.length).toBeGreaterThan(1);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(33);
        // Passes in the middle are as long as they may be: none is cut for nothing.
        const full = lengths.slice(1, -1);
        expect(Math.max(...full, 0) - Math.min(...full, Infinity)).toBeLessThanOrEqual(1);
        expect(passes.some(({ ended }) => ended.endsWith(LONG))).toBe(true);
      }
    }
  });

  test("of a user's WGSL with branches is cut sooner", () => {
    const branches = declare({
      name: "branchesOfLong",
      kind: "point",
      module: "user::branchesOfLong",
      wgsl: `struct Params { none: f32 } // if (this) were code || that
fn forward(x: vec3f, p: Params) -> vec3f { if (x.x > 0.5 && x.y > 0.5) { return x * 0.5; } else { return x; } }
fn backward(x: vec3f, p: Params, g: vec3f, gp: ptr<function, Params>) -> vec3f { if (x.x > 0.5 && x.y > 0.5) { return g * 0.5; } return g; }`,
      params: {},
      doc: "",
      source: "",
    });
    expect(explain(repeat(3, branches), SHAPE).passes).toHaveLength(1);
    expect(explain(repeat(40, branches), SHAPE).passes).toHaveLength(14);
  });

  test("behind a window goes along for four points", () => {
    const chain = [gaussianBlur({ sigma: 1 }), ...repeat(6, () => normalize({ mean: 0.1, std: 2 }))];
    const { passes } = explain(chain, SHAPE);
    expect(passes.map(({ transforms }) => transforms.length)).toEqual([5, 2]);
    expect(passes[0].ended).toBe("a filter takes 4 points along");
  });

  test.each([
    ["points", 0],
    ["a map and points", 1],
  ])("gives what its transforms give one by one, with their gradients: %s", async (_, head) => {
    const { gpu } = device;
    const p = (value: number) => parameter(gpu, [value]);
    const make = [
      () => brightness({ factor: p(1.1), clip: false }),
      () => brightnessShift({ shift: p(0.02), clip: false }),
      () => contrast({ factor: p(0.9), pivot: p(0.4), clip: false }),
      () => erasing({ x: p(1.2), y: p(0.7), width: p(2.1), height: p(3.3), value: p(0.3) }),
    ];
    const chain = [...(head ? [rotate({ angle: p(20) })] : []), ...repeat(24, ...make)];
    expect(explain(chain, SHAPE).passes.length).toBeGreaterThan(1);
    const leaves = chain.flatMap(({ params }) =>
      Object.values(params).filter((v) => typeof v === "object" && "shape" in v),
    ) as Tensor[];
    const pixels = Float32Array.from({ length: 180 }, (_, i) => ((i * 7919) % 101) / 101);
    const x = tensor(gpu, pixels, SHAPE, { requiresGrad: true });
    const read = (y: Tensor) => Promise.all([y, ...grad(sum(square(y)), [x, ...leaves])].map((each) => each.read()));
    const together = await read(apply(x, chain));
    const apart = await read(chain.reduce((image, transform) => apply(image, transform), x as Tensor));
    for (const [i, values] of together.entries()) {
      const largest = Math.max(...Array.from(apart[i], Math.abs), 1e-6);
      values.forEach((value, k) => expect(Math.abs(value - apart[i][k]) / largest).toBeLessThan(2e-5));
    }
  });
});

test("compiling takes time in proportion to the length of a chain, not more", async () => {
  const { gpu } = device;
  const p = (value: number) => parameter(gpu, [value]);
  const make = () => erasing({ x: p(1), y: p(1), width: p(2), height: p(2), value: p(0.2) });
  const x = tensor(gpu, new Float32Array(180).fill(0.4), SHAPE, { requiresGrad: true });
  const cpu = () => process.cpuUsage().user / 1e6;
  const seconds = async (n: number) => {
    const chain = repeat(n, make);
    const start = cpu();
    grad(sum(apply(x, chain)), [x, ...chain.flatMap(({ params }) => Object.values(params) as Tensor[])]);
    await gpu.ready();
    return cpu() - start;
  };
  const [few, many] = [await seconds(8), await seconds(40)];
  expect(many).toBeLessThan(8 * few + 1);
});
