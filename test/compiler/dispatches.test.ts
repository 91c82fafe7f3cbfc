import { afterEach, describe, expect, test, vi } from "vitest";
import { Storage } from "../../src/gpu/index.ts";
import {
  apply,
  elastic,
  explain,
  registry,
  remap,
  type Tensor,
  type Transform,
  tensor,
  thinPlateSpline,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { exampleField, exampleImages, exampleTransform } from "../transforms/examples.ts";

// What explain() counts is what is recorded. Nothing runs here, and no kernel is compiled.

const device = testGpu();
const SAMPLES = 2;
const SIZE = [48, 64] as const;
/** Those that are not over pixels: sums and tables. */
const SMALL = /^(param_pack|sum_rows|sum_short_rows|statistic_merge|[a-z]+_table)\b/;

afterEach(() => void vi.restoreAllMocks());

/** Labels of the forward dispatches over pixels that a transform records. */
function recorded(x: Tensor, transform: Transform): string[] {
  const { gpu } = device;
  const labels: string[] = [];
  vi.spyOn(gpu, "pipeline").mockImplementation(({ label }) => ({ label }) as never);
  vi.spyOn(gpu, "dispatch").mockImplementation(({ pipeline, bindings }) => {
    // What a field is made of are operations on points and matrices, which bind little.
    const bytes = bindings.map((each) => (each instanceof Storage ? each : each.storage).size);
    const isLarge = !transform.declaration.field?.made || Math.max(...bytes) >= 4 * SIZE[0] * SIZE[1];
    if (!SMALL.test(pipeline.label) && isLarge) labels.push(pipeline.label);
  });
  apply(x, transform).dispose();
  vi.restoreAllMocks();
  return labels;
}

function check(transform: Transform, channels = 3): void {
  const shape = [SAMPLES, channels, ...SIZE];
  const x = tensor(device.gpu, new Float32Array(SAMPLES * channels * SIZE[0] * SIZE[1]), shape);
  const counted = explain(transform, shape).passes.reduce((sum, { dispatches }) => sum + dispatches.forward, 0);
  const labels = recorded(x, transform);
  expect.soft(counted, `${transform.declaration.name}: ${labels.join(", ")}`).toBe(labels.length);
  x.dispose();
}

const places = (shape: number[]) => tensor(device.gpu, new Float32Array(shape.reduce((a, b) => a * b)), shape);

describe("explain counts the dispatches over pixels that are recorded", () => {
  test("of every transform that is made of no others", () => {
    for (const declaration of registry.values()) {
      if (declaration.kind === "composite") continue;
      const { gpu } = device;
      const tensors = { ...exampleImages(gpu, declaration, SIZE), field: exampleField(gpu, declaration, SIZE) };
      const channels = declaration.channels?.includes(3) === false ? declaration.channels[0] : 3;
      check(exampleTransform(declaration, tensors), channels);
    }
  });

  const [h, w] = SIZE;
  const corners = [0, 0, 0, 9, 9, 0, 9, 9, 4, 5];
  const fields: [string, () => Transform][] = [
    ["random numbers that are drawn", () => elastic({ seed: 3 })],
    ["a tensor for each sample", () => remap({ grid: places([SAMPLES, 2, h, w]) })],
    ["values side by side", () => remap({ grid: places([SAMPLES, h, w, 2]) })],
    ["values side by side, for all samples", () => remap({ grid: places([1, h, w, 2]) })],
    ["a plane for each axis", () => remap({ mapX: places([SAMPLES, h, w]), mapY: places([SAMPLES, h, w]) })],
    ["planes, one for all samples", () => remap({ mapX: places([SAMPLES, h, w]), mapY: places([1, h, w]) })],
    ["planes for all samples", () => remap({ mapX: places([1, h, w]), mapY: places([1, h, w]) })],
    ["places that are made", () => thinPlateSpline({ destination: [corners, corners], normalized: false })],
    ["places that are made for all samples", () => thinPlateSpline({ destination: corners, normalized: false })],
    ["places that a coin makes", () => thinPlateSpline({ destination: corners, normalized: false, on: [1, 0] })],
  ];
  test.each(fields)("of a field that looks through %s", (_, make) => check(make()));

  test("and says what they make", () => {
    const { passes } = explain(elastic({ seed: 3 }), [SAMPLES, 3, h, w]);
    expect(passes.map(({ transforms, makes }) => [...transforms, makes])).toEqual([
      ["elastic", "random numbers"],
      ["gaussianBlur", undefined],
      ["elastic", undefined],
    ]);
    expect(passes[0]).toMatchObject({ bytesRead: 0, bytesWritten: SAMPLES * 2 * h * w * 4, bytesSaved: 0 });
    expect(String(explain(elastic({ seed: 3 }), [SAMPLES, 3, h, w]))).toContain("1. field    elastic: random numbers");
  });
});
