import { describe, expect, test } from "vitest";
import { apply, explain, grad, registry, type Tensor, type Transform, tensor } from "../../src/index.ts";
import { gamma, perspective, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";
import type { Shape4 } from "../reference/image.ts";
import { exampleOf, fixedOf, learned } from "../transforms/examples.ts";

const device = testGpu();
const learns = (values: readonly number[], shape: readonly number[]) =>
  tensor(device.gpu, values, shape, { requiresGrad: true });
const waves = (length: number, step: number) => Array.from({ length }, (_, i) => 0.5 + 0.4 * Math.sin(step * i + 0.3));

/** Points that ask of the whole image: one for each thing that is asked. */
const measuring = [
  ...new Map(
    [...registry.values()]
      .filter(({ kind, statistic }) => kind === "point" && statistic)
      .map((declaration) => [JSON.stringify(declaration.statistic), declaration]),
  ).values(),
];

/** Ways to look, and how many channels there are: dealt out, as no module of a point knows of them. */
const LOOKS: readonly {
  shape: Shape4;
  /** The maps, by an angle for each sample and what is shown beyond the image. */
  maps: (angle: Tensor, fill: Tensor) => Transform[];
}[] = [
  // Planes of 35 pixels end in a part of a quad.
  { shape: [2, 3, 5, 7], maps: (angle) => [rotate({ angle, on: [1, 1] })] },
  { shape: [2, 4, 4, 6], maps: (angle, fill) => [rotate({ angle, padding: "fill", fill, on: [1, 1] })] },
  {
    shape: [2, 1, 5, 5],
    maps: (angle) => [rotate({ angle, padding: "border", interpolation: "bicubic", on: [1, 1] })],
  },
  {
    shape: [2, 3, 5, 5],
    maps: (angle) => [
      perspective({ startPoints: [0, 0, 4, 0, 4, 4, 0, 4], endPoints: [0.3, 0, 4, 0.2, 3.6, 4, 0, 3.7], on: [1, 1] }),
      rotate({ angle, on: [1, 0] }),
    ],
  },
];

describe("points that measure what maps show", () => {
  test.each(measuring.map((declaration, i) => [declaration.name, declaration, LOOKS[i % LOOKS.length]] as const))(
    "%s: as if what is shown had been stored before",
    async (_, declaration, { shape, maps }) => {
      const channels = shape[1];
      const x = learns(waves(shape[0] * channels * shape[2] * shape[3], 1.7), shape);
      const angle = learns([21, -34], [2]);
      const fill = learns(waves(channels, 0.8), [channels]);
      const exponent = learns([1.2, 0.9], [2]);
      const names = learned(declaration);
      const own = names.map((name) =>
        learns(
          [0, 1].flatMap(() => exampleOf(declaration, name)![0]),
          [2],
        ),
      );
      const params = {
        ...Object.fromEntries(Object.entries(declaration.params).map(([name, spec]) => [name, spec.default])),
        ...fixedOf(declaration),
        ...Object.fromEntries(names.map((name, i) => [name, own[i]])),
      };
      const options = Object.fromEntries(
        Object.entries(declaration.options ?? {}).map(([name, spec]) => [name, spec.default]),
      );
      const chainOf = (on: number[], rows: Transform[]) => [
        ...rows,
        { declaration, params, options, on } as Transform,
        gamma({ gamma: 0.8 }),
      ];
      const read = async (y: Tensor, wanted: Tensor[]) => {
        const gradient = tensor(device.gpu, waves(y.size, 0.9), y.shape);
        return Promise.all([y, ...grad(y, wanted, { gradient })].map((each) => each.read()));
      };
      const near = (list: ArrayLike<number>, other: ArrayLike<number>, what: string) => {
        const scale = Math.max(1, ...Array.from(other, Math.abs));
        Array.from(list, (value, i) => expect(Math.abs(value - other[i]) / scale, `${what}: ${i}`).toBeLessThan(2e-5));
      };
      const rows = [...maps(angle, fill), gamma({ gamma: exponent })];
      const all = [x, angle, exponent, ...own, ...(channels === 4 ? [fill] : [])];
      // The kernels are the same, whatever the coins.
      for (const on of [
        [0, 1],
        [1, 1],
      ]) {
        const chain = chainOf(on, rows);
        const { passes } = explain(chain, shape);
        expect(passes.map(({ kind, transforms }) => [kind, transforms.length])).toEqual([["map", chain.length]]);
        const together = await read(apply(x, chain), all);
        const apart = await read(apply(apply(x, rows), chain.slice(rows.length)), all);
        together.forEach((list, k) => {
          near(list, apart[k], `${on}, ${k}`);
        });
      }
      // Where no map learns, the way back needs no slopes of what is seen.
      const fixed = [...maps(angle.detach(), fill.detach()), gamma({ gamma: [1.2, 0.9] })];
      const [, alone] = await read(apply(x, chainOf([1, 1], fixed)), [x]);
      const [, learning] = await read(apply(x, chainOf([1, 1], rows)), [x]);
      near(alone, learning, "the image alone");
    },
  );
});
