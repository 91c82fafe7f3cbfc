import { expect, test } from "vitest";
import {
  apply,
  around,
  gaussianBlur,
  grad,
  parameter,
  sequential,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { allowed, alone, asNumbers, example, nearestOf, SIZE, values } from "./contract/range.ts";
import { exampleOf, learned } from "./examples.ts";

// What a draw or a learned range makes of values beyond a range; those of tensors are in the contract of every transform.

const device = testGpu();
const all = alone.flatMap((declaration) =>
  learned(declaration).map((param) => [`${declaration.name}.${param}`, declaration, param] as const),
);

test("a range that was learned down to nothing", async () => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE], { requiresGrad: true });
  const width = parameter(gpu, [0]);
  const pipelines: [string, Transform][] = [
    ["sigma around 0", gaussianBlur({ sigma: around(0, width), kernelSize: 3 })],
    ["sigma from 0 to 0", gaussianBlur({ sigma: uniform(width, width), kernelSize: 5 })],
  ];
  for (const [what, transform] of pipelines) {
    const y = sequential([transform])(x, { step: 0 });
    expect(await y.read(), what).toEqual(values(2));
    const [gx, gw] = grad(y, [x, width], { gradient: tensor(gpu, values(2), y.shape) });
    expect(await gx.read(), what).toEqual(values(2));
    expect(await gw.read(), what).toEqual(Float32Array.of(0));
  }
});

test.each(
  all.filter(
    ([, declaration, param]) =>
      asNumbers.has(declaration) && (declaration.params[param].min !== undefined || declaration.params[param].nonzero),
  ),
)("%s, drawn beyond its range", async (_, declaration, param) => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE], { requiresGrad: true });
  const spec = declaration.params[param];
  const bad = spec.min !== undefined ? spec.min - 0.5 : 0;
  const bounds = [parameter(gpu, [bad]), parameter(gpu, [bad])];
  const drawn = sequential([example(gpu, declaration, { [param]: uniform(bounds[0], bounds[1]) })]);
  const y = drawn(x, { step: 1 });
  const nearest = exampleOf(declaration, param)!.map(() => allowed(bad, spec)!);
  // What this is no value for, beside the others, is refused as a number, and a draw is what arithmetic makes of it.
  const others = Object.fromEntries(learned(declaration).map((name) => [name, exampleOf(declaration, name)!]));
  if (!nearestOf(declaration, param, { ...others, [param]: nearest })) return;
  const fixed = apply(x, example(gpu, declaration, { [param]: nearest.length > 1 ? nearest : nearest[0] }));
  expect(await y.read()).toEqual(await fixed.read());
  for (const gradient of grad(y, [x, ...bounds], {
    gradient: tensor(gpu, new Float32Array(y.size).fill(1), y.shape),
  }))
    expect((await gradient.read()).every(Number.isFinite)).toBe(true);
});

test("a logarithmic range whose bound was learned down to 0 or below", async () => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE]);
  for (const bound of [0, -1]) {
    const lo = parameter(gpu, [bound]);
    const transform = gaussianBlur({ sigma: uniform(lo, 2, { scale: "log" }), kernelSize: 3 });
    const y = sequential([transform])(x, { step: 0 });
    const [g] = grad(y, [lo], { gradient: tensor(gpu, values(2), y.shape) });
    expect([...(await y.read()), ...(await g.read())].every(Number.isFinite)).toBe(true);
  }
});
