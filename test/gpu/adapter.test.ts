import { expect, test } from "vitest";
import { isSoftware } from "../../src/gpu/index.ts";

// What adapters say of themselves: [is a program on the processor, what is said].
const ADAPTERS: [boolean, Partial<GPUAdapterInfo>][] = [
  [true, { vendor: "google", architecture: "swiftshader", description: "SwiftShader Device (LLVM 10.0.0)" }],
  [true, { vendor: "65541", device: "0", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }],
  [true, { vendor: "65541", architecture: "", device: "0", description: "" }],
  [true, { vendor: "0x10005" }],
  [true, { vendor: "mesa", architecture: "llvmpipe" }],
  [true, { vendor: "", description: "", isFallbackAdapter: true }],
  [true, { vendor: "microsoft", architecture: "warp", description: "Microsoft Basic Render Driver" }],
  [true, { vendor: "intel", description: "pocl CPU device" }],
  [false, { vendor: "nvidia", architecture: "hopper", description: "NVIDIA H100 80GB HBM3", isFallbackAdapter: false }],
  [false, { vendor: "4318", device: "9008", description: "NVIDIA GeForce RTX 4070" }],
  [false, { vendor: "intel", architecture: "gen-12lp", description: "Mesa Intel(R) Xe Graphics (TGL GT2)" }],
  [false, { vendor: "apple", architecture: "metal-3" }],
  [false, {}],
];

test.each(ADAPTERS)("a program on the processor: %s for %o", (software, info) => {
  expect(isSoftware(info)).toBe(software);
});
