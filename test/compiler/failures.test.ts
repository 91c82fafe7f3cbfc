import { describe, expect, test, vi } from "vitest";
import { Gpu } from "../../src/gpu/index.ts";
import {
  apply,
  brightness,
  contrastAboutMean,
  gaussianBlur,
  grad,
  normalize,
  parameter,
  resize,
  rotate,
  square,
  sum,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** The same device, with bindings of no more than so many bytes, or with threads shared out as on a GPU. */
function limited(bytes: number, software = true): Gpu {
  const { device: own, info } = device.gpu;
  const gpu = new Gpu(own, false, { ...info, software });
  const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
    name === "maxStorageBufferBindingSize" ? bytes : limits[name];
  Object.defineProperty(gpu, "limits", { value: new Proxy(own.limits, { get } as ProxyHandler<GPUSupportedLimits>) });
  return gpu;
}

describe("sums of many parameters", () => {
  const [n, channels, h, w] = [2, 64, 4, 8];
  const run = async (gpu: Gpu, chain: (p: (value: number) => Tensor) => Transform[]) => {
    const x = tensor(
      gpu,
      Float32Array.from({ length: n * channels * h * w }, (_, i) => ((i * 89) % 101) / 101),
      [n, channels, h, w],
      { requiresGrad: true },
    );
    const learned: Tensor[] = [];
    const transforms = chain((value) => {
      learned.push(
        parameter(
          gpu,
          Float32Array.from({ length: channels }, (_, i) => value + i / 100),
          [channels],
        ),
      );
      return learned[learned.length - 1];
    });
    return Promise.all(grad(sum(square(apply(x, transforms))), [x, ...learned]).map((each) => each.read()));
  };
  test.each([
    ["points", (p: (value: number) => Tensor) => [normalize({ mean: p(0.1), std: p(1) })]],
    [
      "statistics",
      (p: (value: number) => Tensor) => [contrastAboutMean({ factor: 1.1 }), normalize({ mean: p(0.1), std: p(1) })],
    ],
    [
      "a map and points",
      (p: (value: number) => Tensor) => [rotate({ angle: 10 }), normalize({ mean: p(0.1), std: p(1) })],
    ],
  ])("take as many threads as there is room for: %s", async (_, chain) => {
    const expected = await run(device.gpu, chain);
    for (const software of [true, false]) {
      // One sample's 128 sums of 22 groups of channels, for two threads of each; images take less.
      const gpu = limited(140 * 22 * 4 * 2, software);
      const largest: number[] = [];
      const dispatch = gpu.dispatch.bind(gpu);
      gpu.dispatch = (command) => {
        largest.push(...command.bindings.map((each) => ("storage" in each ? each.storage : each).bytes));
        dispatch(command);
      };
      const got = await run(gpu, chain);
      expect(Math.max(...largest)).toBeLessThanOrEqual(140 * 22 * 4 * 2);
      for (const [i, values] of got.entries()) {
        const scale = Math.max(...Array.from(expected[i], Math.abs));
        values.forEach((value, k) => expect(Math.abs(value - expected[i][k]) / scale).toBeLessThan(1e-5));
      }
      gpu.destroy();
    }
  });
});

describe("an error, wherever it comes, leaves nothing behind", () => {
  const chains: [string, (p: (value: number) => Tensor) => Transform[]][] = [
    ["points", (p) => [brightness({ factor: p(1.1) }), contrastAboutMean({ factor: p(0.9) })]],
    [
      "a map, a window and a resize",
      (p) => [
        rotate({ angle: p(10) }),
        brightness({ factor: p(1.1) }),
        gaussianBlur({ sigma: p(1), kernelSize: 3 }),
        resize({ width: 3, height: 3 }),
      ],
    ],
  ];
  test.each(chains)("%s", async (_, chain) => {
    for (const bindings of [2 ** 27, 2 * 3 * 6 * 8 * 2]) {
      const gpu = limited(bindings);
      const x = tensor(gpu, new Float32Array(288).fill(0.5), [2, 3, 6, 8], { requiresGrad: true });
      const learned: Tensor[] = [];
      const transforms = chain((value) => {
        learned.push(parameter(gpu, [value]));
        return learned[learned.length - 1];
      });
      const step = () => {
        using scope = gpu.scope();
        const gradients = grad(sum(apply(x, transforms)), [x, ...learned]);
        scope.dispose();
        return gradients.length;
      };
      step();
      const before = gpu.stats.bytesInUse;
      for (const method of ["allocate", "dispatch", "allocateForUpload", "uniform"] as const) {
        const spy = vi.spyOn(gpu, method as "allocate");
        step();
        const calls = spy.mock.calls.length;
        spy.mockRestore();
        const real = gpu[method].bind(gpu) as (...args: unknown[]) => never;
        for (let fails = 0; fails < calls; fails++) {
          let call = 0;
          const faulty = vi.spyOn(gpu, method as "allocate").mockImplementation((...args: unknown[]) => {
            if (call++ === fails) throw new Error("no more");
            return real(...args);
          });
          expect(step, `${method} ${fails} of ${calls}`).toThrow("no more");
          faulty.mockRestore();
          expect(gpu.stats.bytesInUse, `in use after ${method} ${fails} of ${calls}`).toBe(before);
        }
      }
      expect(step()).toBe(1 + learned.length);
      expect(gpu.stats.bytesInUse).toBe(before);
      await gpu.sync();
      gpu.destroy();
    }
  });
});

test("a thousand sizes of resize leave little in use", async () => {
  const { gpu } = device;
  const use = async (k: number) => {
    using scope = gpu.scope();
    const side = 40 + (k % 211);
    apply(tensor(gpu, new Float32Array(4 * side), [1, 1, 4, side]), resize({ width: 5 + (k % 31), height: 3 }));
    scope.dispose();
    if (k % 50 === 0) await gpu.sync();
  };
  await use(0);
  const before = gpu.stats.bytesInUse;
  for (let k = 1; k < 1000; k++) await use(k);
  await gpu.sync();
  // The last few tables and blocks are kept for the next call: 32 of a few kB here, 1 MB in any case.
  expect(gpu.stats.bytesInUse - before).toBeLessThanOrEqual(128 * 1024);
});
