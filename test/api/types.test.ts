import { describe, expectTypeOf, test } from "vitest";
import * as a from "../../src/index.ts";

/** What the types say; `tsc` checks this file, and nothing of it has to run. */
declare const gpu: a.Gpu;
declare const x: a.Tensor;
declare const half: a.Tensor<"f16">;
declare const bytes: a.Tensor<"rgba8">;
const never = (_: () => unknown) => {};

describe("types", () => {
  test("what a tensor reads has the type of its storage", () => {
    never(() => {
      expectTypeOf(a.tensor(gpu, [1, 2]).read()).resolves.toEqualTypeOf<Float32Array>();
      expectTypeOf(a.tensor(gpu, [1, 2], [2], { requiresGrad: true }).read()).resolves.toEqualTypeOf<Float32Array>();
      expectTypeOf(a.tensor(gpu, [1], [1], { dtype: "u8" }).read()).resolves.toEqualTypeOf<Uint8Array>();
      expectTypeOf(a.zeros(gpu, [2], { dtype: "f16" }).read()).resolves.toEqualTypeOf<Float32Array>();
      expectTypeOf(a.empty(gpu, [2], "u8").detach().read()).resolves.toEqualTypeOf<Uint8Array>();
      expectTypeOf(a.fromImageData(gpu, new ImageData(1, 1)).read()).resolves.toEqualTypeOf<Uint8Array>();
      expectTypeOf(a.sum(x).read()).resolves.toEqualTypeOf<Float32Array>();
      expectTypeOf(a.apply(bytes, a.invert())).toEqualTypeOf<a.Tensor<"f32">>();
      expectTypeOf(a.apply(half, a.invert(), { compose: false })).toEqualTypeOf<a.Tensor<"f16">>();
      expectTypeOf(a.apply(x, a.invert(), { dtype: "u8" }).read()).resolves.toEqualTypeOf<Uint8Array>();
      expectTypeOf(a.cast(bytes, "f16")).toEqualTypeOf<a.Tensor<"f16">>();
      expectTypeOf(a.sequential([])(bytes)).toEqualTypeOf<a.Tensor<"f32">>();
      expectTypeOf(a.sequential([], { dtype: "u8" }).apply(half)).toEqualTypeOf<a.Tensor<"u8">>();
      expectTypeOf(a.grad(half, [half, x])).toEqualTypeOf<a.Tensor<"f32">[]>();
      // @ts-expect-error operations take f32 alone
      a.exp(half);
      // @ts-expect-error a result is never rgba8
      a.cast(x, "rgba8");
    });
  });

  test("nested arrays are values", () => {
    never(() => a.tensor(gpu, [[1, 2], new Float32Array(2)]));
    never(() => a.parameter(gpu, 5));
    // @ts-expect-error no text
    never(() => a.tensor(gpu, "text"));
    // @ts-expect-error no text in arrays
    never(() => a.tensor(gpu, [["1"]]));
  });

  test("options are those that exist", () => {
    // @ts-expect-error axis
    never(() => a.mean(x, { axis: 0 }));
    // @ts-expect-error lr
    never(() => a.adam([x], { lr: 1 }));
    // @ts-expect-error requires_grad
    never(() => a.tensor(gpu, [1], [1], { requires_grad: true }));
    // @ts-expect-error retainGraph
    never(() => a.backward(x, { retainGraph: true }));
  });

  test("settings are those that a transform has, and the required ones are required", () => {
    const parts = { name: "t", kind: "point", wgsl: "", doc: "", source: "" } as const;
    never(() => a.resize({ width: 8 }));
    never(() => a.gaussianBlur({ sigma: 1 }));
    never(() => a.gaussianBlur({ sigmaX: 1, sigmaY: a.uniform(1, 2) }));
    // @ts-expect-error no size
    never(() => a.crop());
    // @ts-expect-error no points
    never(() => a.perspective());
    // @ts-expect-error no deviation
    never(() => a.gaussianBlur({}));
    // @ts-expect-error one deviation of two
    never(() => a.gaussianBlur({ sigmaX: 1 }));
    // @ts-expect-error a name that it has not
    never(() => a.brightness({ factr: 1 }));
    // @ts-expect-error no such distribution
    never(() => a.rotate({ angle: { distribution: "normal", mean: 0 } }));
    never(() => {
      const made = a.declare({
        ...parts,
        params: { amount: { unit: "", doc: "" }, width: { default: 1, unit: "", doc: "" } },
        options: { mode: { default: "soft", allowed: ["soft", "hard"], doc: "" } },
      });
      made({ amount: 1 });
      made({ amount: a.uniform(0, 1), width: x, mode: "hard", p: 0.5 });
      // @ts-expect-error amount has no default
      made();
      // @ts-expect-error no such mode
      made({ amount: 1, mode: "other" });
      // @ts-expect-error no such parameter
      made({ amount: 1, height: 2 });
    });
    // @ts-expect-error neither WGSL nor a module
    never(() => a.declare({ name: "t", kind: "point", params: {}, doc: "", source: "" }));
  });
});
