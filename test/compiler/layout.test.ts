import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ioModule } from "../../src/compiler/pixels/io.ts";
import { dawn } from "../../src/node/dawn.ts";

// webgpu-utils 2 names this class when it loads, and Node 20 does not have it; nothing here uses halves.
(globalThis as { Float16Array?: unknown }).Float16Array ??= class extends Uint16Array {};
// It also wants WebGPU's constants, which come with Dawn.
await dawn();
const { makeShaderDataDefinitions } = await import("webgpu-utils");

/** The fields of a struct with their offsets, as WebGPU lays them out. */
function fieldsOf(wgsl: string, name: string): [string, number][] {
  // The parser knows WGSL; imports and conditions are WESL's.
  const plain = wgsl.replace(/^import .*;$/gm, "").replace(/@if\([^)]*\)/g, "");
  const { structs } = makeShaderDataDefinitions(plain.match(new RegExp(`struct ${name} \\{[^}]*\\}`))![0]);
  return Object.entries(structs[name].fields).map(([field, { offset }]) => [field, offset]);
}

/** TypeScript writes uniforms as words in the order of the fields: every field has to lie where its word is. */
describe("uniforms are words in the order of their fields", () => {
  const kernels = readdirSync("shaders/pass").filter((file) =>
    readFileSync(`shaders/pass/${file}`, "utf8").includes("struct Shape {"),
  );
  test("there are such kernels", () => expect(kernels.length).toBeGreaterThan(4));
  test.each(kernels)("%s", (file) => {
    fieldsOf(readFileSync(`shaders/pass/${file}`, "utf8"), "Shape").forEach(([field, offset], i) => {
      expect(offset, field).toBe(4 * i);
    });
  });
  test("lib/line.wgsl", () => {
    fieldsOf(readFileSync("shaders/lib/line.wgsl", "utf8"), "Line").forEach(([field, offset], i) => {
      expect(offset, field).toBe(4 * i);
    });
  });
  test("the shape of a generated pass: eight words, then the frames on a boundary of sixteen bytes", () => {
    const wgsl = ioModule({ channels: 3, alignedIn: true, alignedOut: true, frames: 2, buffers: [] });
    const fields = fieldsOf(wgsl, "Shape");
    expect(fields.map(([field]) => field)).toEqual([
      "samples",
      "threads",
      "quads",
      "pixels",
      "width",
      "height",
      "out_width",
      "out_height",
      "frames",
    ]);
    for (const [i, [, offset]] of fields.entries()) expect(offset).toBe(4 * i);
    expect(fields[8][1]).toBe(32);
  });
});
