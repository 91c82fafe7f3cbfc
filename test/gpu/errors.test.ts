import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { describe, expect, test } from "vitest";
import * as augrad from "../../src/index.ts";

const classes = Object.entries(augrad).filter(
  ([, value]) => value === augrad.AugradError || Object.prototype.isPrototypeOf.call(augrad.AugradError, value),
) as [string, new (...args: unknown[]) => Error][];

describe("the name of an error", () => {
  test.each(classes)("%s", (name, ErrorClass) => {
    expect(new ErrorClass("", "", "", "").name).toBe(name);
    expect(ErrorClass.name).toBe(name);
  });

  test("is its class's in a class of a user's own, too", () => {
    class MineError extends augrad.AugradError {}
    expect(new MineError("mine", "it is mine").name).toBe("MineError");
    expect(String(new augrad.ShapeError("x", "this", "that"))).toBe("ShapeError: x: got this; allowed is that.");
  });

  test("outlives a minifier", async () => {
    const file = fileURLToPath(new URL("../../src/gpu/errors.ts", import.meta.url));
    const built = await build({
      configFile: false,
      logLevel: "error",
      build: { ssr: file, minify: true, write: false, target: "es2022" },
    });
    const { code } = (built as Rolldown.RolldownOutput).output[0];
    expect(code).not.toMatch(/class ShapeError/);
    const { ShapeError } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(new ShapeError("x", "this", "that").name).toBe("ShapeError");
  });
});
