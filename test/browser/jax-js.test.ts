import { afterAll, beforeAll, expect, test } from "vitest";
import { closeBrowser, type Served, serveExamples, withPage } from "./harness.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExamples();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("the README's loop with jax-js learns the range of the world", async () => {
  await withPage(`${served.url}examples/jax-js/`, async (page) => {
    await page.waitForFunction("document.getElementById('result').textContent !== 'Learning ...'", {
      timeout: 120_000,
    });
    const result = await page.$eval("#result", (element) => element.textContent!);
    expect(result).toMatch(/^The angles reach/);
    const degrees = Number.parseFloat(result.replace("The angles reach", ""));
    expect(Math.abs(degrees - 30)).toBeLessThan(4);
  });
});
