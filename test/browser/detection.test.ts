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

test("the page of detection draws labels over every sample, and its controls change both", async () => {
  await withPage(`${served.url}examples/detection/`, async (page) => {
    /** How many boxes are kept, once the page says so. */
    const kept = async (): Promise<number> => {
      await page.waitForFunction(() => / of 18 boxes/.test(document.getElementById("result")!.textContent!), {
        timeout: 60_000,
      });
      return Number((await page.$eval("#result", (element) => element.textContent!)).split(" ")[0]);
    };
    const set = async (id: string, value: string): Promise<number> => {
      await page.$eval(
        `#${id}`,
        (element, to) => {
          document.getElementById("result")!.textContent = "";
          (element as HTMLInputElement).value = to;
          element.dispatchEvent(new Event("input"));
        },
        value,
      );
      return kept();
    };
    await kept();
    const pictures = await page.$$("#samples canvas");
    expect(pictures).toHaveLength(6);
    const shots = () => Promise.all(pictures.map(async (picture) => Buffer.from(await picture.screenshot())));
    const first = await shots();
    for (const shot of first) expect(await spread(shot)).toBeGreaterThan(10);
    await set("step", "5");
    const second = await shots();
    second.forEach((shot, n) => {
      expect(shot.equals(first[n])).toBe(false);
    });
    const all = await set("visibility", "0");
    const whole = await set("visibility", "1");
    expect(whole).toBeLessThan(all);
    await set("visibility", "0.4");
    const outlines = await shots();
    expect(await set("around", "masks")).toBeGreaterThan(0);
    expect((await shots()).some((shot, n) => !shot.equals(outlines[n]))).toBe(true);
  });
}, 120_000);
