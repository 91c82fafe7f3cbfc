import { expect, test } from "vitest";
import { ArgumentError, apply, type ParamSpec, registry, ShapeError, Tensor, tensor } from "../../src/index.ts";
import { build, device, failure, prepare, x } from "./refused.ts";

prepare();

// Whatever the size of what was given, what is said about it is one short sentence.
const MANY = 200_000;

/** Values whose shape fits no parameter of the batch. */
const SHAPES: Record<string, () => unknown> = {
  "many numbers": () => Array(MANY).fill(1),
  "a large typed array": () => new Float64Array(MANY).fill(1),
  "many rows": () => Array(MANY).fill([1, 2]),
  "a long row": () => [Array(MANY).fill(1)],
  "rows of many lengths": () => Array.from({ length: 600 }, (_, i) => Array(i).fill(1)),
  "rows and holes": () => [[1], ...Array(MANY)],
  "a tensor of many values": () => tensor(device.gpu, new Float32Array(MANY)),
  "a tensor of many dimensions": () => tensor(device.gpu, new Float32Array(2), [2, ...Array(5).fill(1)]),
};

/** Whether a parameter may be a tensor, or numbers: an image beside the input is a tensor, an order is numbers. */
const takes = (spec: ParamSpec | undefined, isTensor: boolean): boolean =>
  isTensor ? !spec?.list || spec.list === true || !spec.list.permutes : spec?.role !== "image";

test.each(Object.entries(SHAPES))("%s as a parameter: the error stays short", (_, make) => {
  const given = make();
  for (const declaration of registry.values()) {
    for (const param of [...Object.keys(declaration.params), "on"]) {
      const error = failure(() => apply(x, build(declaration, { [param]: given })));
      const isTaken = takes(declaration.params[param], given instanceof Tensor);
      expect(error, param).toBeInstanceOf(isTaken ? ShapeError : ArgumentError);
      expect((error as Error).message.length).toBeLessThan(500);
      expect((error as Error).message).toContain(`${declaration.name}.${param}: got `);
    }
  }
  if (given instanceof Tensor) given.dispose();
});
