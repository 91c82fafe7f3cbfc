/** Runs small tasks of the peers and compares them with the reference: on a page of a headless browser, or in Node. */
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { createServer } from "vite";
import { launchBrowser } from "../../src/node/browser.ts";
import type { Mode, Shape, StartEngine } from "../engine.ts";
import { type Checked, checked } from "./checked.ts";
import { isInstalled } from "./install.mjs";

/** The peers, in the order in which they are checked. */
export const PEERS = ["jax-js", "tfjs", "opencv", "sharp"] as const;
export type Peer = (typeof PEERS)[number];

/** How far a result may be from the reference. */
const LIMITS: Record<Peer, number> = {
  "jax-js": 1e-4,
  tfjs: 1e-4,
  // Its warps know 32 places between two pixels, and normalize multiplies the difference by four.
  opencv: 0.1,
  sharp: 1.5 / 255,
};
/** How far gradients may be, relative to the largest: a place within rounding of a pixel's centre is at a kink. */
const GRADIENTS = 1e-3;

/** Whether a peer computed what the reference does. */
export function isRight(peer: Peer, { differences }: Checked): boolean {
  if (!differences) return false;
  // A NaN is beyond every limit.
  return Object.entries(differences).every(([name, value]) => value <= (name === "y" ? LIMITS[peer] : GRADIENTS));
}

/** A batch small enough for the reference. */
export const smallShape = (work: string): Shape => (work === "choice" ? [8, 3, 20, 24] : [4, 3, 40, 36]);

/** Why a peer cannot be checked here; null where it can. */
export const whyNot = (peer: Peer): string | null =>
  (peer === "tfjs" || peer === "opencv") && !isInstalled()
    ? "not installed (node bench/peers/install.mjs installs it)"
    : null;

/** Peers that can be checked, one after the other. */
export class Checks {
  #close: (() => Promise<void>) | null = null;
  #open: ((peer: string) => Promise<Page>) | null = null;
  #page: { peer: string; page: Page } | null = null;
  #sharp: StartEngine | null = null;

  /** What a browser runs on, once there is one. */
  description = "";

  /** @param runs timed runs */
  async check(peer: Peer, work: string, mode: Mode, shape = smallShape(work), runs = 1): Promise<Checked> {
    if (peer === "sharp") {
      this.#sharp ??= (await import("./sharp.ts")).start;
      return checked(this.#sharp, work, mode, shape, runs);
    }
    const page = await this.#pageOf(peer);
    const call = [peer, work, mode, shape, runs].map((part) => JSON.stringify(part)).join(", ");
    return (await page.evaluate(`check(${call})`)) as Checked;
  }

  /** Every peer has a page to itself. */
  async #pageOf(peer: string): Promise<Page> {
    if (this.#page?.peer === peer) return this.#page.page;
    await this.#page?.page.close();
    if (!this.#open) await this.#start();
    this.#page = { peer, page: await this.#open!(peer) };
    return this.#page.page;
  }

  async #start(): Promise<void> {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const server = await createServer({
      configFile: `${root}/vite.config.ts`,
      root,
      logLevel: "error",
      cacheDir: "node_modules/.vite-peers",
      optimizeDeps: { entries: ["bench/peers/check.html"] },
      server: { port: 0, host: "127.0.0.1", hmr: false, watch: null, ws: false },
    });
    await server.listen();
    this.#close = () => server.close();
    const { port } = server.httpServer!.address() as AddressInfo;
    const { browser, description, close } = await launchBrowser();
    this.description = description;
    this.#close = async () => {
      await close();
      await server.close();
    };
    this.#open = async () => {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/bench/peers/check.html`);
      await page.waitForFunction("window.check");
      return page;
    };
  }

  async close(): Promise<void> {
    await this.#close?.();
  }
}
