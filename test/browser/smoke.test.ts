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

test("a canvas becomes a tensor, exactly", async () => {
  const { shape, values } = await withPage(served.url, (page) =>
    page.evaluate(async () => {
      const { apply, brightness, fromCanvas, requestGpu } = window.augrad;
      const gpu = await requestGpu();
      const canvas = document.getElementById("canvas") as HTMLCanvasElement;
      const context = canvas.getContext("2d")!;
      context.fillStyle = "rgb(255, 51, 0)";
      context.fillRect(0, 0, 64, 48);
      context.fillStyle = "rgb(0, 102, 204)";
      context.fillRect(10, 20, 5, 4);
      const image = fromCanvas(gpu, canvas);
      const all = await apply(image, brightness()).read();
      const at = (x: number, y: number) => [0, 1, 2].map((c) => all[c * 64 * 48 + y * 64 + x]);
      return { shape: [...image.shape], values: [at(0, 0), at(10, 20), at(14, 23), at(15, 23)] };
    }),
  );
  expect(shape).toEqual([1, 3, 48, 64]);
  const [red, blue] = [
    [1, 0.2, 0],
    [0, 0.4, 0.8],
  ];
  const expected = [red, blue, blue, red].flat();
  values.flat().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
});

/** The chain of the next test in plain numbers: one pixel, one channel. */
const chain = (x: number, factor: number) => ((x * factor - 0.5) * 0.8 + 0.5 - 0.4) / 0.25;

test("a chain runs as one pass, and its gradients are those of the formula", async () => {
  const found = await withPage(served.url, (page) =>
    page.evaluate(async () => {
      const { apply, brightness, contrast, explain, grad, normalize, parameter, requestGpu, sum, tensor } =
        window.augrad;
      const gpu = await requestGpu();
      const shape = [2, 3, 6, 8];
      const data = Float32Array.from({ length: 288 }, (_, i) => 0.2 + (0.5 * ((i * 37) % 101)) / 101);
      const x = tensor(gpu, data, shape, { requiresGrad: true });
      const factor = parameter(gpu, [1.1, 0.9]);
      const list = [
        brightness({ factor }),
        contrast({ factor: 0.8 }),
        normalize({ mean: [0.4, 0.4, 0.4], std: [0.25, 0.25, 0.25] }),
      ];
      const y = apply(x, list);
      const [gx, gf] = grad(sum(y), [x, factor]);
      const read = async (t: typeof x) => Array.from(await t.read());
      const plain = [brightness({ factor: 1.1 }), ...list.slice(1)];
      return {
        data: Array.from(data),
        y: await read(y),
        gx: await read(gx),
        gf: await read(gf),
        passes: explain(plain, shape).passes.length,
      };
    }),
  );
  const factors = [1.1, 0.9];
  const sums = [0, 0];
  found.data.forEach((x, i) => {
    const sample = i < 144 ? 0 : 1;
    sums[sample] += (x * 0.8) / 0.25;
    expect(found.y[i]).toBeCloseTo(chain(x, factors[sample]), 4);
    expect(found.gx[i]).toBeCloseTo((factors[sample] * 0.8) / 0.25, 4);
  });
  found.gf.forEach((value, i) => expect(value / sums[i]).toBeCloseTo(1, 4));
  expect(found.passes).toBe(1);
});

test("gradients of a resample pass augrad's own check on the page", async () => {
  const ok = await withPage(served.url, (page) =>
    page.evaluate(async () => {
      const { apply, rotate, parameter, requestGpu, gradcheck, tensor } = window.augrad;
      const gpu = await requestGpu();
      const data = Float32Array.from({ length: 75 }, (_, i) => 0.5 + 0.3 * Math.sin(0.7 * i));
      const image = tensor(gpu, data, [1, 3, 5, 5], { requiresGrad: true });
      const angle = parameter(gpu, [12.3]);
      const report = await gradcheck((x, a) => apply(x, rotate({ angle: a })), [image, angle]);
      return report.ok;
    }),
  );
  expect(ok).toBe(true);
});

test("a random pipeline draws the same twice, and a picture of it is not blank", async () => {
  const [equal, blank, drawn] = await withPage(served.url, async (page) => {
    const before = await spread(await page.screenshot());
    const same = await page.evaluate(async () => {
      const { brightness, draw, requestGpu, rotate, sequential, tensor, uniform } = window.augrad;
      const gpu = await requestGpu();
      const [height, width] = [48, 64];
      const data = Float32Array.from(
        { length: 3 * height * width },
        (_, i) => ((i % width) ^ Math.floor(i / width)) / 64,
      );
      const image = tensor(gpu, data, [1, 3, height, width]);
      const pipeline = sequential([rotate({ angle: uniform(-30, 30) }), brightness({ factor: uniform(0.7, 1.3) })]);
      const [a, b] = [pipeline(image, { seed: 5, step: 3 }), pipeline(image, { seed: 5, step: 3 })];
      await draw(a, document.getElementById("canvas") as HTMLCanvasElement);
      const [first, second] = [await a.read(), await b.read()];
      return first.every((value, i) => value === second[i]);
    });
    return [same, before, await spread(await page.screenshot())];
  });
  expect(equal).toBe(true);
  expect(blank).toBeLessThan(0.01);
  expect(drawn).toBeGreaterThan(1);
});

test("an <img> becomes a tensor once it is decoded; one that cannot be is refused by name", async () => {
  const { shape, pixels, refused } = await withPage(served.url, (page) =>
    page.evaluate(async () => {
      const { fromImage, requestGpu } = window.augrad;
      const gpu = await requestGpu();
      const canvas = new OffscreenCanvas(3, 2);
      const context = canvas.getContext("2d")!;
      ["#f00", "#0f0", "#00f"].forEach((color, x) => {
        context.fillStyle = color;
        context.fillRect(x, 0, 1, 2);
      });
      const url = URL.createObjectURL(await canvas.convertToBlob());
      const images = [new Image(), new Image()];
      for (const image of images) image.src = url;
      // Not awaited: nothing is decoded yet.
      const batch = await fromImage(gpu, images);
      const broken = new Image();
      broken.src = "data:image/png;base64,AAAA";
      const reason = (promise: Promise<unknown>) => promise.catch((error) => `${error.name}: ${error.message}`);
      return {
        shape: [...batch.shape],
        pixels: Array.from(await batch.read()),
        refused: [await reason(fromImage(gpu, broken)), await reason(fromImage(gpu, [images[0], new Image()]))],
      };
    }),
  );
  expect(shape).toEqual([2, 3, 2, 3]);
  const row = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255];
  expect(pixels).toEqual([...row, ...row, ...row, ...row]);
  expect(refused[0]).toMatch(/^ArgumentError: img: got data:image.png;base64,AAAA, which cannot be decoded/);
  expect(refused[1]).toMatch(/^ArgumentError: img\[1\]: got an image without a source/);
});
