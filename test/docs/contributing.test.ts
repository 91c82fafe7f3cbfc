import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apply, declare, gradcheck, parameter, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const guide = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");

test("the transform of the guide is right", async () => {
  const [, wgsl] = /```wgsl\n([\s\S]*?)```/.exec(guide) ?? [];
  const solarize = declare<{ threshold: unknown; softness: unknown }>({
    name: "solarizeOfTheGuide",
    kind: "point",
    module: "user::solarizeOfTheGuide",
    wgsl,
    params: {
      threshold: { default: 0.5, unit: "intensity", doc: "what is brighter is inverted" },
      softness: { default: 0.05, min: 1e-4, unit: "intensity", doc: "width of the change" },
    },
    doc: "y = x + sigmoid((x − threshold) / softness) · (1 − 2x)",
    source: "CONTRIBUTING.md",
  });
  const values = Float32Array.from({ length: 3 * 4 * 4 }, (_, i) => 0.1 + ((i * 37) % 61) / 80);
  const x = tensor(device.gpu, values, [1, 3, 4, 4], { requiresGrad: true });
  const inputs = [x, parameter(device.gpu, [0.4]), parameter(device.gpu, [0.1])];
  const report = await gradcheck(
    (...[image, threshold, softness]) => apply(image, solarize({ threshold, softness })),
    inputs,
    {
      reference: ([image, [threshold], [softness]]) =>
        image.map((v) => v + (1 - 2 * v) / (1 + Math.exp(-(v - threshold) / softness))),
    },
  );
  expect(report.worst.error).toBeLessThan(report.tolerance);
  expect(report.ok).toBe(true);
});
