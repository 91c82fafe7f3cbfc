import { afterAll, beforeAll, expect, test } from "vitest";
import {
  beyondPhone,
  closeBrowser,
  crossingLabels,
  type Served,
  saved,
  serveExamples,
  spread,
  withPage,
} from "./harness.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExamples();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("the demo's page trains a few steps, draws digits and stops when told", async () => {
  await withPage(`${served.url}examples/learn-augmentation/?digits=640&epochs=1&grid=1`, async (page) => {
    const until = (condition: string) => page.waitForFunction(condition, { timeout: 120_000, polling: 200 });
    await until("document.getElementById('status').textContent === 'Ready.'");
    expect(await page.$eval("#device", (element) => element.textContent)).toMatch(/GPU|SwiftShader/);
    const sheet = await (await page.$("#sheet"))!.screenshot();
    expect(await spread(sheet)).toBeGreaterThan(10);
    await page.click("#start");
    await until("document.getElementById('progress').value > 0.05");
    expect(await page.$eval("#status", (element) => element.textContent)).toMatch(/^Training with/);
    await page.click("#stop");
    await until("document.getElementById('status').textContent === 'Stopped.'");
    expect(await spread(await page.screenshot())).toBeGreaterThan(10);
    await page.click("#start");
    await until("!document.getElementById('save').hidden");
    expect(await crossingLabels(page)).toEqual([]);
    expect(await beyondPhone(page)).toEqual([]);
    await page.setContent(await saved(page, "#save"));
    expect(await page.$eval("body", (body) => body.textContent)).toContain("All trainings");
    expect(await crossingLabels(page)).toEqual([]);
    expect(await beyondPhone(page)).toEqual([]);
  });
});
