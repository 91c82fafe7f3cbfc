import { afterAll, beforeAll, expect, test } from "vitest";
import { beyondPhone, closeBrowser, crossingLabels, type Served, saved, serveExamples, withPage } from "./harness.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExamples();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("the benchmark's page measures what was chosen, draws it and offers the record", async () => {
  await withPage(`${served.url}examples/benchmark/`, async (page) => {
    const until = (condition: string) => page.waitForFunction(condition, { timeout: 120_000, polling: 200 });
    await until("document.getElementById('status').textContent === 'Ready.'");
    await page.evaluate(() => {
      for (const box of document.querySelectorAll<HTMLInputElement>("#works input"))
        box.checked = box.value === "affine";
      for (const box of document.querySelectorAll<HTMLInputElement>("#peers input")) box.checked = false;
      document.querySelector<HTMLSelectElement>("#shape")!.value = "small";
      document.querySelector<HTMLSelectElement>("#rounds")!.value = "5";
    });
    await page.click("#start");
    await until("document.getElementById('status').textContent === 'Done.'");
    const results = await page.$eval("#results", (element) => element.textContent!);
    expect(results).toContain("Affine, bilinear, forward and backward, 8×3×32×32");
    expect(results).toContain("map_gather");
    expect(results).not.toContain("Not measured");
    expect(await page.$eval("#save-json", (button) => (button as HTMLButtonElement).hidden)).toBe(false);
    expect(await page.$$eval("#results svg", (plots) => plots.length)).toBeGreaterThan(3);
    expect(await crossingLabels(page)).toEqual([]);
    expect(await beyondPhone(page)).toEqual([]);
    await page.setContent(await saved(page, "#save-html"));
    expect(await crossingLabels(page)).toEqual([]);
    expect(await beyondPhone(page)).toEqual([]);
  });
});
