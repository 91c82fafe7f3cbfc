/** sharp (https://sharp.pixelplumbing.com) as an engine, in Node: libvips on the processor, 8 bits a channel, forward only. */
import sharp, { type Sharp } from "sharp";
import type { Engine, Prepared, StartEngine, Task } from "../engine.ts";
import { interleaved, planar } from "./layout.ts";

export const start: StartEngine = async () => new SharpEngine();

/** Why sharp does not do a work: where its function is another one, a comparison would not hold. */
const MISSING: Record<string, string> = {
  colour: "sharp turns hues in Lab, not in HSV, and has no contrast about an image's mean.",
  eight: "sharp's pixels are bytes, which a normalized image is not.",
  choice: "sharp turns hues in Lab, not in HSV.",
  six: "sharp has no perspective and no HSV.",
};

const WORKS: Record<string, (task: Task) => SharpWork> = { affine, blur };

/** Pixels of one image, bytes. */
interface Bytes {
  data: Uint8Array;
  width: number;
  height: number;
}

type SharpWork = (image: Bytes, i: number) => Promise<Bytes>;

class SharpEngine implements Engine {
  readonly name = "sharp";
  readonly version = sharp.versions.sharp ?? "";
  readonly precision = 1 / 255;

  async prepare(task: Task): Promise<Prepared | { missing: string }> {
    if (task.mode === "both") return { missing: "sharp has no gradients." };
    const make = WORKS[task.work];
    return make ? new Program(make(task), task) : { missing: MISSING[task.work] ?? `sharp has no ${task.work}.` };
  }

  dispose(): void {}
}

class Program implements Prepared {
  readonly #work: SharpWork;
  #images: Bytes[];

  constructor(work: SharpWork, { x, shape: [n, c, height, width] }: Task) {
    this.#work = work;
    const pixels = Uint8Array.from(interleaved(x, c, height * width), (v) => Math.round(255 * v));
    const size = c * height * width;
    this.#images = Array.from({ length: n }, (_, i) => ({
      data: pixels.subarray(i * size, (i + 1) * size),
      width,
      height,
    }));
  }

  #all(): Promise<Bytes[]> {
    return Promise.all(this.#images.map((image, i) => this.#work(image, i)));
  }

  async issue(): Promise<void> {
    await this.#all();
  }

  async settle(): Promise<void> {}

  async result() {
    const images = await this.#all();
    const parts = images.map(({ data, width, height }) => planar(data, 3, width * height).map((v) => v / 255));
    const y = new Float32Array(parts.length * parts[0].length);
    parts.forEach((part, i) => y.set(part, i * part.length));
    return { y };
  }

  dispose(): void {
    this.#images = [];
  }
}

const raw = ({ data, width, height }: Bytes) => sharp(data, { raw: { width, height, channels: 3 } });

async function pixelsOf(pipeline: Sharp): Promise<Bytes> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The part of an image that begins at a column and a row, which may lie outside: black there, or what `at` shows. */
function window(image: Bytes, left: number, top: number, width: number, height: number, at?: typeof reflected): Bytes {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = at ? at(y + top, image.height) : y + top;
    if (row < 0 || row >= image.height) continue;
    // Inside, a row is one copy.
    const [from, to] = [Math.max(left, 0), Math.min(left + width, image.width)];
    const start = row * image.width;
    if (from < to) data.set(image.data.subarray((start + from) * 3, (start + to) * 3), (y * width + from - left) * 3);
    if (!at) continue;
    for (let x = 0; x < width; x++) {
      if (x + left === from) x += to - from;
      if (x >= width) break;
      const place = (start + at(x + left, image.width)) * 3;
      for (let k = 0; k < 3; k++) data[(y * width + x) * 3 + k] = image.data[place + k];
    }
  }
  return { data, width, height };
}

const reflected = (at: number, n: number) => (at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at);

/**
 * sharp gives the box of what is shown, before it is shifted, and cuts it between pixels. So the image gets a black border,
 * the shift is split into whole pixels and a rest, and the result is cut out of what sharp gives.
 */
function affine({ parameters, shape: [, , h, w] }: Task): SharpWork {
  const border = 2;
  return async (image, i) => {
    const [a, b, tx, c, d, ty] = parameters.matrix.subarray(6 * i, 6 * i + 6);
    // The border moves the image's origin.
    const [x, y] = [tx - border * (a + b), ty - border * (c + d)];
    const [odx, ody] = [x - Math.floor(x), y - Math.floor(y)];
    const wide = window(image, -border, -border, w + 2 * border, h + 2 * border);
    const options = { background: "#000", interpolator: sharp.interpolators.bilinear, odx, ody };
    const seen = await pixelsOf(raw(wide).affine([a, b, c, d], options));
    const corner = (p: number, q: number) => Math.round(Math.min(0, p * wide.width) + Math.min(0, q * wide.height));
    return window(seen, -Math.floor(x) - corner(a, b), -Math.floor(y) - corner(c, d), w, h);
  };
}

/** sharp repeats the edge where this work reflects: the image gets its border before, and loses it afterwards. */
function blur({ parameters, shape: [, , h, w] }: Task): SharpWork {
  const reach = 15;
  return async (image, i) => {
    const sigma = parameters.sigma[i];
    // sharp's window ends where a weight is below this, and so has as many taps as the work's or those that matter.
    const minAmplitude = Math.max(0.001, Math.exp(-((reach + 0.5) ** 2) / (2 * sigma * sigma)));
    const wide = window(image, -reach, -reach, w + 2 * reach, h + 2 * reach, reflected);
    const seen = await pixelsOf(raw(wide).blur({ sigma, minAmplitude, precision: "float" }));
    return window(seen, reach, reach, w, h);
  };
}
