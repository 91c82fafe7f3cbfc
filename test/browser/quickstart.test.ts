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

test("the page of the quick start turns the photo and shows the slope of its angle", async () => {
  await withPage(`${served.url}examples/quickstart/`, async (page) => {
    const canvas = (await page.$("#canvas"))!;
    const shows = (from: string) =>
      page.waitForFunction(
        (before) => {
          const text = document.getElementById("result")!.textContent!;
          return text.startsWith("One degree more") && text !== before;
        },
        {},
        from,
      );
    await shows("");
    const numbers = () => page.$$eval("output", (outputs) => outputs.map(({ value }) => value));
    expect(await numbers()).toEqual(["20", "1.2"]);
    const text = await page.$eval("#result", (element) => element.textContent!);
    const first = await canvas.screenshot();
    expect(await spread(first)).toBeGreaterThan(10);
    await page.$eval("#angle", (element) => {
      (element as HTMLInputElement).value = "-60";
      element.dispatchEvent(new Event("input"));
    });
    await shows(text);
    expect(await numbers()).toEqual(["-60", "1.2"]);
    expect(Buffer.compare(Buffer.from(first), Buffer.from(await canvas.screenshot()))).not.toBe(0);
  });
});
