import { describe, test } from "vitest";
import { testGpu } from "../gpu.ts";
import { caseOf, check } from "./check.ts";

const device = testGpu();
describe("chains", () => {
  test("the colour chain", async () => {
    const chain = ["brightness", "contrast", "saturation", "hue", "normalize"];
    await check(
      device.gpu,
      chain.map((name) => caseOf(name)),
    );
  });
  test("two statistics in one chain", async () => {
    const chain = ["contrastAboutMean", "brightness", "contrastAboutMean", "gamma"];
    await check(
      device.gpu,
      chain.map((name) => caseOf(name)),
    );
  });
  test("a statistic behind a shift, where the last quad is not full", async () => {
    const chain = ["brightnessShift", "contrastAboutMean", "contrastAboutMean"];
    await check(
      device.gpu,
      chain.map((name) => caseOf(name)),
      { shape: [2, 3, 5, 5], seed: 12 },
    );
  });
  test.each([1, 2, 4, 5, 7])("%i channels", async (c) => {
    const per = (v: number) => Array.from({ length: c }, (_, i) => v + 0.05 * i);
    const normalize = { name: "normalize", params: { mean: [per(0.3), per(0.5)], std: [per(0.5), per(0.4)] } };
    const chain = [caseOf("brightness"), caseOf("contrast"), normalize, caseOf("erasing")];
    await check(device.gpu, chain, { shape: [2, c, 6, 8], seed: 5 });
  });
});
