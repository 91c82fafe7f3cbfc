import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blend,
  mixture,
  oneOf,
  patches,
  randomOrder,
  sequential,
  someOf,
  sometimes,
  type Tree,
  uniform,
  within,
} from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { RandomCrop, RandomMixUpV2, RandomResizedCrop } from "../../src/random/index.ts";
import { asBoxes, asMask } from "../../src/targets/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  centerCrop,
  erasing,
  fisheye,
  invert,
  pad,
  resize,
  resizedCrop,
  rotate,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, H, W] = [6, 12, 10];
const EACH = H * W;
const noise = (count: number, seed = 1) =>
  Float32Array.from({ length: count }, (_, i) => Math.abs(Math.sin((i + seed) * 12.9898) * 43758.5453) % 1);
const pixels = noise(N * EACH);
const batch = () => tensor(device.gpu, pixels, [N, 1, H, W]);
const image = (i: number) => tensor(device.gpu, pixels.slice(i * EACH, (i + 1) * EACH), [1, 1, H, W]);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const rowOf = (all: Float32Array, i: number) => all.slice((i * all.length) / N, ((i + 1) * all.length) / N);

/** Links that end in 8 x 8. What is random in them has a name of its own, so that it is drawn alike in any pipeline. */
const LINKS: Record<string, (at: string) => Tree> = {
  crop: (at) => RandomCrop({ size: [8, 8], key: `crop ${at}` }),
  resized: (at) => RandomResizedCrop({ size: [8, 8], key: `resized ${at}` }),
  filtered: () => resize({ height: 8, width: 8 }),
  turned: (at) => [rotate({ angle: uniform(-40, 40), p: 0.7, key: `turn ${at}` }), centerCrop({ height: 8, width: 8 })],
  bent: (at) => [
    resize({ height: 9, width: 11 }),
    fisheye({ centerX: 0.1, centerY: -0.1, gamma: uniform(0.7, 1.4), key: `bend ${at}` }),
    RandomCrop({ size: [8, 8], key: `bent crop ${at}` }),
    brightness({ factor: uniform(0.5, 1.5), p: 0.5, key: `bright ${at}` }),
  ],
  covered: (at) => [
    pad({ left: 2, bottom: 1 }),
    sometimes(0.5, brightness({ factor: uniform(0.2, 0.8), key: `dark ${at}` }), { key: `some ${at}` }),
    centerCrop({ height: 8, width: 8 }),
    sequential([erasing({ x: 1, y: 2, width: uniform(2, 5), height: 4, key: `hole ${at}` })]),
  ],
};

/** Links, and those of them that one sample gets. */
interface Drawn {
  tree: Tree;
  of: (sample: number, step: number) => Tree;
}

const chosenOf = (pipeline: ReturnType<typeof sequential>, sample: number, step: number): number =>
  [pipeline.sample(1, { step, samples: [sample] }).choices![0].chosen].flat(2)[0];

/** Selections of which a sample gets one link, by the names of their random streams: what they draw depends on these alone. */
const SELECTIONS: ((links: Tree[], key: string) => Tree)[] = [
  (links, key) => oneOf(links, { key }),
  (links, key) => someOf(1, links, { key }),
];

const choiceOf = (at: string, depth: number): fc.Arbitrary<Drawn> =>
  fc
    .tuple(fc.constantFrom(...SELECTIONS), linkOf(`${at}0`, depth), linkOf(`${at}1`, depth))
    .map(([select, ...links]) => {
      const trees = links.map(({ tree }) => tree);
      const alone = sequential([select([[], []], at)]);
      return { tree: select(trees, at), of: (...draw) => links[chosenOf(alone, ...draw)].of(...draw) };
    });

const linkOf = (at: string, depth: number): fc.Arbitrary<Drawn> => {
  const plain = fc.constantFrom(...Object.keys(LINKS)).map((name): Drawn => {
    const tree = LINKS[name](at);
    return { tree, of: () => tree };
  });
  const deep = () =>
    fc.tuple(choiceOf(at, depth - 1), fc.boolean()).map(([inner, more]): Drawn => {
      const behind = brightness({ factor: uniform(0.5, 1.5), key: `behind ${at}` });
      return more ? { tree: [inner.tree, behind], of: (...draw) => [inner.of(...draw), behind] } : inner;
    });
  return depth === 0
    ? plain
    : fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: fc.nat(0).chain(deep) });
};

const HEAD = rotate({ angle: uniform(-20, 20), p: 0.5, key: "head" });
const TAIL = brightness({ factor: uniform(0.8, 1.2), key: "tail" });

describe("a sample of links that change the size", () => {
  it("gets what its link makes of it alone, bit for bit, and its labels what that makes of them", async () => {
    const boxes = () => Array.from({ length: N }, (_, i) => [1, 2, 4 + i, 9]);
    const marks = noise(N * EACH, 7).map((v) => Math.floor(3 * v));
    const labels = (x: Tensor, places: number[]) => ({
      image: x,
      mask: asMask(
        tensor(
          device.gpu,
          places.flatMap((i) => [...marks.slice(i * EACH, (i + 1) * EACH)]),
          [places.length, H, W],
        ),
        { fill: 2 },
      ),
      boxes: asBoxes(
        tensor(
          device.gpu,
          places.flatMap((i) => boxes()[i]),
          [places.length, 1, 4],
        ),
        { clip: false },
      ),
      keypoints: tensor(
        device.gpu,
        places.flatMap((i) => [2, 3, i, 7.5]),
        [places.length, 2, 2],
      ),
    });
    await fc.assert(
      fc.asyncProperty(choiceOf("x", 1), fc.nat(50), async ({ tree, of }, step) => {
        const all = sequential([HEAD, tree, TAIL])(labels(batch(), [...Array(N).keys()]), { step });
        const whole = await Promise.all([all.image, all.mask.data, all.boxes.data, all.keypoints].map(values as never));
        expect(all.image.shape).toEqual([N, 1, 8, 8]);
        for (let i = 0; i < N; i++) {
          const alone = sequential([HEAD, of(i, step), TAIL]);
          const one = alone(labels(image(i), [i]), { step, samples: [i] });
          const own = await Promise.all([one.image, one.mask.data, one.boxes.data, one.keypoints].map(values as never));
          const rows = whole.map((part) => rowOf(part as Float32Array, i));
          expect(rows.slice(0, 2)).toEqual(own.slice(0, 2));
          // Places go through products of matrices, and those of a batch are multiplied in another order.
          for (const k of [2, 3])
            for (const [j, v] of (own[k] as Float32Array).entries()) expect(rows[k][j]).toBeCloseTo(v, 4);
        }
      }),
      { numRuns: 3, seed: 3 },
    );
  });

  it("sends gradients to the images and to what is learned, and 0 to what no sample got", async () => {
    const [low, factor, idle] = [[-30], [0.8], [0.9]].map((each) => parameter(device.gpu, each));
    const turned = [rotate({ angle: uniform(low, 30), key: "turn" }), centerCrop({ height: 8, width: 8 })];
    const bright = [resize({ height: 8, width: 8 }), brightness({ factor })];
    const never = [RandomCrop({ size: [8, 8] }), brightness({ factor: idle })];
    const choice = oneOf([turned, bright, never], { weights: [1, 1, 0], key: "of" });
    const weight = noise(64);
    const pull = (links: Tree[], x: Tensor, samples: number[]) => {
      const y = sequential(links)(x, { step: 5, samples });
      const g = tensor(
        device.gpu,
        samples.flatMap(() => [...weight]),
        y.shape,
      );
      backward(sum(mul(y, g)));
    };
    const x = parameter(device.gpu, [...pixels], [N, 1, H, W]);
    pull([choice], x, [...Array(N).keys()]);
    const [dx, dLow, dFactor, dIdle] = await Promise.all([x, low, factor, idle].map(({ grad }) => values(grad!)));
    expect(dIdle).toEqual(Float32Array.of(0));
    const { chosen } = sequential([choice]).sample(N, { step: 5 }).choices![0];
    expect(new Set(chosen as number[])).toEqual(new Set([0, 1]));
    const sums = [0, 0];
    for (const [i, k] of (chosen as number[]).entries()) {
      const one = parameter(device.gpu, [...rowOf(pixels, i)], [1, 1, H, W]);
      for (const each of [low, factor]) each.grad = null;
      pull([[turned, bright][k] as Tree], one, [i]);
      expect(rowOf(dx, i)).toEqual(await values(one.grad!));
      sums[k] += (await values([low, factor][k].grad!))[0];
    }
    expect(dLow[0]).toBeCloseTo(sums[0], 3);
    expect(dFactor[0]).toBeCloseTo(sums[1], 3);
    expect(Math.abs(sums[0])).toBeGreaterThan(1e-3);
  });

  it("may be one of a learned choice, and of what was read of it", async () => {
    const weights = parameter(device.gpu, [1, 2]);
    const trees = [RandomCrop({ size: [8, 8], key: "a" }), resize({ height: 8, width: 8 })];
    const pipeline = sequential([oneOf(trees, { weights }), TAIL]);
    const y = pipeline(batch(), { step: 1 });
    const drawn = pipeline.sample(N, { step: 1 });
    const fixed = await pipeline.read(drawn);
    expect(await values(pipeline.replay(batch(), drawn))).toEqual(await values(y));
    expect(await values(pipeline.replay(batch(), fixed))).toEqual(await values(y));
    const known = sequential([oneOf(trees), TAIL]);
    expect(await values(known.replay(batch(), fixed))).toEqual(await values(y));
    expect(pipeline.motion(batch(), fixed).after).toEqual([8, 8]);
    backward(sum(mul(y, y)));
    expect((await values(weights.grad!)).some((v) => v !== 0)).toBe(true);
  });

  it("may have choices that learn among its links, and links that have some within", async () => {
    const learned = (key: string) =>
      oneOf([brightness({ factor: 0.5 }), []], { weights: parameter(device.gpu, [1, 1]), key });
    const crop = (key: string) => RandomCrop({ size: [8, 8], key });
    const trees: Tree[] = [
      [learned("l"), crop("a")],
      [patches([learned("m")], { grid: [2, 2] }), crop("b")],
      resize({ height: 8, width: 8 }),
    ];
    const pipeline = sequential([oneOf(trees, { key: "of" })]);
    const y = await values(pipeline(batch(), { step: 4 }));
    const { chosen } = pipeline.sample(N, { step: 4 }).choices![0];
    expect(new Set(chosen as number[])).toEqual(new Set([0, 1, 2]));
    for (const [i, k] of (chosen as number[]).entries())
      expect(rowOf(y, i)).toEqual(await values(sequential([trees[k]])(image(i), { step: 4, samples: [i] })));
  });

  it("sees its partners as they come through its links", async () => {
    const mixed = (): Tree => [RandomCrop({ size: [8, 8], key: "a" }), RandomMixUpV2({ p: 1, key: "m" })];
    const y = await values(sequential([oneOf([mixed(), resize({ height: 8, width: 8 })])])(batch(), { step: 2 }));
    const { chosen } = sequential([oneOf([[], []])]).sample(N, { step: 2 }).choices![0];
    const whole = await Promise.all(
      [mixed(), resize({ height: 8, width: 8 })].map((tree) => values(sequential([tree])(batch(), { step: 2 }))),
    );
    for (const [i, k] of (chosen as number[]).entries()) expect(rowOf(y, i)).toEqual(rowOf(whole[k], i));
    const pipeline = sequential([oneOf([mixed(), resize({ height: 8, width: 8 })])]);
    const labels = tensor(device.gpu, noise(2 * N), [N, 2]);
    const blended = await values(pipeline({ image: batch(), label: labels }, { step: 2 }).label);
    const alone = await values(sequential([mixed()])({ image: batch(), label: labels }, { step: 2 }).label);
    for (const [i, k] of (chosen as number[]).entries())
      expect(rowOf(blended, i)).toEqual(rowOf(k === 0 ? alone : await values(labels), i));
    const boxes = tensor(device.gpu, new Float32Array(4 * N), [N, 1, 4]);
    expect(() => pipeline({ image: batch(), boxes }, { step: 2 })).toThrow(/boxes: got places beside mixup/);
  });
});

describe("links that change the size", () => {
  const bigger = pad({ left: 3, top: 2 });
  const back = centerCrop({ height: H, width: W });

  it("stand where some samples go without, if they end in the size of the images", async () => {
    const links = [bigger, rotate({ angle: uniform(-30, 30), key: "turn" }), back];
    const pipelines = [
      sometimes(0.5, links),
      someOf([0, 2], [links, brightness({ factor: 0.5 })]),
      someOf(2, [links, invert()], { order: "random" }),
    ];
    for (const tree of pipelines) {
      const pipeline = sequential([tree]);
      const drawn = pipeline.sample(N, { step: 3 });
      const y = await values(pipeline(batch(), { step: 3 }));
      expect(await values(pipeline.replay(batch(), drawn))).toEqual(y);
      const own: Record<number, Tree> = { 0: links, 1: tree === pipelines[1] ? brightness({ factor: 0.5 }) : invert() };
      for (const [i, got] of drawn.choices![0].chosen.entries()) {
        const order = tree === pipelines[0] ? (got ? [0] : []) : (got as number[]);
        const alone = sequential(order.map((k) => own[k]));
        expect(rowOf(y, i)).toEqual(await values(alone(image(i), { step: 3, samples: [i] })));
      }
    }
  });

  it("stand within a blend, a part of the image and patches", async () => {
    const choice = (at: string) =>
      oneOf([RandomCrop({ size: [8, 8], key: `a${at}` }), resize({ height: 8, width: 8 })], { key: `of${at}` });
    const whole = resize({ height: H, width: W });
    const trees: [Tree, Tree[]][] = [
      [blend([choice("b"), whole], 0.25), [choice("b"), whole]],
      [within({ channels: [0] }, [choice("c"), whole]), [choice("c"), whole]],
    ];
    for (const [tree, links] of trees) {
      const y = await values(sequential([tree])(batch(), { step: 6 }));
      const made = await values(sequential(links)(batch(), { step: 6 }));
      const share = tree === trees[0][0] ? 0.25 : 1;
      for (const [i, v] of y.entries()) expect(v).toBeCloseTo(share * made[i] + (1 - share) * pixels[i], 5);
    }
    const part = sequential([within({ box: [0, 0, W, 6] }, [choice("d"), whole])]);
    const points = tensor(device.gpu, Array.from({ length: N }, () => [2, 3, 4, 10]).flat(), [N, 2, 2]);
    const places = await values(part({ image: batch(), keypoints: points }, { step: 6 }).keypoints);
    const alone = await values(
      sequential([choice("d"), whole])({ image: batch(), keypoints: points }, { step: 6 }).keypoints,
    );
    for (let i = 0; i < N; i++)
      expect(places.slice(4 * i, 4 * i + 4)).toEqual(Float32Array.of(...alone.slice(4 * i, 4 * i + 2), 4, 10));
    const cut = sequential([oneOf([blend([pad({ left: 1 }), back], 0.5), invert()], { key: "of" })]);
    const y = await values(cut(batch(), { step: 6 }));
    const { chosen } = cut.sample(N, { step: 6 }).choices![0];
    for (const [i, k] of (chosen as number[]).entries())
      expect(rowOf(y, i)).toEqual(
        await values(sequential([k === 0 ? blend([pad({ left: 1 }), back], 0.5) : invert()])(image(i), { step: 6 })),
      );
    const pieces = patches(
      oneOf([resize({ height: 3, width: 2 }), centerCrop({ height: 3, width: 2 })], { key: "of" }),
      { grid: [2, 2] },
    );
    const small = pieces(batch(), { step: 6 });
    expect(small.shape).toEqual([N, 1, 6, 4]);
    const padded = patches(oneOf([pad({ left: 1 }), pad({ right: 1 })]), { grid: [2, 2] });
    expect(padded(batch(), { step: 6 }).shape).toEqual([N, 1, H, W + 2]);
    const shown = sequential([trees[0][0], padded]).explain([N, 1, H, W]).passes;
    const outputs = shown.map(({ transforms, output }) => [transforms[0], ...output.slice(2)].join(" "));
    for (const each of ["cropAt 8 8", "resize 12 10", "blend 12 10", "pad 6 6", "patches 12 12"])
      expect(outputs).toContain(each);
  });

  it("are named where they end in different sizes", () => {
    const run = (tree: Tree) => () => sequential([tree])(batch(), { step: 0 });
    const [eight, nine] = [8, 9].map((size) => centerCrop({ height: size, width: size }));
    expect(run(oneOf([eight, [nine], []]))).toThrow(
      /transforms\[0\], links of oneOf.*8, 8\] by link 0, \[6, 1, 9, 9\] by link 1, \[6, 1, 12, 10\] by link 2.*all make one size/,
    );
    expect(run([invert(), oneOf([eight, oneOf([eight, nine])])])).toThrow(
      /\[1\]\.links\[1\], links of oneOf.*one size/,
    );
    expect(run(sometimes(0.5, eight))).toThrow(
      /links of sometimes.*8, 8\] by link 0.*keep the size, as a sample may go without them/,
    );
    expect(run(someOf([1, 2], [eight, invert()]))).toThrow(/links of someOf.*keep the size/);
    expect(run(randomOrder([eight, invert()]))).toThrow(/links of randomOrder.*keep the size/);
    expect(run(mixture([eight]))).toThrow(/links of mixture.*keep the size, as what they make is added to the image/);
    expect(run(oneOf([centerCrop({ height: 8, width: 8, p: 0.5 }), eight]))).toThrow(/centerCrop\.p/);
    const weights = parameter(device.gpu, [1, 1]);
    expect(run(oneOf([eight, nine], { weights }))).toThrow(/links of oneOf.*one size/);
  });

  it("share a chain with others while no image changes its size, and are a pass for each link otherwise", () => {
    const pipeline = sequential([
      oneOf([
        centerCrop({ height: 8, width: 8 }),
        resizedCrop({ area: 0.5, ratio: 1, x: 0, y: 0, height: 8, width: 8 }),
      ]),
      invert(),
    ]);
    expect(pipeline.explain([N, 1, 8, 8]).passes.length).toBe(1);
    const { passes } = pipeline.explain([N, 1, H, W]);
    expect(passes.map(({ transforms, output }) => [transforms, output.slice(2)])).toEqual([
      [["centerCrop"], [8, 8]],
      [["resizedCrop"], [8, 8]],
      [["invert"], [8, 8]],
    ]);
    expect(passes[0].ended).toMatch(/branch 0/);
  });

  it("take images of several sizes, and leave memory as it was", async () => {
    const pipeline = sequential([
      oneOf([RandomCrop({ size: [8, 8], key: "a" }), resize({ height: 8, width: 8 })], { key: "of" }),
      TAIL,
    ]);
    const small = tensor(device.gpu, noise(90), [1, 9, 10]);
    const list = [
      tensor(device.gpu, rowOf(pixels, 0), [1, H, W]),
      small,
      tensor(device.gpu, rowOf(pixels, 2), [1, H, W]),
    ];
    const together = await values(pipeline(list, { step: 4 }));
    for (const [i, each] of list.entries())
      expect(together.slice(64 * i, 64 * (i + 1))).toEqual(await values(pipeline(each, { step: 4, samples: [i] })));
    const boxes = list.map(() => tensor(device.gpu, [1, 2, 5, 9], [1, 4]));
    const objects = pipeline({ image: list, boxes }, { step: 4 });
    for (const [i, each] of list.entries()) {
      const one = pipeline({ image: each, boxes: boxes[i] }, { step: 4, samples: [i] });
      expect(await values(objects.boxes[i])).toEqual(await values(one.boxes));
    }
    const { passes } = pipeline.explain(list.map(({ shape }) => shape));
    expect(passes.map(({ input }) => input.slice(2))).toContainEqual([9, 10]);
    const x = batch();
    const live = async (step: number) => {
      pipeline(x, { step }).dispose();
      await device.gpu.flush();
      return device.gpu.stats.bytesInUse;
    };
    await live(0);
    const before = await live(1);
    for (let step = 2; step < 6; step++) expect(await live(step)).toBe(before);
  });
});
