import { describe, test } from "vitest";
import { testGpu } from "../gpu.ts";
import { randomImage, type Shape4 } from "../reference/image.ts";
import { families } from "../reference/index.ts";
import { caseOf, check } from "./check.ts";

const device = testGpu();

describe("points that look at statistics against their float64 reference", () => {
  test.each(families.stretch.cases.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    await check(device.gpu, [c], { image: randomImage([2, 3, 7, 8], 3, ...(c.range ?? [])) });
  });
  test.each([1, 2, 4, 5, 7].flatMap((c) => families.stretch.cases.map((own) => [c, own.name, own] as const)))(
    "%i channels: %s behind and before other points, where the last quad is not full",
    async (channels, _, own) => {
      const shape: Shape4 = [2, channels, 5, 5];
      await check(device.gpu, [caseOf("contrast", 1), own, caseOf("gamma")], { image: randomImage(shape, 7) });
    },
  );
});
