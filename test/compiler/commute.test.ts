import { describe, expect, test } from "vitest";
import { apply, explain, grad, noGrad, parameter, type Transform, tensor } from "../../src/index.ts";
import {
  brightness,
  denormalize,
  erasing,
  gaussianBlur,
  horizontalFlip,
  invert,
  normalize,
  perspective,
  resize,
  rotate,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const SHAPE = [2, 3, 7, 9];
const standard = normalize({ mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] });
const back = denormalize({ mean: [0.1, 0.2, 0.3], std: [0.5, 0.4, 0.6] });
const inverted = invert({ on: [1, 0] });
const turned = (padding: "border" | "reflection" | "zeros") => rotate({ angle: [20, -35], padding });

const kindsOf = (chain: Transform[]) =>
  explain(chain, SHAPE).passes.map(({ kind, transforms }) => `${kind}: ${transforms.join(" ")}`);

describe("linear points before a mean", () => {
  const moving: [string, Transform[], string[]][] = [
    ["a flip", [standard, horizontalFlip()], ["map: horizontalFlip normalize"]],
    ["a border", [standard, inverted, turned("border")], ["map: rotate normalize invert"]],
    ["mirrors", [back, turned("reflection"), brightness({ factor: 0.8 })], ["map: rotate denormalize brightness"]],
    ["a blur", [standard, gaussianBlur({ sigma: 0.8, kernelSize: 5 })], ["line: gaussianBlur normalize"]],
    [
      "a resize that averages",
      [standard, resize({ width: 4, height: 3 }), brightness({ factor: 0.5 })],
      ["resize: resize", "point: normalize brightness"],
    ],
  ];
  test.each(moving)("%s: they run behind it, and nothing else changes", async (_, chain, plan) => {
    expect(kindsOf(chain)).toEqual(plan);
    const { gpu } = device;
    const values = Float32Array.from({ length: 2 * 3 * 7 * 9 }, (_, i) => (Math.sin(i * 1.7) + 1) / 2);
    const x = tensor(gpu, values, SHAPE, { requiresGrad: true });
    const y = apply(x, chain);
    const apart = chain.reduce((image, link) => apply(image, link), x);
    const gradient = tensor(
      gpu,
      Float32Array.from({ length: y.size }, (_, i) => Math.cos(i * 0.9)),
      y.shape,
    );
    const read = async (result: typeof y) => [await result.read(), await grad(result, [x], { gradient })[0].read()];
    const [fused, unfused] = [await read(y), await read(apart)];
    fused.forEach((list, k) => {
      list.forEach((value, i) => expect(Math.abs(value - unfused[k][i])).toBeLessThan(2e-5));
    });
  });

  test("says so", () => {
    const { passes } = explain([standard, horizontalFlip(), brightness({ factor: 2 })], SHAPE);
    expect(passes.map(({ moved }) => moved)).toEqual([["normalize"]]);
    expect(String(explain([standard, horizontalFlip()], SHAPE))).toContain(
      "moved behind what they came before: normalize",
    );
    expect(String(explain([horizontalFlip(), standard], SHAPE))).not.toContain("moved");
  });

  const staying: [string, Transform[]][] = [
    ["zeros, which they would change", [standard, turned("zeros")]],
    ["a fill", [standard, rotate({ angle: 5, padding: "fill", fill: 0.5 })]],
    [
      "a horizon",
      [
        standard,
        perspective({ startPoints: [0, 0, 8, 0, 8, 6, 0, 6], endPoints: [1, 0, 8, 1, 7, 6, 0, 5], padding: "border" }),
      ],
    ],
    ["a place of their own", [erasing({ x: 1, y: 1, width: 3, height: 2 }), horizontalFlip()]],
    ["maps on either side, which would be one look", [turned("reflection"), standard, turned("reflection")]],
    ["clipping", [brightness({ factor: 1.2 }), horizontalFlip()]],
    ["others that stay", [brightness({ factor: 1.2 }), standard, horizontalFlip()]],
    ["a resize that grows", [standard, resize({ width: 18, height: 14, interpolation: "bicubic" })]],
    ["zeros of a blur", [standard, gaussianBlur({ sigma: 1, kernelSize: 3, padding: "zeros" })]],
  ];
  test.each(staying)("%s: they stay", (_, chain) => {
    expect(kindsOf(chain)).toHaveLength(2);
    expect(explain(chain, SHAPE).passes.every(({ moved }) => moved.length === 0)).toBe(true);
  });

  test("learned values stay: their gradients need what they saw", () => {
    const learned = noGrad(() => normalize({ mean: parameter(device.gpu, [0.5, 0.5, 0.5]), std: [1, 1, 1] }));
    expect(kindsOf([learned, horizontalFlip()])).toEqual(["point: normalize", "map: horizontalFlip"]);
  });
});
