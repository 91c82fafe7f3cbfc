/** A browser, two servers and a page for the tests of the built package. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import sharp from "sharp";
import { build, createServer, preview } from "vite";
import { type LaunchedBrowser, launchBrowser } from "../../src/node/browser.ts";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const root = path("../..");

export interface Served {
  /** Where it is served, with a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** test/browser/page, bundled by Vite with the built package (dist/) as a user's project would be, and served. */
export async function serveBuiltPage(): Promise<Served> {
  const dist = join(root, "dist", "index.js");
  if (!existsSync(dist)) throw new Error("There is no dist/index.js: run npm run build first.");
  const outDir = mkdtempSync(join(tmpdir(), "augrad-page-"));
  const common = { configFile: false as const, root: path("page"), logLevel: "error" as const };
  const target = "esnext";
  const alias = [
    { find: /^augrad$/, replacement: dist },
    { find: /^augrad\/recipes$/, replacement: join(root, "dist", "recipes.js") },
  ];
  await build({ ...common, resolve: { alias }, build: { outDir, emptyOutDir: true, target } });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  const { port } = server.httpServer.address() as AddressInfo;
  const close = async () => {
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

/** The server of `npm start`, on a port of its own. */
export async function serveExamples(): Promise<Served> {
  const server = await createServer({
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

let launched: Promise<LaunchedBrowser> | undefined;

/** The browser of this test file, started at the first call. */
export function browser(): Promise<LaunchedBrowser> {
  launched ??= launchBrowser({ say: console.log });
  return launched;
}

export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = undefined;
}

/**
 * Opens `url`, runs `fn` on the page and closes it.
 * @throws Error when the page throws, or logs an error (WebGPU's validation errors are logged as such)
 */
export async function withPage<T>(url: string, fn: (page: Page) => Promise<T>): Promise<T> {
  const page = await (await browser()).browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  page.on("console", (message) => {
    const isGpuWarning = message.type() === "warn" && /webgpu|dawn|validation|wgsl|tint/i.test(message.text());
    if (message.type() === "error" || isGpuWarning) errors.push(message.text());
  });
  try {
    await page.setViewport({ width: 1000, height: 700 });
    await page.goto(url, { waitUntil: "load", timeout: 60_000 });
    const result = await fn(page);
    if (errors.length > 0) throw new Error(`The page reports: ${errors.join("\n")}`);
    return result;
  } catch (error) {
    if (errors.length > 0 && error instanceof Error && !error.message.startsWith("The page reports")) {
      error.message += `\nThe page reports: ${errors.join("\n")}`;
    }
    throw error;
  } finally {
    await page.close().catch(() => {});
  }
}

/** The spread of grey levels (standard deviation, 0..128) of a picture; a blank one has 0. */
export async function spread(png: Uint8Array): Promise<number> {
  const { channels } = await sharp(png).greyscale().stats();
  return channels[0].stdev;
}

/** The width of a small phone, in CSS pixels. */
const PHONE = { width: 360, height: 740 };

/** What reaches beyond the right edge of a small phone, in words; what lies in a box that scrolls does not count. */
export async function beyondPhone(page: Page): Promise<string[]> {
  const before = page.viewport();
  await page.setViewport(PHONE);
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      element !== document.documentElement &&
      (getComputedStyle(element).overflowX === "auto" || scrolls(element.parentElement));
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element),
    );
    const names = wide.map(({ tagName, id, className }) => `${tagName}#${id} ${String(className)}`);
    return document.documentElement.scrollWidth > width
      ? [`the page: ${document.documentElement.scrollWidth}`, ...names]
      : names;
  });
  await page.setViewport(before);
  return found;
}

/** Pairs of labels of one plot that lie on each other. */
export const crossingLabels = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("svg")].flatMap((svg) => {
      const labels = [...svg.querySelectorAll("text")]
        .filter(({ textContent }) => textContent?.trim())
        .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }));
      return labels.flatMap(({ text, box }, i) =>
        labels
          .slice(i + 1)
          .filter(
            ({ box: other }) =>
              Math.min(box.right, other.right) - Math.max(box.left, other.left) > 0.5 &&
              // Boxes hold room above and below the letters.
              Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 0.25 * box.height,
          )
          .map((other) => `${svg.getAttribute("aria-label")}: "${text}" on "${other.text}"`),
      );
    }),
  );

/** The text of the file that a button saves. */
export const saved = (page: Page, button: string): Promise<string> =>
  page.evaluate(
    (selector) =>
      new Promise<string>((done) => {
        const make = URL.createObjectURL;
        URL.createObjectURL = (file) => {
          URL.createObjectURL = make;
          (file as Blob).text().then(done);
          return make.call(URL, file);
        };
        document.querySelector<HTMLElement>(selector)!.click();
      }),
    button,
  );
