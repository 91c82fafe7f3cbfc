import { describe, test } from "vitest";
import { testGpu } from "../gpu.ts";
import { imageOfCase, type Shape4 } from "../reference/image.ts";
import { families } from "../reference/index.ts";
import { caseOf, check } from "./check.ts";

const device = testGpu();

describe("points that look at statistics against their float64 reference", () => {
  test.each(
    [1, 2, 4, 5, 7].flatMap((c) =>
      families.stretch.cases.filter(({ levels }) => !levels).map((own) => [c, own.name, own] as const),
    ),
  )("%i channels: %s behind and before other points, where the last quad is not full", async (channels, _, own) => {
    const shape: Shape4 = [2, channels, 5, 5];
    await check(device.gpu, [caseOf("contrast", 1), own, caseOf("gamma")], { image: imageOfCase(own, shape, 7) });
  });
});
