import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLDER, LARGEST, writeArchive } from "../../bench/pack/archive.ts";
import { contents } from "../../bench/pack/contents.ts";
import { deviceSlug, stemOf } from "../../bench/pack/machine/names.ts";
import { unpackSwiftShader } from "../../src/node/chromium.ts";
import { filesOfTar, type TarFile, tarOf } from "../../src/node/tar.ts";

// Elsewhere the binaries would have to be downloaded.
const canPack = process.platform === "linux" && process.arch === "x64";

describe.skipIf(!canPack)("the archive of the benchmark", () => {
  let folder: string;
  let archive: string;
  let bytes: number;
  let files: TarFile[];
  const here = (...path: string[]) => join(folder, FOLDER, ...path);

  /** Runs a program of the archive as on a machine that has nothing: no Node on the path, no variables. */
  const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const given = { PATH: join(folder, "bin"), HOME: folder, ...env };
    const { status, stdout, stderr } = spawnSync(here("run"), args, { cwd: folder, env: given, encoding: "utf8" });
    return { status, stdout, stderr };
  };

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "augrad-pack-test-")));
    archive = join(folder, "archive.tar.gz");
    files = (await contents()).files;
    // Quicker and larger than what `npm run bench:pack` writes.
    bytes = await writeArchive(files, archive, 1);
    const unpacked = spawnSync("tar", ["xf", archive], { cwd: folder, encoding: "utf8" });
    expect(unpacked.stderr).toBe("");
    mkdirSync(join(folder, "bin"));
    for (const tool of ["uname", "dirname", "head"]) {
      const path = (process.env.PATH ?? "")
        .split(":")
        .find((place) => statSync(join(place, tool), { throwIfNoEntry: false }));
      spawnSync("ln", ["-s", join(path!, tool), join(folder, "bin", tool)]);
    }
  }, 60_000);
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test("is small enough to carry, compressed quickly even", () => {
    expect(bytes).toBeLessThan(LARGEST);
    expect(statSync(archive).size).toBe(bytes);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("holds programs, binaries of Linux x64 and the golden cases, and no packages at large", () => {
    const names = files.map(({ name }) => name);
    const programs = ["main", "probe", "suites", "golden", "bench"].map((name) => `app/${name}/index.mjs`);
    const binaries = ["bin/node", "node_modules/webgpu/dist/linux-x64/dawn.node"];
    expect(names).toEqual(
      expect.arrayContaining(["run", "README.md", "LICENSE", "build.json", ...programs, ...binaries]),
    );
    expect(names).toContain("golden/manifest.json");
    expect(names.filter((name) => name.startsWith("node_modules/") && !/^node_modules\/webgpu\//.test(name))).toEqual(
      [],
    );
    expect(names.filter((name) => /darwin|win32|arm64|\.ts$|\.wgsl$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ["run", ...binaries]) expect(statSync(here(name)).mode & 0o111, name).toBeGreaterThan(0);
    const code = readFileSync(here("app/bench/index.mjs"), "utf8") + readFileSync(here("app/bench/augrad.mjs"), "utf8");
    expect(code).toContain("fn forward(");
    const size = files.filter(({ name }) => name.startsWith("app/")).reduce((sum, { data }) => sum + data.length, 0);
    expect(size).toBeLessThan(9e6);
  });

  test("has every test of a transform's gradients in it", () => {
    const names = readdirSync(here("app/suites"));
    expect(names).toEqual(expect.arrayContaining(["color.test.mjs", "geometry.test.mjs", "filter.test.mjs"]));
  });

  test("says how it is used, and what is wrong with a flag, in a sentence", () => {
    expect(run(["--help"])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: augrad-bench\/run /) });
    expect(run(["--fast"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^Unknown option '--fast'\.\nusage/),
    });
    expect(run(["--only", "tea"])).toMatchObject({ status: 2, stderr: expect.stringContaining('no part "tea"') });
    expect(run(["--out", "/proc/none"])).toMatchObject({ status: 1, stderr: expect.stringContaining("--out DIR") });
    for (const program of ["suites", "golden", "bench"]) {
      const { status, stdout } = spawnSync(here("bin/node"), [here("app", program, "index.mjs"), "--help"], {
        encoding: "utf8",
        env: {},
      });
      expect([program, status]).toEqual([program, 0]);
      expect(stdout).toMatch(/usage/i);
    }
  });

  test("never takes a driver for the processor unless it may; then it writes what the machine has", async () => {
    const swiftshader = await unpackSwiftShader();
    if (!swiftshader) return;
    const env = { VK_ICD_FILENAMES: swiftshader.icd };
    const refused = run(["--only", "machine"], env);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/--allow-software/);
    const taken = run(["--only", "machine", "--allow-software", "--out", "records"], env);
    expect(taken).toMatchObject({ status: 0, stdout: expect.stringContaining("Adapter: SwiftShader") });
    const [log, record] = readdirSync(join(folder, "records")).sort().reverse();
    expect(log).toMatch(/^\d{4}-\d\d-\d\d-swiftshader\.log$/);
    expect(record).toMatch(/^\d{4}-\d\d-\d\d-swiftshader-machine\.json$/);
    const facts = JSON.parse(readFileSync(join(folder, "records", record), "utf8"));
    expect(facts.adapter).toMatchObject({ software: true });
    expect(facts.build.version).toMatch(/^\d/);
  });
});

describe("names of records", () => {
  const facts = { vendor: "", architecture: "", device: "", description: "", software: false };
  test.each([
    ["nvidia-h100", { vendor: "nvidia", architecture: "hopper", device: "nvidia-h100-80gb-hbm3" }],
    ["nvidia-geforce-rtx-4090", { vendor: "nvidia", device: "nvidia-geforce-rtx-4090" }],
    ["nvidia-l4", { vendor: "nvidia", device: "0x27b8", description: "NVIDIA L4" }],
    ["amd-radeon-rx-7900-xtx", { vendor: "amd", device: "amd-radeon-rx-7900-xtx-(radv-navi31)" }],
    ["swiftshader", { vendor: "google", architecture: "swiftshader", device: "swiftshader-device-subzero-" }],
    ["mesa-llvmpipe", { vendor: "mesa", device: "llvmpipe-llvm-15-0-6-256-bits-" }],
    ["unnamed", {}],
  ])("%s", (expected, given) => {
    const slug = deviceSlug({ ...facts, ...given });
    expect(slug).toBe(expected);
    expect(stemOf(new Date("2026-11-24T23:00:00Z"), { ...facts, ...given })).toBe(`2026-11-24-${slug}`);
  });
});

test("what tarOf writes, filesOfTar reads, long names aside", () => {
  const files = [
    { name: "a/run", data: Buffer.from("#!/bin/sh\n"), executable: true },
    { name: "empty", data: Buffer.alloc(0) },
    { name: "block", data: Buffer.alloc(512, 7) },
  ];
  const read = [...filesOfTar(Buffer.concat([...tarOf(files)]))];
  expect(read.map(({ name, data }) => [name, Buffer.from(data).toString("hex")])).toEqual(
    files.map(({ name, data }) => [name, data.toString("hex")]),
  );
  expect(() => [...tarOf([{ name: "x".repeat(300), data: Buffer.alloc(0) }])]).toThrow(/too long a name/);
});
