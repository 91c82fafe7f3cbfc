/** A headless browser with WebGPU, on a GPU where there is one, for the demo and for the tests. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { type AdapterFacts, adapterChoice, adapterFacts, describeAdapter } from "./adapter.ts";
import { hasGpu } from "./drivers.ts";
import { type BrowserCandidate, browserCandidates, chosenByUser } from "./find-browser.ts";
import { fontEnvironment } from "./fonts.ts";

export interface LaunchedBrowser {
  browser: Browser;
  /** What runs, in words: the browser, where it comes from, GPU or SwiftShader. */
  description: string;
  /** The adapter that a page gets. */
  adapter: AdapterFacts;
  /** Closes the browser and removes its profile. Also done when the process ends, by a signal too. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Where progress and refusals are said; by default nowhere. */
  say?: (line: string) => void;
  /** Further command line flags of the browser. */
  args?: string[];
}

const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];
const SOFTWARE_FLAGS = ["--use-webgpu-adapter=swiftshader"];
const GPU_FLAGS = [
  "--ignore-gpu-blocklist",
  ...(process.platform === "linux"
    ? ["--enable-features=Vulkan", "--use-angle=vulkan", "--disable-vulkan-surface"]
    : []),
];

/** The sets of flags to try, in order, until a page gets an adapter. */
function flagSets(): string[][] {
  const choice = adapterChoice();
  if (choice === "swiftshader") return [SOFTWARE_FLAGS];
  if (choice === "gpu") return [GPU_FLAGS, []];
  return [...(hasGpu() ? [GPU_FLAGS] : []), [], SOFTWARE_FLAGS];
}

const running = new Set<() => void>();
let watching = false;

/** Ctrl-C, SIGTERM and the end of this process take the browsers along. */
function watchSignals(): void {
  if (watching) return;
  watching = true;
  const killAll = () => {
    for (const kill of [...running]) kill();
  };
  process.on("exit", killAll);
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(signals)) {
    process.once(signal, () => {
      killAll();
      process.exit(code);
    });
  }
}

const PROFILE = /^augrad-browser-(\d+)-/;

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // A browser that is still ending may hold it; the next start sweeps it away.
  }
}

/** Removes the profiles of processes that were killed outright. */
function sweepProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(PROFILE.exec(name)?.[1]);
    if (!owner) continue;
    try {
      process.kill(owner, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") remove(join(tmpdir(), name));
    }
  }
}

async function start(
  candidate: BrowserCandidate,
  flags: string[],
): Promise<{ browser: Browser; close: () => Promise<void> }> {
  watchSignals();
  sweepProfiles();
  const fonts = await fontEnvironment();
  const profile = mkdtempSync(join(tmpdir(), `augrad-browser-${process.pid}-`));
  let browser: Browser;
  try {
    browser = await puppeteer.launch({
      executablePath: candidate.executable,
      headless: candidate.shell ? "shell" : true,
      args: [...FLAGS, ...flags],
      env: { ...process.env, ...candidate.env, ...fonts },
      userDataDir: profile,
      // A browser on a pipe ends with us even when we are killed outright.
      pipe: true,
      protocolTimeout: 0,
      timeout: 60_000,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    remove(profile);
    throw error;
  }
  const child = browser.process();
  const kill = () => {
    running.delete(kill);
    try {
      // Puppeteer gives the browser a process group of its own where the system has groups.
      if (child?.pid && process.platform !== "win32") process.kill(-child.pid, "SIGKILL");
      else child?.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    remove(profile);
  };
  running.add(kill);
  const close = async () => {
    await browser.close().catch(() => {});
    kill();
  };
  return { browser, close };
}

/** Asks a page (of http://127.0.0.1 or https) for the facts of its WebGPU adapter; null when it gets none. */
export async function pageAdapter(page: Page): Promise<AdapterFacts | null> {
  const info = await page.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter();
    if (!found) return null;
    const { vendor, architecture, device, description } = found.info;
    return { vendor, architecture, device, description, isFallbackAdapter: found.info.isFallbackAdapter };
  });
  return info && adapterFacts(info);
}

/** Like `pageAdapter`, on an empty page of our own: navigator.gpu exists only on a page with an origin. */
async function probe(browser: Browser): Promise<AdapterFacts | null> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const page = await browser.newPage();
  const late = new Promise<null>((resolve) => setTimeout(resolve, 60_000, null).unref());
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await Promise.race([pageAdapter(page), late]);
  } finally {
    await page.close().catch(() => {});
    server.closeAllConnections();
    server.close();
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).trim().split("\n")[0];

/**
 * Starts the best browser of this machine that has WebGPU.
 * @throws Error with one sentence that says what to do, when there is none.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<LaunchedBrowser> {
  const say = options.say ?? (() => {});
  const wanted = adapterChoice();
  const reasons: string[] = [];
  const chosen = chosenByUser();
  const candidates = chosen ? [chosen] : browserCandidates(say, wanted !== "gpu");
  try {
    for await (const candidate of candidates) {
      for (const flags of flagSets()) {
        try {
          const { browser, close } = await start(candidate, [...flags, ...(options.args ?? [])]);
          const adapter = await probe(browser).catch(() => null);
          // A software adapter under GPU flags: the plain flags are the safer way to the same.
          const useful = adapter && !(adapter.software && (wanted === "gpu" || flags === GPU_FLAGS));
          if (useful) {
            const name = (await browser.version()).replace("/", " ");
            const description = `${name} (${candidate.origin}), WebGPU on ${describeAdapter(adapter)}`;
            return { browser, description, adapter, close };
          }
          await close();
          reasons.push(`${candidate.executable} gives no ${wanted === "gpu" ? "GPU" : "WebGPU"} adapter`);
        } catch (error) {
          reasons.push(`${candidate.executable} does not start (${firstLine(error)})`);
          break;
        }
      }
    }
  } catch (error) {
    reasons.push(`the download failed (${firstLine(error)})`);
  }
  const tried = `Tried: ${[...new Set(reasons)].join("; ") || "no browser found"}.`;
  if (wanted === "gpu") {
    throw new Error(`AUGRAD_ADAPTER is gpu, but no browser here gives a GPU adapter: unset it. ${tried}`);
  }
  throw new Error(`No browser with WebGPU: install Chrome, Chromium or Edge, or set CHROME_PATH to one. ${tried}`);
}
