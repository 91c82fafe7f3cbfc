import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { driver, isRecent } from "./deno.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isLinux = process.platform === "linux" && process.arch === "x64";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("an older Deno than the pinned one is not used", () => {
  expect(["2.9", "2.10", "3.0"].map(isRecent)).toEqual([true, true, true]);
  expect(["1.46", "2.8", "2.0"].map(isRecent)).toEqual([false, false, false]);
});

test("the user's choice of a driver is left alone", async () => {
  vi.stubEnv("AUGRAD_ADAPTER", "");
  vi.stubEnv("VK_ICD_FILENAMES", "/opt/mine.json");
  expect(await driver()).toEqual({});
  vi.stubEnv("AUGRAD_ADAPTER", "gpu");
  vi.stubEnv("VK_ICD_FILENAMES", "");
  expect(await driver()).toEqual({});
});

test.runIf(isLinux)("SwiftShader of the package is a driver that needs nothing of the system", async () => {
  vi.stubEnv("AUGRAD_ADAPTER", "swiftshader");
  const { VK_ICD_FILENAMES, LD_LIBRARY_PATH } = await driver();
  expect(VK_ICD_FILENAMES).toMatch(/vk_swiftshader_icd\.json$/);
  expect(existsSync(VK_ICD_FILENAMES)).toBe(true);
  expect(existsSync(`${LD_LIBRARY_PATH.split(":").at(-1)}/libvulkan.so.1`)).toBe(true);
});

test.runIf(isLinux)("where there is no driver, or no Deno, it says what to install, and npm test can tell", () => {
  const none = "/no/driver.json";
  const env = {
    ...process.env,
    AUGRAD_ADAPTER: "",
    VK_ICD_FILENAMES: none,
    VK_DRIVER_FILES: none,
    DENO_WEBGPU_BACKEND: "vulkan",
  };
  const args = ["src/node/run.mjs", "test/wgpu/cli.ts", "--quick"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8", timeout: 60_000 });
  expect(status, stderr).toBe(3);
  expect(stderr).toMatch(/^Not run on wgpu\. Deno .*\binstall/m);
});
