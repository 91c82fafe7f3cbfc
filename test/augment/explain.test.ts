import { describe, expect, it } from "vitest";
import { sequential, uniform } from "../../src/augment/index.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import { brightness, gaussianBlur, horizontalFlip, hue, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const SHAPE = [4, 3, 32, 32];

describe("explain", () => {
  it("tells the passes of a random pipeline, whose coins do not cut them", () => {
    const list = [
      rotate({ angle: uniform(-30, 30), p: 0.5 }),
      horizontalFlip({ p: 0.5 }),
      brightness({ factor: uniform(0.8, 1.2), p: 0.5 }),
      hue({ turns: uniform(-0.1, 0.1) }),
    ];
    const plan = sequential(list).explain(SHAPE);
    expect(plan.passes.map(({ transforms }) => transforms)).toEqual([
      ["rotate", "horizontalFlip", "brightness", "hue"],
    ]);
    expect(String(plan)).toContain("rotate > horizontalFlip > brightness > hue");
    expect(() => sequential(list).explain([3, 32, 32])).toThrow(/^shape: got/);
  });

  it("takes learned bounds and coins of points as they are, records nothing, and says where the coin of a map cuts", () => {
    const { gpu } = device;
    const learned = parameter(gpu, [0.5]);
    const dispatches = gpu.stats.dispatches;
    const bytes = gpu.stats.bytesInUse;
    const point = sequential([
      rotate({ angle: uniform(0, () => learned) }),
      brightness({ factor: uniform(learned, 2), p: learned }),
    ]);
    expect(point.explain(SHAPE).passes.length).toBe(1);
    const map = sequential([
      brightness({ factor: uniform(0.8, 1.2) }),
      rotate({ angle: uniform(-30, 30), p: learned }),
      horizontalFlip({ p: 0.5 }),
    ]).explain(SHAPE);
    expect(map.passes.map(({ transforms }) => transforms)).toEqual([["brightness"], ["rotate"], ["horizontalFlip"]]);
    expect(map.passes[1].ended).toBe("rotate has a learned coin: the images with and without it are blended");
    expect(String(map)).toMatch(/^1\. point +brightness\n.*\n.*\n2\. map +rotate/);
    expect([gpu.stats.dispatches, gpu.stats.bytesInUse]).toEqual([dispatches, bytes]);
  });
});

describe("a blur of random width", () => {
  it("has a window for the widest, whatever the batch has drawn", async () => {
    const { gpu } = device;
    const blur = sequential([gaussianBlur({ sigma: uniform(0.3, 1.2) })]);
    const x = tensor(
      gpu,
      Float32Array.from({ length: 8 * 256 }, (_, i) => ((i * 7919) % 101) / 101),
      [8, 1, 16, 16],
    );
    const whole = (await blur(x, { step: 1 }).read()) as Float32Array;
    const values = (await x.read()) as Float32Array;
    for (let i = 0; i < 8; i++) {
      const one = tensor(gpu, values.slice(i * 256, (i + 1) * 256), [1, 1, 16, 16]);
      expect(await blur(one, { step: 1, samples: [i] }).read()).toEqual(whole.slice(i * 256, (i + 1) * 256));
    }
    expect(() => sequential([gaussianBlur({ sigma: uniform(0.3, parameter(gpu, [1])) })])).toThrow(
      /^gaussianBlur\.kernelSize: got nothing/,
    );
  });
});
