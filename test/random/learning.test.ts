/** Every range of every random class learns: gradients reach its bounds, are the true ones, and a step moves the next draw. */
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backward,
  type Distribution,
  isDistribution,
  mul,
  parameter,
  type Sampled,
  sequential,
  sgd,
  sum,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { CASES } from "./cases.ts";
import { ALL, classes, inputOf, N } from "./classes.ts";

const device = testGpu();

/** Options that take a range, or a tensor that learns; what is shown beyond the image learns with every map. */
const rangesOf = ({ random: { options, declaration } }: (typeof classes)[number][1]): string[] =>
  Object.entries(options).flatMap(([option, { sets, allowed }]) =>
    /tensor/.test(allowed) && declaration.params[sets[0]]?.role !== "fill" ? [option] : [],
  );

/** A loss that tells pixels apart. */
function weighted(y: Tensor): Tensor {
  const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(2.3 * i + 0.7));
  return sum(mul(y, tensor(y.gpu, weights, y.shape)));
}

/** How far bounds move for a difference: rounding of f32 is 10⁻⁴ of that. */
const H = 2e-3;

const largest = (list: readonly number[]): number => Math.max(...list.map(Math.abs));
const numbersOf = (values: unknown): number[] => [values].flat(3) as number[];

test("what takes a range is in the table of what learns, or of what does not", () => {
  for (const [name, make] of classes) {
    const { learn = {}, fixed = [] } = CASES[name];
    const listed = [...Object.keys(learn), ...fixed];
    expect(listed.sort(), name).toEqual(rangesOf(make).sort());
  }
});

test("a range without a gradient refuses a tensor, by the option's name", () => {
  for (const [name, make] of classes)
    for (const option of CASES[name].fixed ?? []) {
      const learned = () => make({ ...CASES[name].settings, [option]: parameter(device.gpu, [3, 5]) });
      expect(learned).toThrow(ArgumentError);
      expect(learned).toThrow(`${name}.${option}`);
    }
});

const learners = classes.filter(([name]) => CASES[name].learn);

describe.each(learners)("%s", (name, make) => {
  const { settings = {}, learn = {}, sizes = false, levels } = CASES[name];

  test("all its ranges learn", async () => {
    using scope = device.gpu.scope();
    const { gpu } = device;
    const bounds = Object.entries(learn).map(
      ([option, values]) => [option, parameter(gpu, values.length === 1 ? values[0] : [...values])] as const,
    );
    const transform = make({ ...settings, ...Object.fromEntries(bounds), p: sizes ? 1 : ALL });
    const augment = sequential([transform]);
    const x = inputOf(gpu, make, levels);
    backward(weighted(augment(x, { step: 0 })));
    const gradients = new Map<string, number[]>();
    for (const [option, tensor] of bounds) gradients.set(option, Array.from(await tensor.grad!.read()));
    for (const [option, slopes] of gradients)
      for (const slope of slopes) expect(Math.abs(slope), `gradient of ${option}`).toBeGreaterThan(0);

    // By the chain rule, of how the draws move as the bounds do in some direction, and what the transform makes of that. What is
    // drawn of a list moves in jumps, and is left alone.
    const recipe = augment.sample(N, { step: 0, shape: x.shape });
    const drawn = async (from = recipe) => (await augment.read(from)).transforms[0].params;
    const values = await drawn();
    const jumps = (option: string) =>
      make.random.options[option].sets.some((param) => isListed(drawOf(transform, param)));
    const moving = Object.keys(learn).filter((option) => !jumps(option) && isDrawn(option));
    const direction = (option: string, j: number) => (moving.includes(option) ? Math.cos(5 * j + option.length) : 0);
    const at = async (by: number) => {
      for (const [option, tensor] of bounds)
        tensor.write(learn[option].map((value, j) => value + by * direction(option, j)));
      return drawn();
    };
    const [above, below] = [await at(H), await at(-H)];
    await at(0);
    const terms = (await slopesOf(x, transform, values, recipe)).flatMap(([param, slopes]) => {
      const [up, down] = [numbersOf(above[param]), numbersOf(below[param])];
      return slopes.map((slope, i) => (slope * (up[i] - down[i])) / (2 * H));
    });
    const total = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0);
    const found = moving.flatMap((option) => gradients.get(option)!.map((slope, j) => slope * direction(option, j)));
    expect(Math.abs(total(found) - total(terms))).toBeLessThanOrEqual(5e-3 * total(terms.map(Math.abs)));

    const many = augment.sample(200, { step: 0, shape: [200, 3, 8, 8] });
    const [before, image] = [await drawn(many), await augment(x, { step: 0 }).read()];
    for (const [option, tensor] of bounds)
      tensor.grad!.copyFrom(mul(tensor.grad!, (0.05 * largest(learn[option])) / largest(gradients.get(option)!)));
    const optimizer = sgd(
      bounds.map(([, tensor]) => tensor),
      { learningRate: 1 },
    );
    optimizer.step();
    const after = await drawn(many);
    for (const option of Object.keys(learn))
      for (const param of make.random.options[option].sets)
        if (param in many.transforms[0].units)
          expect(after[param], `the next draw of ${option}`).not.toEqual(before[param]);
    // Clahe's limit is a whole number of pixels: a small step may miss the next one.
    if (!levels) expect(await augment(x, { step: 0 }).read()).not.toEqual(image);
    optimizer.dispose();
    void scope;

    function isDrawn(option: string): boolean {
      return make.random.options[option].sets.some((param) => param in recipe.transforms[0].units);
    }
  });
});

/** Whether single values are drawn, and none between. */
const isListed = (of: Distribution | undefined): boolean =>
  of?.distribution === "times" ? isListed(of.of) : of?.distribution === "choice" || of?.distribution === "integers";

const drawOf = ({ params }: Transform, param: string) => (isDistribution(params[param]) ? params[param] : undefined);

/** The gradient of the loss in every value that was drawn of learned bounds. */
async function slopesOf(
  x: Tensor,
  transform: Transform,
  values: Sampled["transforms"][number]["params"],
  recipe: Sampled,
): Promise<[param: string, slopes: number[]][]> {
  const learned = Object.keys(recipe.transforms[0].units).map((param) => {
    const rows = values[param];
    const width = Array.isArray(rows) && Array.isArray(rows[0]) ? [rows[0].length] : [];
    return [param, parameter(x.gpu, numbersOf(rows), [N, ...width])] as const;
  });
  const on = transform.p === 1 ? undefined : new Array<number>(N).fill(1);
  const params = { ...transform.params, ...recipe.transforms[0].params, ...Object.fromEntries(learned) };
  backward(weighted(sequential([{ ...transform, params, p: undefined, on } as Transform])(x, { step: 0 })));
  return Promise.all(
    learned.map(async ([param, tensor]) => [param, Array.from(await tensor.grad!.read())] as [string, number[]]),
  );
}
