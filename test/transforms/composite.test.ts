import { describe, expect, test } from "vitest";
import {
  apply,
  assertGradients,
  brightness,
  canny,
  declare,
  dilation,
  empty,
  erosion,
  explain,
  filter2dSeparable,
  grad,
  guidedBlur,
  jointBilateralBlur,
  maxBlurPool2d,
  opening,
  parameter,
  sequential,
  sub,
  tensor,
  topHat,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { weightsFor } from "./check.ts";

const device = testGpu();
const SHAPE = [2, 3, 5, 6];
const image = (seed = 3) => tensor(device.gpu, weightsFor(180, seed), SHAPE, { requiresGrad: true });

describe("what is made of other transforms", () => {
  test("says which passes it takes", () => {
    const { passes } = explain([brightness({ factor: 0.9 }), topHat(), brightness({ factor: 1.1 })], SHAPE);
    expect(passes.map(({ kind, transforms }) => [kind, transforms])).toEqual([
      ["point", ["brightness"]],
      ["stencil", ["erosion"]],
      ["stencil", ["dilation"]],
      ["composite", ["topHat"]],
      ["point", ["brightness"]],
    ]);
    expect(passes[3].ended).toBe("topHat is made of other transforms");
  });

  test("is what they are, bit for bit, with a coin and into a tensor of the caller's", async () => {
    const { gpu } = device;
    const x = image();
    const settings = { kernelSize: 3, origin: [0, 1] } as const;
    const expected = await apply(x, [erosion(settings), dilation(settings)]).read();
    expect(await apply(x, opening(settings)).read()).toEqual(expected);
    const into = empty(gpu, SHAPE);
    apply(x, opening(settings), { into });
    expect(await into.read()).toEqual(expected);
    const y = apply(x, opening({ ...settings, on: [0, 1] }));
    const [g] = grad(y, [x], { gradient: tensor(gpu, weightsFor(180, 5), SHAPE) });
    expect((await y.read()).subarray(0, 90)).toEqual((await x.read()).subarray(0, 90));
    expect((await y.read()).subarray(90)).toEqual(expected.subarray(90));
    expect((await g.read()).subarray(0, 90)).toEqual(weightsFor(180, 5).subarray(0, 90));
  });

  test("leaves nothing behind", async () => {
    const { gpu } = device;
    const x = image();
    const run = async () => {
      const scope = gpu.scope();
      apply(x.detach(), topHat());
      scope.dispose();
      await gpu.sync();
      return gpu.stats.bytesInUse;
    };
    // What parameters are stays on the device for the next step.
    const before = await run();
    expect(await run()).toBe(before);
  });

  test("may be declared, and takes part in a pipeline", async () => {
    const edge = declare({
      name: "ownEdge",
      kind: "composite",
      params: {},
      composite: {
        chains: () => [[dilation()], [erosion()]],
        combine: ({ run }) => sub(run(0), run(1)),
      },
      doc: "y = dilation(x) − erosion(x)",
      source: "a test",
    });
    const x = image();
    const y = sequential([edge({ p: 0.5 })], { seed: 1 })(x, { step: 0 });
    expect(y.shape).toEqual(SHAPE);
    expect(() => declare({ name: "nothing", kind: "composite", params: {}, doc: "", source: "" } as never)).toThrow(
      /composite of nothing/,
    );
  });

  test("refuses what makes no sense", () => {
    const x = image();
    expect(() => apply(x, maxBlurPool2d({ maxPoolSize: 9 }))).toThrow(/maxBlurPool2d: got \[2, 3, -?\d+, -?\d+\]/);
    expect(() => filter2dSeparable({ kernelX: [1, 2], kernelY: [1], kernelSize: 3 })).toThrow(/kernelY.*1 weights/);
    expect(() => apply(x, canny({ lowThreshold: 0.5, highThreshold: 0.2 }))).toThrow(/lowThreshold.*at most/);
  });
});

describe("an image beside the input", () => {
  const settings = { sigmaColor: 0.3, sigmaSpace: 1, kernelSize: 3 };
  test("may be one for all samples, whose gradients add up", async () => {
    const { gpu } = device;
    const x = image();
    const one = parameter(gpu, weightsFor(30, 8), [1, 1, 5, 6]);
    const two = parameter(gpu, [...weightsFor(30, 8), ...weightsFor(30, 8)], [2, 1, 5, 6]);
    const gradient = tensor(gpu, weightsFor(180, 9), SHAPE);
    const [shared, own] = [one, two].map((guidance) => {
      const y = apply(x, jointBilateralBlur({ ...settings, guidance }));
      return grad(y, [guidance], { gradient })[0];
    });
    const each = await own.read();
    const sum = await shared.read();
    sum.forEach((v, i) => {
      expect(v).toBeCloseTo(each[i] + each[30 + i], 5);
    });
  });

  test("has the size of the input", () => {
    const guidance = tensor(device.gpu, new Float32Array(20), [1, 1, 4, 5]);
    expect(() => apply(image(), guidedBlur({ guidance, eps: 0.1 }))).toThrow(/guidance: got a tensor \[1, 1, 4, 5\]/);
    expect(() => apply(image(), jointBilateralBlur({ ...settings, guidance: 1 as never }))).toThrow(/guidance: got/);
    expect(() => jointBilateralBlur(settings as never)).toThrow(/guidance/);
  });
});

test("a stencil may have values for each channel, and several of one", async () => {
  const { gpu } = device;
  const tinted = declare({
    name: "ownTint",
    kind: "stencil",
    params: {
      gain: { size: "C", default: 1, usual: [0, 2], unit: "factor", doc: "of each channel" },
      parts: { size: 2, default: [1, 1], usual: [0, 2], unit: "factor", doc: "of all together" },
    },
    options: {
      kernelSize: { default: 3, allowed: "kernelSize", doc: "size" },
      padding: { default: "zeros", allowed: ["zeros"], doc: "zeros" },
    },
    wgsl: `
      import package::lib::neighbour::Neighbour;
      struct Params { gain: vec3f, parts: array<f32, 2> }
      struct Sum { y: vec3f }
      struct Back { g: vec3f }
      fn of_all(p: Params) -> f32 { return p.parts[0] + 2.0 * p.parts[1]; }
      fn take(sum: ptr<function, Sum>, x: vec3f, at: Neighbour, p: Params) { (*sum).y += x; }
      fn result(sum: Sum, p: Params) -> vec3f { return of_all(p) * p.gain * sum.y; }
      fn back(sum: Sum, g: vec3f, p: Params, gp: ptr<function, Params>) -> Back {
        (*gp).gain += of_all(p) * g * sum.y;
        let each = dot(g * p.gain, sum.y);
        (*gp).parts[0] += each;
        (*gp).parts[1] += 2.0 * each;
        return Back(of_all(p) * g * p.gain);
      }
      fn gather(b: Back, x: vec3f, at: Neighbour, p: Params) -> vec3f { return b.g; }`,
    doc: "y = gain · (parts · (1, 2)) · Σ x",
    source: "a test",
  });
  const [H, W, C] = [2, 3, 4];
  await assertGradients(
    (x, gain, parts) => apply(x, tinted({ gain, parts })),
    [
      parameter(gpu, weightsFor(2 * C * H * W, 3), [2, C, H, W]),
      parameter(gpu, weightsFor(2 * C, 4), [2, C]),
      parameter(gpu, [0.7, -0.4], [2]),
    ],
    {
      reference: ([x, gain, parts]) =>
        Array.from(x, (_, i) => {
          const [q, r, plane] = [i % W, Math.floor(i / W) % H, Math.floor(i / (H * W))];
          let sum = 0;
          for (let v = Math.max(r - 1, 0); v <= Math.min(r + 1, H - 1); v++)
            for (let u = Math.max(q - 1, 0); u <= Math.min(q + 1, W - 1); u++) sum += x[plane * H * W + v * W + u];
          return gain[plane] * (parts[0] + 2 * parts[1]) * sum;
        }),
    },
  );
});
