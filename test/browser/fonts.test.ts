import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { afterAll, expect, test, vi } from "vitest";
import { unpackChromium } from "../../src/node/chromium.ts";
import { fontEnvironment, hasFonts } from "../../src/node/fonts.ts";

const folder = mkdtempSync(join(tmpdir(), "augrad-fonts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const isLinux = process.platform === "linux" && process.arch === "x64";

test("a font is found in a folder of folders", () => {
  const deep = join(folder, "truetype", "own");
  expect(hasFonts([folder, "/no/such/folder"])).toBe(false);
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "README.txt"), "");
  expect(hasFonts([folder])).toBe(false);
  writeFileSync(join(deep, "Own.ttf"), "");
  expect(hasFonts([folder])).toBe(true);
});

/** Pixels that are drawn of each text by a browser with this environment. */
async function ink(env: Record<string, string>, texts: string[]): Promise<number[]> {
  const chromium = (await unpackChromium())!;
  const browser = await puppeteer.launch({
    executablePath: chromium.executable,
    headless: "shell",
    args: ["--no-sandbox"],
    env: { ...process.env, ...chromium.env, ...env },
  });
  try {
    const page = await browser.newPage();
    return await page.evaluate((given) => {
      const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
      context.font = "24px 'Some Font', system-ui, sans-serif";
      return given.map((text) => {
        context.clearRect(0, 0, 300, 150);
        context.fillText(text, 10, 60);
        return context.getImageData(0, 0, 300, 150).data.filter((value, i) => i % 4 === 3 && value > 0).length;
      });
    }, texts);
  } finally {
    await browser.close();
  }
}

test.runIf(isLinux)("text is drawn on a system without fonts", async () => {
  vi.stubEnv("FONTCONFIG_FILE", "");
  vi.stubEnv("FONTCONFIG_PATH", "");
  const ours = await fontEnvironment(["/no/such/folder"]);
  vi.unstubAllEnvs();
  expect(existsSync(ours.FONTCONFIG_FILE)).toBe(true);
  const none = join(folder, "none.conf");
  writeFileSync(none, '<?xml version="1.0"?><fontconfig><dir>/no/such/folder</dir></fontconfig>');
  const texts = ["MMMM", "iiii", "."];
  expect(await ink({ FONTCONFIG_FILE: none }, texts)).toEqual([0, 0, 0]);
  const [wide, thin, dot] = await ink(ours, texts);
  // Boxes in place of letters would all be alike.
  expect(wide).toBeGreaterThan(2 * thin);
  expect(thin).toBeGreaterThan(4 * dot);
  expect(dot).toBeGreaterThan(0);
});

test("fonts that the system has, or that the user chose, are left alone", async () => {
  expect(await fontEnvironment([folder])).toEqual({});
  vi.stubEnv("FONTCONFIG_FILE", "/home/user/fonts.conf");
  expect(await fontEnvironment(["/no/such/folder"])).toEqual({});
  vi.unstubAllEnvs();
});
