import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { adapterChoice, adapterFacts, describeAdapter } from "../../src/node/adapter.ts";
import { dawn } from "../../src/node/dawn.ts";
import { chosenByUser } from "../../src/node/find-browser.ts";
import { requestGpu, tensor } from "../../src/node/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("what is said of an adapter", () => {
  test("SwiftShader is no GPU", () => {
    const facts = adapterFacts({
      vendor: "google",
      architecture: "swiftshader",
      description: "SwiftShader driver 5.0.0",
    });
    expect(facts.software).toBe(true);
    expect(describeAdapter(facts)).toBe("SwiftShader (on the CPU, no GPU)");
  });
  test("Mesa's driver for the CPU is no GPU either", () => {
    const facts = adapterFacts({ vendor: "mesa", description: "llvmpipe (LLVM 15.0.6, 256 bits)" });
    expect(describeAdapter(facts)).toBe("llvmpipe (LLVM 15.0.6, 256 bits) (on the CPU, no GPU)");
  });
  test("a GPU is named by its description, else by its parts", () => {
    expect(describeAdapter(adapterFacts({ vendor: "nvidia", description: "NVIDIA H100" }))).toBe("GPU (NVIDIA H100)");
    expect(describeAdapter(adapterFacts({ vendor: "apple", architecture: "metal-3" }))).toBe("GPU (apple metal-3)");
    expect(describeAdapter(adapterFacts({}))).toBe("GPU (unnamed)");
  });
});

describe("what the environment asks for", () => {
  test("AUGRAD_ADAPTER", () => {
    vi.stubEnv("AUGRAD_ADAPTER", "");
    expect(adapterChoice()).toBe("auto");
    vi.stubEnv("AUGRAD_ADAPTER", "swiftshader");
    expect(adapterChoice()).toBe("swiftshader");
    vi.stubEnv("AUGRAD_ADAPTER", "cuda");
    expect(adapterChoice).toThrow('AUGRAD_ADAPTER is "cuda"; it can be "gpu" or "swiftshader".');
  });
  test("CHROME_PATH", () => {
    vi.stubEnv("PUPPETEER_EXECUTABLE_PATH", "");
    vi.stubEnv("CHROME_PATH", "/no/such/chrome");
    expect(chosenByUser).toThrow('CHROME_PATH is "/no/such/chrome", where there is no file');
    vi.stubEnv("CHROME_PATH", process.execPath);
    expect(chosenByUser()?.executable).toBe(process.execPath);
  });
});

test("augrad/node has a device without navigator.gpu, and one GPU entry for the process", async () => {
  expect(await dawn()).toBe(await dawn());
  const gpu = await requestGpu();
  expect(Array.from(await tensor(gpu, [1, 2, 3], [3]).read())).toEqual([1, 2, 3]);
  gpu.destroy();
});

test("the runner runs TypeScript with the package's names, WGSL, `using` and arguments, and reports a failure", () => {
  const folder = mkdtempSync(join(tmpdir(), "augrad-run-"));
  const runner = fileURLToPath(new URL("../../src/node/run.mjs", import.meta.url));
  const run = (source: string) => {
    const file = join(folder, "program.ts");
    writeFileSync(file, source);
    return execFileSync(process.execPath, [runner, file, "a", "--b"], { encoding: "utf8", stdio: "pipe" });
  };
  try {
    const program = `
      import { brightness } from "augrad";
      const seen: string[] = [];
      { using scope = { [Symbol.dispose]: () => seen.push("disposed") }; void scope; }
      console.log(JSON.stringify([seen, typeof brightness, process.argv.slice(2)]));`;
    expect(JSON.parse(run(program))).toEqual([["disposed"], "function", ["a", "--b"]]);
    expect(() => run('throw new Error("no luck");')).toThrow(/no luck/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
