import { describe, expect, it } from "vitest";
import threefryWgsl from "../../shaders/lib/threefry.wgsl";
import { threefry2x32, unitFloat, type Words } from "../../src/augment/threefry.ts";
import { linkShader, provide } from "../../src/gpu/wesl.ts";
import { testGpu } from "../gpu.ts";
import { threefry } from "../reference/stream.ts";
import { threefryVectors } from "./threefry-vectors.ts";

const root = `
import package::lib::threefry::{ threefry2x32, threefry2x32_13, unit_float };
@group(0) @binding(0) var<storage, read> blocks: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> bits: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> units: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&blocks)) {
    let word = threefry2x32(blocks[id.x].xy, blocks[id.x].zw);
    bits[id.x] = vec4u(word, threefry2x32_13(blocks[id.x].xy, blocks[id.x].zw));
    units[id.x] = unit_float(word.x);
  }
}`;

describe("Threefry in WGSL", () => {
  const device = testGpu();

  it("has the published words with 20 and 13 rounds, and the bits and floats of TypeScript on 4096 blocks", async () => {
    const { gpu } = device;
    const count = 4096;
    const blocks = new Uint32Array(count * 4);
    for (const [i, { key, counter }] of threefryVectors.entries()) blocks.set([...key, ...counter], i * 4);
    let state = 12345;
    for (let i = threefryVectors.length * 4; i < blocks.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      blocks[i] = state;
    }
    const from = gpu.upload(blocks);
    const bits = gpu.allocate(count * 16);
    const units = gpu.allocate(count * 4);
    provide(threefryWgsl);
    const source = () => linkShader("test_threefry", { modules: { test_threefry: root } });
    const pipeline = gpu.pipeline({ key: "test threefry", label: "test threefry", access: "rww", source });
    gpu.dispatch({ pipeline, bindings: [from, bits, units], groups: [Math.ceil(from.size / 16 / 64)] });
    const words = new Uint32Array(await gpu.read(bits, count * 16));
    const floats = new Float32Array(await gpu.read(units, count * 4));
    for (const [i, { expected, expected13 }] of threefryVectors.entries()) {
      expect(Array.from(words.slice(4 * i, 4 * i + 4))).toEqual([...expected, ...expected13]);
    }
    const wrong: number[] = [];
    for (let i = 0; i < count; i++) {
      const [k0, k1, c0, c1] = blocks.slice(4 * i, 4 * i + 4);
      const [key, counter]: Words[] = [[k0, k1], [c0, c1]]; // biome-ignore format: one line
      const right = [...threefry2x32(key, counter), ...threefry(key, counter, 13)];
      if (right.some((word, k) => word !== words[4 * i + k]) || unitFloat(right[0]) !== floats[i]) wrong.push(i);
    }
    expect(wrong).toEqual([]);
    for (const storage of [from, bits, units]) storage.release();
  });
});
