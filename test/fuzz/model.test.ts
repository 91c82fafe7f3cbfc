/** The fuzzer's model against the float64 reference, and its gradients against differences of that reference. */
import { describe, expect, it } from "vitest";
import { numericVjp } from "../reference/difference.ts";
import { referenceChain, type Transform64 } from "../reference/index.ts";
import { type Case, modelLinks } from "./case.ts";
import { drawCase, drawStructure } from "./draw.ts";
import { gridOfCase, weightsFor } from "./image.ts";
import { groupsOf, modelChain } from "./model/chain.ts";
import { gridOf } from "./model/grid.ts";

/** What the reference knows: numbers without gates, and a centre of two values. */
function asReference(made: Case): Transform64[] {
  const samples = made.shape[0];
  let [h, w] = [made.shape[2], made.shape[3]];
  return modelLinks(made).map(({ name, options, rows }) => {
    const { width, height, ...rest } = options as { width?: number; height?: number; relative?: boolean };
    const params = { ...rows };
    if (rows.centerX || rows.centerY) {
      const at = (axis: "centerX" | "centerY", size: number, n: number) => rows[axis]?.[n][0] ?? (size - 1) / 2;
      params.center = Array.from({ length: samples }, (_, n) => [at("centerX", w, n), at("centerY", h, n)]);
      delete params.centerX;
      delete params.centerY;
    }
    if (name === "resize") (rest as Record<string, unknown>).padding = "border";
    const size: Record<string, unknown> = height === undefined ? {} : { size: [height, width] };
    // An affine map to another size keeps the centres together, which the reference does by a shift.
    if (name === "affine" && height !== undefined) {
      for (const [axis, half] of [
        ["x", (width! - w) / 2 / (rest.relative ? w : 1)],
        ["y", (height - h) / 2 / (rest.relative ? h : 1)],
      ] as const)
        params[axis] = Array.from({ length: samples }, (_, n) => [(rows[axis]?.[n][0] ?? 0) + half]);
    }
    [h, w] = [height ?? h, width ?? w];
    return { name, params, options: { ...rest, ...size } };
  });
}

/** A row of maps samples as its last one does there; a flip at its end gets what the row has. */
function chainOf(made: Case): { chain: Transform64[]; rows: number[] } {
  const chain = asReference(made);
  const groups = groupsOf(modelLinks(made), [made.shape[2], made.shape[3]], made.compose);
  for (const { first, count } of groups) {
    const of = chain.slice(first, first + count).find(({ name }) => !name.endsWith("Flip"));
    const last = first + count - 1;
    if (of && chain[last].name.endsWith("Flip"))
      chain[last] = {
        name: chain[last].name,
        params: of.params.fill ? { fill: of.params.fill } : {},
        options: of.options,
      };
  }
  return { chain, rows: groups.map(({ count }) => count) };
}

const isPlain = ({ links, refused }: Case) => !refused && links.every(({ on }) => !on);

function casesOf(seed: number, structures: number): Case[] {
  return Array.from({ length: structures }, (_, i) => {
    const structure = drawStructure(seed, i);
    return [0, 1].map((draw) =>
      drawCase({ ...structure, links: structure.links.map((l) => ({ ...l, on: undefined })) }, seed, i, draw),
    );
  }).flat();
}

const value = (made: Case) => {
  const x = gridOfCase(made);
  const model = modelChain(modelLinks(made), x, { compose: made.compose, half: false });
  return { x, model };
};

describe("the model of a chain", () => {
  it("has the reference's result, to an error that it gives itself", () => {
    let compared = 0;
    let known = 0;
    for (const made of casesOf(11, 120)) {
      if (!isPlain(made)) continue;
      const { x, model } = value(made);
      const { chain, rows } = chainOf(made);
      const expected = referenceChain(chain, { data: x.v, shape: x.shape }, { rows });
      expect(model.y.shape).toEqual(expected.shape);
      expected.data.forEach((v, i) => {
        compared++;
        // A place that is not known shows anything that the image has.
        if (model.y.e[i] > 1e-2) return;
        known++;
        const e = Math.abs(v - model.y.v[i]);
        if (!(e <= 1e-9 * Math.max(1, Math.abs(v)) || e <= model.y.e[i]))
          throw new Error(
            `${v} is not ${model.y.v[i]}: ${JSON.stringify({ ...made, image: made.image.length }).slice(0, 2500)}`,
          );
      });
    }
    expect(known / compared).toBeGreaterThan(0.9);
  });

  it("has the gradients that differences of the reference have", () => {
    let compared = 0;
    for (const made of casesOf(12, 60)) {
      if (
        !isPlain(made) ||
        made.image.length > 150 ||
        made.links.some(({ options }) => options.interpolation === "nearest")
      )
        continue;
      const { x, model } = value(made);
      const weights = weightsFor(model.y.shape);
      const g = gridOf(model.y.shape);
      g.v.set(weights);
      const mine = model.back(g);
      const { chain, rows } = chainOf(made);
      const numeric = numericVjp(chain, { data: x.v, shape: x.shape }, weights, { rows, step: 1e-6 });
      numeric.x.gradient.forEach((v, i) => {
        if (numeric.x.kinks[i] || mine.x.e[i] > 1e-2) return;
        compared++;
        close(mine.x.v[i], v, mine.x.e[i], made, "image");
      });
      modelLinks(made).forEach((link, k) => {
        for (const [name, own] of Object.entries(mine.params[k])) {
          // What a row shows beyond the image was given to the flip at its end.
          if (name === "fill" && chain.some((t) => t.name.endsWith("Flip") && t.params.fill)) continue;
          const other = of(numeric.params[k], name);
          if (!other) continue;
          other.gradient.forEach((v, n) => {
            v.forEach((number, j) => {
              if (other.kinks[n][j] || own.e[n][j] > 1e-2) return;
              compared++;
              close(own.v[n][j], number, own.e[n][j], made, `${link.name}.${name}`);
            });
          });
        }
      });
    }
    expect(compared).toBeGreaterThan(2000);
  });
});

function close(a: number, b: number, e: number, made: Case, what: string): void {
  if (Math.abs(a - b) <= 10 * e + 3e-5 * Math.max(1, Math.abs(b))) return;
  throw new Error(
    `${what}: ${a} is not ${b} (${e}): ${JSON.stringify({ ...made, image: made.image.length }).slice(0, 2500)}`,
  );
}

function of(params: ReturnType<typeof numericVjp>["params"][number], name: string) {
  if (name !== "centerX" && name !== "centerY") return params[name];
  const { center } = params;
  if (!center) return undefined;
  const k = name === "centerX" ? 0 : 1;
  return { gradient: center.gradient.map((row) => [row[k]]), kinks: center.kinks.map((row) => [row[k]]) };
}
