import { describe, expect, test, vi } from "vitest";
import { ArgumentError, Gpu, LimitError, ShapeError } from "../../src/gpu/index.ts";
import { presentPixels } from "../../src/gpu/textures.ts";
import { toHalf } from "../../src/tensor/dtype.ts";
import {
  draw,
  fromCanvas,
  fromImage,
  fromImageBitmap,
  fromImageData,
  fromTexture,
  fromVideoFrame,
  tensor,
  toImageData,
} from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const pixels = (width: number, height: number, seed = 0) => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i * 37 + seed * 11 + (i >> 3)) % 256),
});

function texture(
  format: GPUTextureFormat,
  width: number,
  height: number,
  data: ArrayBufferView,
  extra: Partial<GPUTextureDescriptor> = {},
): GPUTexture {
  const { device: raw } = device.gpu;
  const usage = GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST;
  const made = raw.createTexture({ size: [width, height], format, usage, ...extra });
  if (data.byteLength)
    raw.queue.writeTexture(
      { texture: made },
      data as ArrayBufferView<ArrayBuffer>,
      { bytesPerRow: data.byteLength / height },
      [width, height],
    );
  return made;
}

describe("fromImageData", () => {
  test("keeps the bytes, of one image or several", async () => {
    const { gpu } = device;
    const [a, b] = [pixels(5, 3), pixels(5, 3, 1)];
    const one = fromImageData(gpu, a);
    expect([one.shape, one.dtype]).toEqual([[1, 3, 3, 5], "rgba8"]);
    expect([...(await one.read())]).toEqual([...a.data]);
    const two = fromImageData(gpu, [a, b], { channels: 4 });
    expect(two.shape).toEqual([2, 4, 3, 5]);
    expect([...(await two.read())]).toEqual([...a.data, ...b.data]);
    two.write([...b.data, ...a.data]);
    expect([...(await two.read())]).toEqual([...b.data, ...a.data]);
  });

  test("refuses what it cannot use, by name", () => {
    const { gpu } = device;
    const good = pixels(2, 2);
    expect(() => fromImageData(gpu, { ...good, data: [1, 2] as unknown as Uint8Array })).toThrow(
      /image: got Object; allowed is an ImageData/,
    );
    expect(() => fromImageData(gpu, { ...good, width: 3 })).toThrow(/data of image: got 16 bytes; allowed is 24 bytes/);
    expect(() => fromImageData(gpu, { width: 0, height: 2, data: new Uint8Array(0) })).toThrow(ShapeError);
    expect(() => fromImageData(gpu, [good, pixels(2, 3)])).toThrow(
      /image\[1\]: got 2 × 3 pixels; allowed is the size of image\[0\], 2 × 2 pixels/,
    );
    expect(() => fromImageData(gpu, [])).toThrow(/image: got an empty array/);
    expect(() => fromImageData(gpu, good, { channels: 2 as 3 })).toThrow(/channels: got 2/);
    expect(() => fromImageData(null as never, good)).toThrow(/gpu: got null/);
  });
});

describe("fromTexture", () => {
  for (const width of [5, 64, 70]) {
    test(`rgba8unorm and bgra8unorm, ${width} wide`, async () => {
      const { gpu } = device;
      const { data } = pixels(width, 3);
      const swapped = data.map((_, i) => data[i % 4 === 3 || i % 4 === 1 ? i : i ^ 2]);
      const rgba = fromTexture(gpu, texture("rgba8unorm", width, 3, data));
      expect([rgba.shape, rgba.dtype]).toEqual([[1, 3, 3, width], "rgba8"]);
      expect([...(await rgba.read())]).toEqual([...data]);
      const bgra = fromTexture(gpu, [texture("bgra8unorm", width, 3, swapped), texture("bgra8unorm", width, 3, data)], {
        channels: 4,
      });
      expect(bgra.shape).toEqual([2, 4, 3, width]);
      expect([...(await bgra.read())]).toEqual([...data, ...swapped]);
    });
  }

  test("rgba16float and rgba32float become planes of f32", async () => {
    const { gpu } = device;
    const [width, height] = [7, 2];
    const numbers = Float32Array.from({ length: width * height * 4 }, (_, i) => (i - 20) / 8);
    const planes = (channels: number) =>
      Array.from({ length: channels * 14 }, (_, i) => numbers[(i % 14) * 4 + Math.floor(i / 14)]);
    const full = fromTexture(gpu, texture("rgba32float", width, height, numbers));
    expect([full.shape, full.dtype]).toEqual([[1, 3, 2, 7], "f32"]);
    expect([...(await full.read())]).toEqual(planes(3));
    const half = fromTexture(
      gpu,
      [1, 2].map(() => texture("rgba16float", width, height, Uint16Array.from(numbers, toHalf))),
      { channels: 4 },
    );
    expect([...(await half.read())]).toEqual([...planes(4), ...planes(4)]);
  });

  test("refuses what it cannot read, by name", () => {
    const { gpu } = device;
    const none = new Uint8Array(0);
    expect(() => fromTexture(gpu, {} as GPUTexture)).toThrow(/texture: got Object; allowed is a GPUTexture/);
    expect(() => fromTexture(gpu, texture("r8unorm", 2, 2, none))).toThrow(
      /format of texture: got r8unorm; allowed is rgba8unorm/,
    );
    expect(() =>
      fromTexture(gpu, texture("rgba8unorm", 2, 2, none, { usage: GPUTextureUsage.TEXTURE_BINDING })),
    ).toThrow(/usage of texture/);
    expect(() => fromTexture(gpu, [texture("rgba8unorm", 2, 2, none), texture("bgra8unorm", 2, 2, none)])).toThrow(
      /format of texture\[1\]/,
    );
    expect(() => fromTexture(gpu, [texture("rgba8unorm", 2, 2, none), texture("rgba8unorm", 3, 2, none)])).toThrow(
      /texture\[1\]: got 3 × 2 pixels/,
    );
  });
});

test("pixels go to a WebGPU canvas without being read back", async () => {
  const { gpu } = device;
  const numbers = Array.from({ length: 3 * 5 * 2 }, (_, i) => i / 30);
  const x = tensor(gpu, numbers, [3, 2, 5]);
  const usage = GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST;
  const shown = gpu.device.createTexture({ size: [5, 2], format: "rgba8unorm", usage });
  const context = { configure: () => {}, getCurrentTexture: () => shown } as unknown as GPUCanvasContext;
  const layout = { storage: x.storage, dtype: 0, width: 5, height: 2, channels: 3, first: 0, stride: 10 };
  await presentPixels(gpu, layout, context);
  const image = await toImageData(x);
  expect([...(await fromTexture(gpu, shown).read())]).toEqual([...image.data]);
});

test("draw refuses what is no canvas", async () => {
  const x = tensor(device.gpu, [1], [1, 1]);
  await expect(draw(x, {} as never)).rejects.toThrow(
    /canvas: got object \{ {2}\}; allowed is an HTMLCanvasElement or OffscreenCanvas/,
  );
  await expect(draw(x, { getContext: () => null } as never)).rejects.toThrow(/one that has no 2d context/);
  await expect(draw(x, { getContext: () => null } as never, { context: "webgl" as never })).rejects.toThrow(
    /context: got string "webgl"/,
  );
});

test("bitmaps, canvases and frames of the wrong kind are refused by name", () => {
  const { gpu } = device;
  class Fake {
    constructor(
      readonly tag: string,
      readonly size: Record<string, number>,
    ) {
      Object.assign(this, size);
    }
    get [Symbol.toStringTag]() {
      return this.tag;
    }
  }
  const fake = (tag: string, size: Record<string, number>) => new Fake(tag, size) as never;
  const { buffersCreated } = gpu.stats;
  expect(() => fromImageBitmap(gpu, {} as never)).toThrow(/bitmap: got Object; allowed is an ImageBitmap/);
  expect(() => fromImageBitmap(gpu, fake("ImageBitmap", { width: 0, height: 0 }))).toThrow(
    /an ImageBitmap that was closed/,
  );
  expect(() => fromCanvas(gpu, undefined as never)).toThrow(/canvas: got Undefined/);
  expect(() => fromCanvas(gpu, fake("OffscreenCanvas", { width: 3, height: 0 }))).toThrow(ShapeError);
  expect(() => fromCanvas(gpu, fake("OffscreenCanvas", { width: 1 << 20, height: 1 }))).toThrow(LimitError);
  expect(() => fromVideoFrame(gpu, fake("VideoFrame", { codedWidth: 0, displayWidth: 0, displayHeight: 0 }))).toThrow(
    /a VideoFrame that was closed/,
  );
  expect(() => fromVideoFrame(gpu, fake("HTMLVideoElement", { readyState: 1 }))).toThrow(
    /a video that has no frame yet/,
  );
  expect(() => fromVideoFrame(gpu, 3 as never)).toThrow(ArgumentError);
  expect(gpu.stats.buffersCreated).toBe(buffersCreated);
});

test("a frame that WebGPU refuses is drawn on a canvas first, without being tried again", async () => {
  const { gpu: on } = device;
  // A device that calls itself no program on the processor, and a queue that takes canvases alone, as in Firefox.
  const gpu = new Gpu(on.device, false, { ...on.info, software: false });
  const { queue } = on.device;
  const seen: string[] = [];
  const drawn: unknown[] = [];
  const { data } = pixels(4, 2);
  class VideoFrame {
    codedWidth = 4;
    displayWidth = 4;
    displayHeight = 2;
    readonly [Symbol.toStringTag] = "VideoFrame";
  }
  class OffscreenCanvas {
    readonly [Symbol.toStringTag] = "OffscreenCanvas";
    getContext = () => ({ drawImage: (...given: unknown[]) => drawn.push(given) });
  }
  vi.stubGlobal("OffscreenCanvas", OffscreenCanvas);
  // Deno has no images, and so no such method.
  queue.copyExternalImageToTexture ??= () => {};
  const copies = vi.spyOn(queue, "copyExternalImageToTexture").mockImplementation(({ source }, { texture: to }) => {
    const tag = Object.prototype.toString.call(source).slice(8, -1);
    seen.push(tag);
    if (tag === "VideoFrame") throw new TypeError("not implemented");
    queue.writeTexture({ texture: to }, data, { bytesPerRow: 16 }, [4, 2]);
  });
  try {
    const frame = new VideoFrame();
    for (let i = 0; i < 2; i++) expect([...(await fromVideoFrame(gpu, frame as never).read())]).toEqual([...data]);
    expect(seen).toEqual(["VideoFrame", "OffscreenCanvas", "OffscreenCanvas"]);
    expect(drawn[0]).toEqual([frame, 0, 0, 4, 2]);
    copies.mockImplementation(() => {
      throw new DOMException("tainted", "SecurityError");
    });
    expect(() => fromVideoFrame(gpu, frame as never)).toThrow(/frame: got a source that cannot be read \(tainted\)/);
  } finally {
    copies.mockRestore();
    vi.unstubAllGlobals();
  }
});

test("fromImage says what to do where there is no page, and what is no image", async () => {
  const { gpu } = device;
  const promise = fromImage(gpu, pixels(2, 2) as never);
  await expect(promise).rejects.toBeInstanceOf(ArgumentError);
  await expect(promise).rejects.toThrow(
    /img: got Object; allowed is an HTMLImageElement \(.*Node.*fromImageData\(\)\)/,
  );
  await expect(fromImage(gpu, [null as never])).rejects.toThrow(/img\[0\]: got Null/);
  await expect(fromImage(gpu, pixels(2, 2) as never, { channel: 4 } as never)).rejects.toThrow(/channel/);
});

describe("toImageData", () => {
  test("of every dtype, clipped and rounded", async () => {
    const { gpu } = device;
    const values = [0, 0.25, 1, 1.5, -0.5, 0.5, 0.75, 0.1, 0.9, 0.3, 0.6, 0.2, 1, 0, 1, 0.4, 0.8, 0.55];
    for (const dtype of ["f32", "f16"] as const) {
      const image = await toImageData(tensor(gpu, values, [1, 3, 2, 3], { dtype }));
      expect([image.width, image.height]).toEqual([3, 2]);
      const byte = (v: number) => Math.round(Math.min(Math.max(v, 0), 1) * 255);
      const expected = [0, 1, 2, 3, 4, 5].flatMap((i) => [
        byte(values[i]),
        byte(values[i + 6]),
        byte(values[i + 12]),
        255,
      ]);
      for (const [i, v] of image.data.entries()) expect(Math.abs(v - expected[i])).toBeLessThanOrEqual(1);
    }
    const bytes = Array.from({ length: 36 }, (_, i) => i * 7);
    const second = await toImageData(tensor(gpu, bytes, [2, 3, 2, 3], { dtype: "u8" }), { index: 1 });
    expect([...second.data.slice(0, 8)]).toEqual([18 * 7, 24 * 7, 30 * 7, 255, 19 * 7, 25 * 7, 31 * 7, 255]);
    const grey = await toImageData(tensor(gpu, [0, 1], [1, 2]));
    expect([...grey.data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
    const alpha = await toImageData(tensor(gpu, [1, 0, 0, 1], [4, 1, 1]));
    expect([...alpha.data]).toEqual([255, 0, 0, 255]);
  });

  test("gives back the image that came", async () => {
    const { gpu } = device;
    const images = [pixels(9, 4), pixels(9, 4, 5)];
    const batch = fromImageData(gpu, images, { channels: 4 });
    expect([...(await toImageData(batch, { index: 1 })).data]).toEqual([...images[1].data]);
    const opaque = await toImageData(fromImageData(gpu, images), { index: 0 });
    expect([...opaque.data]).toEqual([...images[0].data].map((v, i) => (i % 4 === 3 ? 255 : v)));
  });

  test("refuses what is no image", async () => {
    const { gpu } = device;
    await expect(toImageData(tensor(gpu, [1, 2], [1, 2, 1, 1]))).rejects.toThrow(/with 1, 3 or 4 channels/);
    await expect(toImageData(tensor(gpu, [1, 2]))).rejects.toThrow(ShapeError);
    await expect(toImageData(tensor(gpu, [1], [1, 1, 1, 1]), { index: 1 })).rejects.toThrow(/index: got 1/);
  });
});
