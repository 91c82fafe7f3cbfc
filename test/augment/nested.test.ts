import { describe, expect, it } from "vitest";
import { sequential, type Tree, uniform } from "../../src/augment/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { tensor } from "../../src/tensor/index.ts";
import { brightness, choose, invert, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 4;
const a = () => rotate({ angle: uniform(-30, 30), p: 0.5 });
const b = () => brightness({ factor: uniform(0.5, 1.5) });
const c = () => rotate({ angle: uniform(-5, 5) });

const flat = sequential([a(), b(), c(), invert()]);
const NESTED: Record<string, Tree[]> = {
  "a pipeline": [a(), sequential([b(), c(), invert()])],
  "a list": [a(), [b(), c()], invert()],
  "a pipeline in a list in a pipeline": [sequential([a(), [b(), sequential([c()])]]), [], [[invert()]]],
};

describe.each(Object.entries(NESTED))("%s inside", (_, tree) => {
  it("is its transforms in place: the same draws, bits and passes", async () => {
    const nested = sequential(tree, { seed: 0 });
    const drawn = flat.sample(N, { step: 3, seed: 8 });
    expect(nested.sample(N, { step: 3, seed: 8 })).toEqual(drawn);
    const x = tensor(
      device.gpu,
      Float32Array.from({ length: N * 36 }, (_, i) => (i % 37) / 37),
      [N, 1, 6, 6],
    );
    const y = await flat(x, { step: 3, seed: 8 }).read();
    expect(await nested(x, { step: 3, seed: 8 }).read()).toEqual(y);
    expect(await nested.replay(x, drawn).read()).toEqual(y);
    expect(nested.explain(x.shape).passes).toEqual(flat.explain(x.shape).passes);
  });
});

it("prints as it was written, and cannot be changed from outside", () => {
  const list = [invert()];
  const pipeline = sequential([list, sequential([choose([invert()], 0), brightness({ factor: 2 })])]);
  list.push(invert());
  expect(String(pipeline)).toBe(
    "sequential([[invert()], sequential([choose([invert()], 0), brightness({ factor: 2 })])])",
  );
  expect(() => (pipeline.transforms[0] as Tree[]).push(invert())).toThrow(TypeError);
});

it("a pipeline with options of its own is refused: they would be ignored", () => {
  const seeded = sequential([b()], { seed: 3 });
  expect(() => sequential([a(), [seeded]])).toThrow(
    /^transforms\[1\]\[0\]: got a pipeline with seed of its own; allowed is one without.*\.transforms/,
  );
  expect(() => sequential([sequential([b()], { dtype: "f16", compose: false }) as never])).toThrow(
    /^transforms\[0\]: got a pipeline with dtype, compose of its own/,
  );
  expect(sequential([a(), seeded.transforms]).sample(2, { step: 1 })).toEqual(
    sequential([a(), b()]).sample(2, { step: 1 }),
  );
  expect(() => sequential([sequential([b()], { seed: undefined })])).not.toThrow();
});

it("what is wrong is named by its place", () => {
  expect(() => sequential([invert(), [b(), 1 as never]])).toThrow(
    /^transforms\[1\]\[1\]: got 1; allowed is a transform/,
  );
  expect(() => sequential([[rotate({ key: "a" })], [b(), rotate({ key: "a" })]])).toThrow(/^transforms\[1\]\[1\]\.key/);
  const endless: Tree[] = [];
  endless.push(endless);
  expect(() => sequential(endless)).toThrow(ArgumentError);
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  expect(() => sequential([[b(), , c()] as never])).toThrow(/^transforms\[0\]\[1\]: got undefined/);
});
