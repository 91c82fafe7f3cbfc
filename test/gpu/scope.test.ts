import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { describe, expect, expectTypeOf, test } from "vitest";
import { Scope, Tensor } from "../../src/index.ts";

describe("using", () => {
  test("ends a scope, and frees a tensor", () => {
    const seen: string[] = [];
    {
      using scope = new Scope(() => seen.push("ended"));
      scope.add({ dispose: () => seen.push("freed") });
      expect(seen).toEqual([]);
    }
    expect(seen).toEqual(["ended", "freed"]);
    expectTypeOf<Scope>().toExtend<Disposable>();
    expectTypeOf<Tensor>().toExtend<Disposable>();
    expect(Tensor.prototype[Symbol.dispose]).toBeTypeOf("function");
  });

  test("works, lowered, where the engine has no Symbol.dispose", async () => {
    const entry = fileURLToPath(new URL("../../src/gpu/scope.ts", import.meta.url));
    const built = await build({
      configFile: false,
      logLevel: "error",
      build: { write: false, target: "es2022", lib: { entry, formats: ["iife"], name: "made" } },
    });
    const [{ output }] = built as Rolldown.RolldownOutput[];
    // As the engine is: a Symbol without `dispose`.
    const older = new Function("Symbol", `${output[0].code}; return made.Scope ?? made;`)({ for: Symbol.for });
    const methods = Reflect.ownKeys((older as typeof Scope).prototype);
    expect(methods).not.toContain("undefined");
    expect(methods).toContain(Symbol.for("Symbol.dispose"));
  });
});
