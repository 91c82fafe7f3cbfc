/** OpenCV.js (https://docs.opencv.org/4.x/d5/d10/tutorial_js_root.html) as an engine: WebAssembly on the processor. */
import type { Engine, Mode, Prepared, StartEngine, Task } from "../engine.ts";
import { EVERY } from "../record.ts";
import { interleaved, planar } from "./layout.ts";
import { cvHas, cvTransform } from "./opencv-transforms.ts";
import type { Cv, Mat } from "./opencv-types.ts";
import { type CvWork, cvWork, Scratch } from "./opencv-works.ts";

/** Where install.mjs puts the package. */
const FILE = "./node_modules/@techstark/opencv-js/dist/opencv.js";

const MISSING = "OpenCV.js is not installed: node bench/peers/install.mjs installs it.";

export const start: StartEngine = async () => new CvEngine((await load()).cv);

/** The package's script makes a global `cv`. In a box: it has a `then` of its own, on which `await` would hang. */
async function load(): Promise<{ cv: Cv }> {
  const scope = globalThis as unknown as { cv?: Partial<Cv> };
  if (!scope.cv) {
    const script = document.createElement("script");
    script.src = new URL(FILE, import.meta.url).href;
    await new Promise<void>((loaded, failed) => {
      script.onload = () => loaded();
      script.onerror = () => failed(new Error(MISSING));
      document.head.append(script);
    });
  }
  if (!scope.cv) throw new Error(MISSING);
  const { cv } = scope;
  if (!cv.Mat) {
    await new Promise<void>((ready) => {
      cv.onRuntimeInitialized = ready;
    });
  }
  return { cv: cv as Cv };
}

/** The name of a transform that is a work of its own. */
const transformOf = (work: string) => (work.startsWith(EVERY) ? work.slice(EVERY.length) : undefined);

class CvEngine implements Engine {
  readonly name = "opencv";
  readonly version: string;
  /** Its warps know 32 places between two pixels: on these images that is a step of values about as coarse as bytes'. */
  readonly precision = 1 / 256;
  readonly #cv: Cv;

  constructor(cv: Cv) {
    this.#cv = cv;
    this.version = /OpenCV (\S+)/.exec(cv.getBuildInformation())?.[1] ?? "4.12";
  }

  does(work: string, mode: Mode): boolean {
    const name = transformOf(work);
    return mode === "forward" && name !== undefined && cvHas(name);
  }

  async prepare(task: Task): Promise<Prepared | { missing: string }> {
    if (task.mode === "both") return { missing: "OpenCV.js has no gradients." };
    const scratch = new Scratch(this.#cv);
    const name = transformOf(task.work);
    if (name !== undefined) {
      const made = cvTransform(this.#cv, scratch, name, task);
      return new Program(this.#cv, made.work, scratch, task, made.dispose);
    }
    const work = cvWork(this.#cv, scratch, task.work, task.shape, task.parameters);
    if (!work) return { missing: `There is no ${task.work} in OpenCV.js here.` };
    return new Program(this.#cv, work, scratch, task);
  }

  dispose(): void {}
}

class Program implements Prepared {
  readonly #work: CvWork;
  readonly #scratch: Scratch;
  readonly #images: Mat[];
  readonly #release: () => void;

  constructor(cv: Cv, work: CvWork, scratch: Scratch, { x, shape }: Task, release = () => {}) {
    const [n, c, h, w] = shape;
    const pixels = interleaved(x, c, h * w);
    const size = c * h * w;
    this.#work = work;
    this.#release = release;
    this.#scratch = scratch;
    this.#images = Array.from({ length: n }, (_, i) =>
      cv.matFromArray(h, w, cv.CV_32FC3, pixels.subarray(i * size, (i + 1) * size)),
    );
  }

  #each(take?: (result: Mat) => void): void {
    for (const [i, image] of this.#images.entries()) {
      this.#scratch.reset();
      const result = this.#work(image, i);
      take?.(result);
    }
  }

  issue(): void {
    this.#each();
  }

  async settle(): Promise<void> {}

  async result() {
    const parts: Float32Array[] = [];
    this.#each(({ data32F, rows, cols }) => parts.push(planar(data32F, 3, rows * cols)));
    const y = new Float32Array(parts.length * parts[0].length);
    parts.forEach((part, i) => y.set(part, i * part.length));
    return { y };
  }

  dispose(): void {
    for (const image of this.#images) image.delete();
    this.#scratch.dispose();
    this.#release();
  }
}
