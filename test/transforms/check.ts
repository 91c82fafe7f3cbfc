import { expect } from "vitest";
import {
  type ApplyOptions,
  apply,
  type Gpu,
  grad,
  parameter,
  registry,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { compareGradient, numericVjp } from "../reference/difference.ts";
import { type Image64, type Params64, randomImage, type Shape4 } from "../reference/image.ts";
import { type Case64, cases, referenceChain } from "../reference/index.ts";

/** A transform by name with one row of values per sample, as the float64 reference takes it. */
export interface Case extends Case64 {
  /** Shape of what a field looks through, whose rows are among the parameters. */
  shapes?: Record<string, Shape4>;
  /** Its parameters stay numbers, and get no gradients. */
  fixed?: boolean;
}

/** A case of a transform, of those beside its reference. */
export function caseOf(name: string, index = 0): Case {
  const { field, ...own }: Case = cases.filter((c) => c.name === name)[index];
  const source = registry.get(name)?.field?.name;
  if (!field || !source) return own;
  const { size, rows } = field(7, 8);
  return { ...own, params: { ...own.params, [source]: rows }, shapes: { [source]: [rows.length, 2, ...size] } };
}

export interface CheckOptions extends ApplyOptions {
  image?: Image64;
  shape?: [number, number, number, number];
  seed?: number;
  /** Allowed error of the output, and of gradients relative to the largest. */
  forward?: number;
  backward?: number;
  /** How many positions may lie on kinks. */
  kinks?: number;
  steps?: Record<string, number>;
  /** Leave the gradient of the image out, where it costs the reference too much. */
  noImage?: boolean;
}

function construct({ name, params = {}, options = {} }: Case, values: Record<string, Tensor>): Transform {
  const declaration = registry.get(name)!;
  const defaults: Record<string, unknown> = {};
  for (const [param, spec] of Object.entries(declaration.params))
    defaults[param] = values[param] ?? params[param] ?? spec.default;
  const chosen: Record<string, unknown> = {};
  for (const [option, spec] of Object.entries(declaration.options ?? {}))
    chosen[option] = options[option] ?? spec.default;
  const field = values[declaration.field?.name ?? ""];
  return { declaration, params: defaults as Transform["params"], options: chosen, ...(field ? { field } : {}) };
}

/** Those parameters that are tensors for pixels, and so tensors whatever a case says. */
const pick = (params: Params64, shapes: Record<string, unknown>): Params64 =>
  Object.fromEntries(Object.entries(params).filter(([name]) => name in shapes));

/** The size of the result, where a parameter for pixels has one. */
function sizeFrom({ shapes = {} }: Case): { height?: number; width?: number } {
  const [shape] = Object.values(shapes);
  return shape ? { height: shape[2], width: shape[3] } : {};
}

const isLearnable = (name: string, param: string): boolean => registry.get(name)!.params[param]?.gradient !== false;

/** Random weights of a loss that no symmetry can fool. */
export function weightsFor(length: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/** Compares a chain with the float64 reference: the result, and the gradients of the image and of every parameter given. */
export async function check(gpu: Gpu, links: Case[], options: CheckOptions = {}): Promise<void> {
  const {
    shape = [2, 3, 7, 8],
    seed = 3,
    forward = Math.max(...links.map((c) => c.forward ?? 2e-5)),
    backward = Math.max(...links.map((c) => c.backward ?? 2e-4)),
    kinks = links.reduce((sum, c) => sum + (c.kinks ?? 0), 0),
    steps = Object.assign({}, ...links.map((c) => c.steps)),
    noImage = false,
    image = randomImage(shape, seed),
    ...applied
  } = options;
  const x = tensor(gpu, Float32Array.from(image.data), image.shape, { requiresGrad: true });
  const leaves = links.map(({ name: of, params = {}, fixed = false, shapes = {} }) =>
    Object.fromEntries(
      Object.entries(fixed ? pick(params, shapes) : params)
        .filter(([name]) => isLearnable(of, name))
        .map(([name, rows]) => [
          name,
          parameter(
            gpu,
            rows.flat(),
            shapes[name] ?? (rows[0].length === 1 ? [rows.length] : [rows.length, rows[0].length]),
          ),
        ]),
    ),
  );
  const y = apply(
    x,
    links.map((c, i) => construct(c, leaves[i])),
    applied,
  );
  const chain = links.map((c) => {
    // What the GPU works on are the rounded values.
    const rounded = Object.fromEntries(
      Object.entries(c.params ?? {}).map(([k, rows]) => [k, rows.map((row) => row.map(Math.fround))]),
    );
    return { name: c.name, params: rounded, options: { ...c.options, ...sizeFrom(c) }, context: c.context };
  });
  const { compose } = applied;
  const expected = referenceChain(chain, image, { compose });
  expect(y.shape).toEqual(expected.shape);
  const actual = await y.read();
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < actual.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected.data[i]));
  expect(worst / scale, "error of the result").toBeLessThan(forward);

  const w = weightsFor(y.size);
  const wanted = leaves.flatMap((own, i) => (links[i].fixed ? [] : Object.values(own)));
  const gradients = grad(y, [x, ...wanted], { gradient: tensor(gpu, w, y.shape) });
  const without = links.flatMap(({ name, params = {} }) =>
    Object.keys(params).filter((param) => !isLearnable(name, param)),
  );
  const numeric = numericVjp(chain, image, w, { compose, steps, input: !noImage, without });
  expect(numeric.kinkCount, "positions on kinks").toBeLessThanOrEqual(kinks);
  if (!noImage) {
    const c = compareGradient(await gradients[0].read(), numeric.x);
    expect(c.maxError / Math.max(1, c.scale), "gradient of the image").toBeLessThan(backward);
  }
  let at = 1;
  for (let k = 0; k < links.length; k++) {
    for (const name of links[k].fixed ? [] : Object.keys(leaves[k])) {
      const read = await gradients[at++].read();
      const { gradient, kinks: marks } = numeric.params[k][name];
      const c = compareGradient(read, {
        gradient: Float64Array.from(gradient.flat()),
        kinks: Uint8Array.from(marks.flat(), Number),
        kinkCount: 0,
      });
      expect(c.maxError / Math.max(1, c.scale), `gradient of ${links[k].name}.${name}`).toBeLessThan(backward);
      expect(c.scale, `${links[k].name}.${name} has a gradient`).toBeGreaterThan(0);
    }
  }
}
