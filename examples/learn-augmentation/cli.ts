/** `npm run demo`: learns the augmentation in a headless browser, and reports. */
import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { createServer } from "vite";
import { launchBrowser } from "../../src/node/browser.ts";
import type { HeadlessResult } from "./headless.ts";
import { type ExperimentSettings, FULL, type Progress, QUICK } from "./results.ts";
import { Bar, closingTable } from "./terminal.ts";

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It has to be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A file that can be written, known before minutes are spent. */
function writable(text: string): string {
  const file = resolve(text);
  const folder = dirname(file);
  if (text === "" || (existsSync(file) && statSync(file).isDirectory()))
    throw new InvalidArgumentError("It has to be a file.");
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch {
    throw new InvalidArgumentError(
      `${existsSync(folder) ? file : folder} ${existsSync(folder) ? "cannot be written" : "does not exist"}.`,
    );
  }
  return file;
}

interface Flags {
  quick?: boolean;
  json?: string;
  out: string;
  seed: number;
  digits?: number;
  epochs?: number;
}

const program = new Command("npm run demo --")
  .description("Learns the ranges of an augmentation through a model that trains in a browser, on MNIST digits.")
  .option("--quick", "fewer digits and epochs: a few minutes on two cores without a GPU")
  .option("--json <file>", "also write the figures to a JSON file", writable)
  .option("--out <file>", "where the report goes", writable, "learn-augmentation.html")
  .option("--seed <number>", "seed of weights, order, draws and world", whole(0, 2 ** 31 - 1), FULL.seed)
  .option("--digits <number>", "training digits instead of the usual", whole(640, 7500))
  .option("--epochs <number>", "epochs instead of the usual", whole(1, 1000))
  .parse();
const flags = program.opts<Flags>();
const preset = flags.quick ? QUICK : FULL;
const settings: ExperimentSettings = {
  ...preset,
  seed: flags.seed,
  digits: flags.digits ?? preset.digits,
  epochs: flags.epochs ?? preset.epochs,
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const began = performance.now();
const launched = await launchBrowser({ say: (line) => console.log(line) });
console.log(launched.description);
const server = await createServer({
  configFile: resolve(root, "vite.config.ts"),
  root,
  logLevel: "error",
  cacheDir: "node_modules/.vite-demo",
  server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, ws: false },
  optimizeDeps: { include: ["@jax-js/jax", "@observablehq/plot", "wesl"], noDiscovery: true },
});
const bar = new Bar();
try {
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  const page = await launched.browser.newPage();
  const crashed = new Promise<never>((_, reject) => {
    page.on("error", () => reject(new Error("The browser's page crashed; try again with fewer digits (--quick).")));
    launched.browser.on("disconnected", () => reject(new Error("The browser ended before the experiment did.")));
  });
  crashed.catch(() => {});
  await page.exposeFunction("sayProgress", (progress: Progress) => bar.follow(progress));
  await page.goto(`http://127.0.0.1:${port}/examples/learn-augmentation/headless.html`);
  await page.waitForFunction("window.learnAugmentation");
  const trainings = settings.grid.length + 2;
  console.log(
    `${trainings} trainings of ${settings.epochs} epochs on ${settings.digits} upright digits, tested in a changed world; seed ${settings.seed}.`,
  );
  const work = page.evaluate((given) => window.learnAugmentation!(given), settings) as Promise<HeadlessResult>;
  const { result, html } = await Promise.race([work, crashed]);
  bar.stop();
  writeFileSync(resolve(flags.out), html);
  const { seed } = settings;
  const { widths, trueWidths, accuracy } = result;
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (flags.json) {
    const figures = { device: launched.description, seed, widths, trueWidths, accuracy, seconds, runs: result.runs };
    writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  console.log(closingTable({ ...result, seconds }));
  console.log(`Pictures and plots: ${pathToFileURL(resolve(flags.out)).href}`);
} catch (error) {
  bar.stop();
  console.error(process.env.AUGRAD_DEBUG ? error : firstLine(error));
  process.exitCode = 1;
} finally {
  await launched.close();
  await server.close();
}
process.exit();

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}
