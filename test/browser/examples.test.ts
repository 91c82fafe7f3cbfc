import { afterAll, beforeAll, expect, test } from "vitest";
import { closeBrowser, type Served, serveExamples, spread, withPage } from "./harness.ts";

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
  });
});
