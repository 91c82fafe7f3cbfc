import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beyondPhone, closeBrowser, type Served, serveExamples, spread, withPage } from "./harness.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExamples();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("the page of npm start lists the examples and names the adapter", async () => {
  await withPage(`${served.url}examples/`, async (page) => {
    await page.waitForFunction(() => !document.getElementById("adapter")?.textContent?.startsWith("Looking"));
    const adapter = await page.$eval("#adapter", (element) => element.textContent);
    expect(adapter).toMatch(/runs WebGPU on (GPU|SwiftShader)/);
    expect(await spread(await page.screenshot())).toBeGreaterThan(1);
    const links = await page.$$eval("#examples a", (found) => found.map(({ textContent }) => textContent));
    expect(links[0]).toBe("Quick start");
    expect(links).toHaveLength(pages.length - 1);
  });
});

const isPage = (folder: string) => readdirSync(`examples/${folder}`).includes("index.html");
const folders = readdirSync("examples", { withFileTypes: true }).filter((entry) => entry.isDirectory());
const pages = ["", ...folders.map(({ name }) => name).filter(isPage)];

// A page that needs packages of its own is installed and bundled by interop.test.ts.
const plain = pages.filter((name) => !existsSync(`examples/${name}/package.json`));

test.each(plain)("nothing of examples/%s reaches beyond a small phone, and the page links back", async (name) => {
  await withPage(`${served.url}examples/${name}${name && "/"}`, async (page) => {
    expect(await beyondPhone(page)).toEqual([]);
    const back = await page.$$eval("nav a", (links) => links.map(({ href }) => new URL(href).pathname));
    expect(back).toEqual(name === "" ? [] : ["/examples/"]);
  });
});
