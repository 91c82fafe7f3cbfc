import fc from "fast-check";
import { expect, test } from "vitest";
import { assembled, type Run } from "../../src/autograd/assemble.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** Stretches that overlap nowhere: places of both sides are cut into pieces, and some pieces go together. */
const stretches = fc
  .array(fc.record({ of: fc.nat(2), skip: fc.nat(3), gap: fc.nat(3), values: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((pieces) => {
    const next = [0, 0, 0];
    let to = 0;
    const runs = pieces.map(({ of, skip, gap, values }): Run => {
      const run = { of, from: next[of] + skip, to: to + gap, values };
      next[of] = run.from + values;
      to = run.to + values;
      return run;
    });
    return { runs, lengths: next.map((length) => length + 2), size: to + 1 };
  });

test("stretches come where they belong, all else is 0, and gradients go back", async () => {
  const { gpu } = device;
  const numbers = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => 1 + i + 100 * seed);
  await fc.assert(
    fc.asyncProperty(stretches, async ({ runs, lengths, size }) => {
      const values = lengths.map(numbers);
      const tensors = values.map((of) => parameter(gpu, of));
      const made = assembled(tensors, [size], runs);
      const wanted = new Float32Array(size);
      const weight = numbers(size, 7);
      const gradients = values.map(({ length }) => new Float32Array(length));
      for (const { of, from, to, values: count } of runs)
        for (let i = 0; i < count; i++) {
          wanted[to + i] = values[of][from + i];
          gradients[of][from + i] = weight[to + i];
        }
      expect(await made.read()).toEqual(wanted);
      backward(sum(mul(made, tensor(gpu, weight))));
      for (const [i, each] of tensors.entries()) expect(await each.grad!.read()).toEqual(gradients[i]);
      for (const each of [...tensors, made]) each.dispose();
    }),
    { numRuns: 25 },
  );
});
