/** Compares every peer that is installed with the reference: node src/node/run.mjs bench/peers/check.ts [ENGINE] [WORK] [NxCxHxW] */
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { launchBrowser } from "../../src/node/browser.ts";
import { catalogue } from "../catalogue.ts";
import type { Shape } from "../engine.ts";
import type { Checked } from "./check-page.ts";

const [onlyEngine, onlyWork, shapeText] = process.argv.slice(2);
const pages = ["jax-js", "tfjs", "opencv"];
const shape = shapeText ? (shapeText.split("x").map(Number) as unknown as Shape) : null;

const server = await createServer({
  configFile: fileURLToPath(new URL("../../vite.config.ts", import.meta.url)),
  logLevel: "error",
  server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
});
await server.listen();
const { port } = server.httpServer!.address() as AddressInfo;
const launched = await launchBrowser({ say: console.log });
console.log(launched.description);
for (const engine of pages) {
  if (onlyEngine && onlyEngine !== "all" && engine !== onlyEngine) continue;
  const page = await launched.browser.newPage();
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) console.log(`  ${message.text()}`);
  });
  page.on("pageerror", (error) => console.log(`  ${error}`));
  await page.goto(`http://127.0.0.1:${port}/bench/peers/check.html`);
  await page.waitForFunction("window.check");
  for (const work of catalogue) {
    if (onlyWork && onlyWork !== "all" && work.id !== onlyWork) continue;
    for (const mode of work.modes) {
      const small: Shape = shape ?? (work.id === "choice" ? [8, 3, 20, 24] : [4, 3, 20, 24]);
      const found = (await page.evaluate(
        `check(${JSON.stringify(engine)}, "${work.id}", "${mode}", ${JSON.stringify(small)}, ${shape ? 5 : 1})`,
      )) as Checked;
      console.log(`${engine} ${work.id} ${mode}: ${JSON.stringify(found)}`);
    }
  }
  await page.close();
}
await launched.close();
await server.close();
