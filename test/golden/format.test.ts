import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGolden } from "./manifest.ts";
import { GoldenError, parseNpy, readNpy } from "./npy.ts";
import { render, type Verdict } from "./report.ts";

/** A file as NumPy writes it. */
function npy(values: number[], shape: string, { descr = "<f4", fortran = "False" } = {}): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + header.length + values.length * 4);
  bytes.set([0x93, ...[..."NUMPY"].map((letter) => letter.charCodeAt(0)), 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(Float32Array.from(values).buffer), 10 + header.length);
  return bytes;
}

describe("npy", () => {
  test("reads values and shapes, scalars included", () => {
    expect(parseNpy(npy([1, 2, 3, 4, 5, 6], "(2, 3)"), "a.npy")).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(parseNpy(npy([7], "()"), "a.npy").shape).toEqual([]);
    expect(parseNpy(npy([7, 8], "(2,)"), "a.npy").shape).toEqual([2]);
  });

  test.each([
    ["is not a NumPy file", new TextEncoder().encode("hello, this is text")],
    ["'<f4'", npy([1, 2], "(2,)", { descr: "<f8" })],
    ["Fortran order", npy([1, 2, 3, 4], "(2, 2)", { fortran: "True" })],
    ["needs 12", npy([1, 2], "(3,)")],
    ["ends inside its header", npy([1], "(1,)").subarray(0, 60)],
  ])("says so: %s", (message, bytes) => {
    expect(() => parseNpy(bytes, "some/file.npy")).toThrow(GoldenError);
    expect(() => parseNpy(bytes, "some/file.npy")).toThrow(message);
    expect(() => parseNpy(bytes, "some/file.npy")).toThrow("some/file.npy");
  });
});

describe("a directory of cases", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "golden-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const good = {
    name: "op/00",
    op: "op",
    group: "group",
    inputs: { image: { file: "image.npy", shape: [1, 1, 2, 2] } },
    params: {},
    outputs: { out: { file: "out.npy", shape: [1, 1, 2, 2] } },
    weights: {},
    grads: null,
  };
  async function withManifest(text: string): Promise<string> {
    const directory = await mkdtemp(join(folder, "case-"));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "manifest.json"), text);
    return directory;
  }

  test("reads a good one", async () => {
    const golden = await readGolden(await withManifest(JSON.stringify({ meta: {}, cases: [good] })));
    expect(golden.cases).toEqual([good]);
  });

  test.each([
    ["is not valid JSON", "{"],
    [`no list "cases"`, "{}"],
    [`"outputs" is missing`, JSON.stringify({ cases: [{ ...good, outputs: undefined }] })],
    [`"inputs.image" has no file`, JSON.stringify({ cases: [{ ...good, inputs: { image: {} } }] })],
    [`neither "params" nor "pipeline"`, JSON.stringify({ cases: [{ ...good, params: undefined }] })],
  ])("says so: %s", async (message, text) => {
    const directory = await withManifest(text);
    await expect(readGolden(directory)).rejects.toThrow(GoldenError);
    await expect(readGolden(directory)).rejects.toThrow(message);
    await expect(readGolden(directory)).rejects.toThrow("manifest.json");
  });

  test("a missing directory, manifest or array is one sentence that names it", async () => {
    await expect(readGolden(join(folder, "nowhere"))).rejects.toThrow("nowhere does not exist.");
    await expect(readGolden(folder)).rejects.toThrow("manifest.json is missing");
    await expect(readNpy(join(folder, "none.npy"), [1])).rejects.toThrow("none.npy cannot be read: ENOENT.");
    await writeFile(join(folder, "two.npy"), npy([1, 2], "(2,)"));
    await expect(readNpy(join(folder, "two.npy"), [3])).rejects.toThrow("the manifest says (3)");
  });
});

test("the report has a line per operation and ends with the total", () => {
  const check = { what: "out", kind: "output" as const, error: 2e-6, tolerance: 1e-4, off: 0, count: 4, passed: true };
  const verdicts: Verdict[] = [
    { name: "a/00", op: "a", status: "passed", checks: [check] },
    { name: "a/01", op: "a", status: "failed", checks: [{ ...check, passed: false, error: 0.5, off: 3 }] },
    { name: "b/00", op: "b", status: "not implemented yet", checks: [], reason: "later" },
  ];
  const lines = render(verdicts).split("\n");
  expect(lines.find((line) => /^a\s/.test(line))).toMatch(/1\s+1\s+0\s+5\.0e-1/);
  expect(lines.find((line) => /^b\s/.test(line))).toMatch(/0\s+0\s+1\s+-/);
  expect(lines.at(-1)).toBe("1 of 3 cases pass");
});
