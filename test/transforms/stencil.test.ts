import { describe, test, vi } from "vitest";
import { testGpu } from "../gpu.ts";
import { families } from "../reference/index.ts";
import { check } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });

describe("stencils against their float64 references", () => {
  test.each(families.stencil.cases.map((c) => [c.name, JSON.stringify(c.options), c] as const))(
    "%s %s",
    async (_, __, c) => {
      await check(device.gpu, [c], c.shape ? { shape: c.shape } : {});
    },
  );
});
