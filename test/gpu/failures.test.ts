import { describe, expect, test } from "vitest";
import { add } from "../../src/autograd/index.ts";
import { type Gpu, PassError, type PipelineRequest } from "../../src/gpu/index.ts";
import { fromBuffer, type Tensor, tensor } from "../../src/tensor/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** A kernel that changes one value in place. */
function request(key: string, body: string): PipelineRequest {
  const source = () => `@group(0) @binding(0) var<storage, read_write> x: array<f32>; // ${key}
@compute @workgroup_size(1) fn main() { ${body} }`;
  return { key: `failures ${key}`, label: key, access: "w", source };
}
const inPlace = (gpu: Gpu, x: Tensor, made: PipelineRequest) =>
  gpu.dispatch({ pipeline: gpu.pipeline(made), bindings: [x.storage], groups: [1] });

/** A tensor, and what it must hold; null where it depends on what failed. */
interface Cell {
  tensor: Tensor;
  value: number | null;
}

function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Makes a random history of sound and failing work, and keeps the account by itself. */
class History {
  readonly cells: Cell[];
  readonly #next: (below: number) => number;
  #made = 0;

  constructor(
    private readonly gpu: Gpu,
    readonly seed: number,
    readonly failing: "shader" | "destroyed" | "both",
  ) {
    this.#next = numbers(seed);
    this.cells = [1, 2, 3].map((value) => ({ tensor: tensor(gpu, [value]), value }));
  }

  #any = (): Cell => this.cells[this.#next(this.cells.length)];

  act(): void {
    const { gpu, cells } = this;
    const [a, b] = [this.#any(), this.#any()];
    switch (this.#next(8)) {
      case 0:
      case 1:
        cells.push({ tensor: add(a.tensor, b.tensor), value: sumOf(a.value, b.value) });
        break;
      case 2:
        a.value = this.#next(50);
        a.tensor.write([a.value]);
        break;
      case 3:
        inPlace(gpu, a.tensor, request("one more", "x[0] += 1.0;"));
        a.value = sumOf(a.value, 1);
        break;
      case 4:
        if (cells.length > 3) cells.splice(cells.indexOf(a), 1)[0].tensor.dispose();
        break;
      case 5:
        if (a === b) break;
        gpu.copy(a.tensor.storage, 0, b.tensor.storage, 0, 4);
        b.value = a.value;
        break;
      default:
        this.#fail(a);
    }
  }

  #fail(a: Cell): void {
    if (this.failing === "shader" || (this.failing === "both" && this.#next(2))) {
      inPlace(this.gpu, a.tensor, request(`bad ${this.seed} ${this.#made++ % 2}`, "x[0] = nonsense;"));
      a.value = null;
      return;
    }
    const buffer = this.gpu.device.createBuffer({ size: 256, usage: usage() });
    this.cells.push({ tensor: add(fromBuffer(this.gpu, buffer, [1]), a.tensor), value: null });
    buffer.destroy();
  }
}

const sumOf = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** Which cells read otherwise than they must; `careful`: sound ones may be in error, but never wrong. */
async function wrong(cells: readonly Cell[], careful: boolean): Promise<string[]> {
  const reads = await Promise.allSettled(cells.map(({ tensor: t }) => t.item()));
  return reads.flatMap((read, i) => {
    const { value } = cells[i];
    const got = read.status === "fulfilled" ? read.value : read.reason;
    const failed = got instanceof PassError && /bad|add/.test(got.message);
    if (value === null ? failed : got === value || (careful && failed)) return [];
    return [`cell ${i}: expected ${value ?? "an error"}, got ${got}`];
  });
}

describe("what depends on a failed pass is in error at every read, and what does not is right", () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

  test.each(["shader", "destroyed", "both"] as const)("where each step is awaited: %s", async (failing) => {
    for (const seed of seeds) {
      const history = new History(device.gpu, seed, failing);
      for (let step = 0; step < 4; step++) {
        for (let i = 0; i < 5; i++) history.act();
        await device.gpu.sync().catch(() => {});
        expect(await wrong(history.cells, false), `seed ${seed}, step ${step}`).toEqual([]);
      }
      // Again, as the first to hear of a failure is not the last.
      expect(await wrong(history.cells, false), `seed ${seed}`).toEqual([]);
      for (const { tensor: t } of history.cells) t.dispose();
      await device.gpu.sync().catch(() => {});
    }
  });

  test("where nobody waits between the steps: what does not compile", async () => {
    for (const seed of seeds) {
      const history = new History(device.gpu, seed, "shader");
      for (let i = 0; i < 20; i++) {
        history.act();
        if (i % 4 === 3) device.gpu.flush().catch(() => {});
      }
      expect(await wrong(history.cells, false), `seed ${seed}`).toEqual([]);
      await device.gpu.sync().catch(() => {});
    }
  });

  test("where nobody waits between the steps: what the GPU refuses may take sound results along, never wrongly", async () => {
    for (const seed of seeds) {
      const history = new History(device.gpu, seed, "both");
      for (let i = 0; i < 20; i++) {
        history.act();
        if (i % 4 === 3) device.gpu.flush().catch(() => {});
      }
      expect(await wrong(history.cells, true), `seed ${seed}`).toEqual([]);
      await device.gpu.sync().catch(() => {});
    }
  });

  test("for reads that start together, too", async () => {
    const gpu = await openGpu();
    const buffer = gpu.device.createBuffer({ size: 64, usage: usage() });
    const x = tensor(gpu, [1]);
    const [lost, sound] = [add(fromBuffer(gpu, buffer, [1]), x), add(x, 1)];
    buffer.destroy();
    for (let i = 0; i < 2; i++) {
      const reads = await Promise.allSettled([lost.item(), sound.item()]);
      expect(reads.map((read) => (read.status === "fulfilled" ? read.value : read.reason.passes))).toEqual([
        ["add"],
        2,
      ]);
    }
    // Whoever only waits hears of it as well, once, if no reader has.
    const again = add(fromBuffer(gpu, buffer, [1]), x);
    await expect(gpu.sync()).rejects.toBeInstanceOf(PassError);
    await gpu.sync();
    await expect(again.read()).rejects.toBeInstanceOf(PassError);
    gpu.destroy();
  });

  test("and a buffer that is written anew is sound, whichever way", async () => {
    const { gpu } = device;
    const ways: [string, (x: Tensor) => Tensor][] = [
      ["write", (x) => x.write([5])],
      [
        "a copy",
        (x) => {
          gpu.copy(tensor(gpu, [5]).storage, 0, x.storage, 0, 4);
          return x;
        },
      ],
      [
        "the pool",
        (x) => {
          x.dispose();
          return add(tensor(gpu, [2]), 3);
        },
      ],
    ];
    for (const [name, renew] of ways) {
      const x = tensor(gpu, [1]);
      inPlace(gpu, x, request(`bad once ${name}`, "x[0] = nonsense;"));
      await expect(x.read()).rejects.toBeInstanceOf(PassError);
      expect(await renew(x).item(), name).toBe(5);
    }
    const shared = fromBuffer(gpu, gpu.device.createBuffer({ size: 256, usage: usage() }), [1]);
    inPlace(gpu, shared, request("bad shared", "x[0] = nonsense;"));
    await expect(shared.read()).rejects.toBeInstanceOf(PassError);
    const { buffer } = shared;
    shared.dispose();
    gpu.device.queue.writeBuffer(buffer, 0, Float32Array.of(5));
    expect(await fromBuffer(gpu, buffer, [1]).item()).toBe(5);
  });
});
