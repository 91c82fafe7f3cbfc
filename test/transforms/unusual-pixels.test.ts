import { expect, test } from "vitest";
import { apply, hsvSaturation, resize, tensor, translate } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

// Pixels that are no intensities of 0..1 are in the contract of every transform; this is what bicubic overshoots to.

const device = testGpu();

test("a grey image that overshoots keeps its grey", async () => {
  const plane = Array.from({ length: 32 }, (_, i) => (i % 8 >= 4 ? 1 : 0));
  const x = tensor(device.gpu, [...plane, ...plane, ...plane], [1, 3, 4, 8]);
  for (const before of [
    resize({ width: 16, height: 8, interpolation: "bicubic" }),
    translate({ x: 0.5, interpolation: "bicubic", padding: "border" }),
  ]) {
    const grey = await apply(x, before).read();
    expect(Math.min(...grey)).toBeLessThan(0);
    expect(await apply(x, [before, hsvSaturation({ factor: 1.2 })]).read()).toEqual(grey);
  }
});
