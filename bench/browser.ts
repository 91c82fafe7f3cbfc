/** The benchmark on a page of a headless browser, driven from Node. A page that dies is opened anew for the next job. */
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { createServer, type ViteDevServer } from "vite";
import { type LaunchedBrowser, launchBrowser } from "../src/node/browser.ts";
import { type Job, jobName } from "./jobs.ts";
import type { RunnerSettings } from "./node.ts";
import type {} from "./page.ts";
import { sentence, within } from "./patience.ts";
import { PEERS } from "./peers.ts";
import type { Part } from "./record.ts";
import type { Runner } from "./session.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds after which a job's page counts as dead. */
const JOB_LIMIT = 20 * 60_000;

interface Opened {
  launched: LaunchedBrowser;
  page: Page;
  /** Rejects when the page or the browser ends. */
  ended: Promise<never>;
  facts: Pick<Runner, "environment" | "engines" | "problems">;
}

/**
 * Starts a browser, and augrad and its browser peers on a page of it.
 * @throws Error with a sentence where there is no browser with WebGPU
 */
export async function openBrowser(settings: RunnerSettings, say: (line: string) => void): Promise<Runner> {
  const missing = await installPeers(settings.peers, say);
  const server = await serve(settings.peers);
  let onShare: (share: number) => void = () => {};
  const open = () => openPage(server, settings, say, (share) => onShare(share));
  let opened: Opened | null;
  try {
    opened = await open();
  } catch (error) {
    await server.close();
    throw error;
  }
  const { facts } = opened;
  const close = async () => {
    await opened?.launched.close();
    opened = null;
  };
  const run = async (job: Job, onProgress: (share: number) => void = () => {}): Promise<Part> => {
    onShare = onProgress;
    try {
      opened ??= await open();
      const { page, ended } = opened;
      const done = Promise.race([page.evaluate((given) => window.bench!.run(given), job), ended]);
      const { part, lost } = await within(JOB_LIMIT, done, "finish");
      if (lost) await close();
      return isCompile(job) && opened ? withVisit(part, await visitAgain(opened, server, settings)) : part;
    } catch (error) {
      await close();
      return { problems: [`${jobName(job)} was not measured (browser): ${sentence(error)}`] };
    }
  };
  return {
    ...facts,
    problems: [...missing, ...facts.problems],
    run,
    close: async () => {
      await close();
      await server.close();
    },
  };
}

const isCompile = (job: Job): boolean => job.kind === "scaling" && job.series === "compile";

/** The first call on the same page, opened anew in the same browser. */
async function visitAgain({ page, ended }: Opened, server: ViteDevServer, settings: RunnerSettings): Promise<Part> {
  await openSession(page, server, settings, await page.browser().version());
  const done = page.evaluate((given) => window.bench!.run(given), { kind: "scaling", series: "compile" } as const);
  return (await within(JOB_LIMIT, Promise.race([done, ended]), "finish")).part;
}

/** The series of the first visit, with the first call of the second one. */
function withVisit(first: Part, second: Part): Part {
  const [again] = second.scaling?.[0]?.points ?? [];
  const problems = [...(first.problems ?? []), ...(second.problems ?? [])];
  if (!first.scaling?.[0] || !again) return { ...first, problems };
  const [series] = first.scaling;
  return { problems, scaling: [{ ...series, points: [...series.points, { ...again, x: "second page visit" }] }] };
}

const installers = import.meta.glob<{ install: (say: (line: string) => void) => Promise<void> }>("./peers/install.mjs");

/** What augrad's own packages do not bring; a sentence where it cannot be had. jax-js is among them. */
async function installPeers(peers: readonly string[], say: (line: string) => void): Promise<string[]> {
  const load = installers["./peers/install.mjs"];
  if (!load || !peers.some((name) => name !== "jax-js" && PEERS.browser.includes(name))) return [];
  try {
    await (await load()).install(say);
    return [];
  } catch (error) {
    return [sentence(error)];
  }
}

async function openPage(
  server: ViteDevServer,
  settings: RunnerSettings,
  say: (line: string) => void,
  onShare: (share: number) => void,
): Promise<Opened> {
  const launched = await launchBrowser({ say });
  try {
    const page = await launched.browser.newPage();
    const ended = new Promise<never>((_, reject) => {
      page.on("error", () => reject(new Error("the browser's page crashed")));
      launched.browser.on("disconnected", () => reject(new Error("the browser ended")));
    });
    ended.catch(() => {});
    await page.exposeFunction("sayShare", onShare);
    const facts = await Promise.race([openSession(page, server, settings, await launched.browser.version()), ended]);
    return { launched, page, ended, facts };
  } catch (error) {
    await launched.close();
    throw error;
  }
}

/** Visits the page and starts augrad and its peers on it. */
async function openSession(
  page: Page,
  server: ViteDevServer,
  { peers, rounds, all }: RunnerSettings,
  browser: string,
): Promise<Opened["facts"]> {
  const { port } = server.httpServer!.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/bench/page.html`);
  await page.waitForFunction("window.bench", { timeout: 120_000 });
  const given = { peers: [...peers], rounds, all, runtime: browser.replace("/", " ") };
  return page.evaluate((chosen) => window.bench!.open(chosen), given);
}

/** Everything is bundled before the page opens: a dependency that is found later would reload the page amid a job. */
async function serve(peers: readonly string[]): Promise<ViteDevServer> {
  const chosen = PEERS.browser.filter((name) => peers.includes(name));
  const server = await createServer({
    configFile: resolve(root, "vite.config.ts"),
    root,
    // A peer that is not installed is a sentence in the record, not a stack trace of Vite's.
    logLevel: process.env.AUGRAD_DEBUG ? "error" : "silent",
    cacheDir: "node_modules/.vite-bench",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, ws: false },
    optimizeDeps: { entries: ["bench/page.html", ...chosen.map((name) => `bench/peers/${name}.ts`)] },
  });
  await server.listen();
  return server;
}
