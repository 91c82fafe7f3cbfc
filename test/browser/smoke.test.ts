import { afterAll, beforeAll, expect, test } from "vitest";
import { closeBrowser, type Served, serveBuiltPage, spread, withPage } from "./harness.ts";
import type {} from "./page/main.ts";

let served: Served;
beforeAll(async () => {
  served = await serveBuiltPage();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("the built package makes a tensor on a page and reads it back", async () => {
  const values = await withPage(served.url, (page) =>
    page.evaluate(async () => {
      const { requestGpu, tensor } = window.augrad;
      const gpu = await requestGpu();
      return Array.from(await tensor(gpu, [1, 2, 3, 4], [2, 2]).read());
    }),
  );
  expect(values).toEqual([1, 2, 3, 4]);
});

test("the check for blank pictures tells a drawing from an empty page", async () => {
  const [blank, drawn] = await withPage(served.url, async (page) => {
    const before = await page.screenshot();
    await page.evaluate(() => {
      const context = (document.getElementById("canvas") as HTMLCanvasElement).getContext("2d")!;
      context.fillRect(0, 0, 40, 40);
    });
    return [await spread(before), await spread(await page.screenshot())];
  });
  expect(blank).toBeLessThan(0.01);
  expect(drawn).toBeGreaterThan(1);
});
