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

test("the page of the policy finds the operation that the other world needs, and stops when told", async () => {
  await withPage(`${served.url}examples/policy/?digits=640&steps=140&world=moved`, async (page) => {
    const until = (condition: string) => page.waitForFunction(condition, { timeout: 180_000, polling: 200 });
    const status = () => page.$eval("#status", (element) => element.textContent!);
    await until("document.getElementById('status').textContent === 'Ready.'");
    expect(await spread(await (await page.$("#sheet"))!.screenshot())).toBeGreaterThan(10);
    await page.click("#start");
    await until("document.getElementById('progress').value > 0");
    await page.click("#stop");
    await until("document.getElementById('status').textContent === 'Stopped.'");
    await page.click("#start");
    await until("document.getElementById('status').textContent.startsWith('The policy found')");
    const found = /found (\w+): .* tells ([\d.]+)% .* tells ([\d.]+)%/.exec(await status())!;
    expect(found[1]).toBe("translateX");
    expect(Number(found[2])).toBeGreaterThan(Number(found[3]) + 5);
    expect(await page.$eval("#table tr.best td", (element) => element.textContent)).toBe("translateX");
    expect(await page.$$eval("#weights path", (paths) => paths.length)).toBeGreaterThanOrEqual(6);
    expect(await spread(await (await page.$("#weights"))!.screenshot())).toBeGreaterThan(10);
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT as `${string}.png`, fullPage: true });
    expect(await beyondPhone(page)).toEqual([]);
  });
});
