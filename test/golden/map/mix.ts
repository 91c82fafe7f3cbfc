// Mixes of several samples: Kornia's classes, called by themselves, with labels and boxes.
//  - RandomMixUpV2's lambda is the share of the partner, augrad's that of the sample itself, as in the paper.
//  - RandomCutMixV2 takes boxes with both ends, and each of its mixes takes from the batch as it was; with `use_correct_lambda` its
//    label weight is the sample's own share.
//  - RandomJigsaw puts its tiles down column by column.
//  - RandomMosaic counts its four images down the columns, cuts at whole pixels, and has width and height mixed up in what it cuts:
//    beyond that is 0. Its boxes are moved between pixels and by width and height mixed up too, and stay within the size of the input.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { constant, part } from "../algebra.ts";
import { drawnOf, madeOf, replayed } from "../classes.ts";
import { run, sizeOf } from "../conventions.ts";
import type { Material } from "../material.ts";
import type { Operations } from "./family.ts";

const partnersOf = (m: Material, name: string): number[] => Array.from(m.drawnNumbers(0, name));

/** Rows (label, label of the partner, share). */
function labelRows(labels: Tensor, partner: readonly number[], share: ag.LabelSource["weights"]): Tensor {
  const n = labels.size;
  const columns = [
    labels,
    ag.gather(labels, { axis: 0, index: constant(labels, partner, [n]) }),
    share instanceof ag.Tensor ? share : constant(labels, share, [n]),
  ];
  return ag.concat(
    columns.map((column) => ag.reshape(column, [n, 1])),
    1,
  );
}

function mixup(m: Material) {
  const image = m.input("image");
  const partner = partnersOf(m, "mixup_pairs");
  const values = { partner, lambda: drawnOf(m, 0, "mixup_lambdas", { times: -1, plus: 1 }) };
  const mix = madeOf(ag.RandomMixUpV2, m, 0);
  const [, { weights }] = ag.labelWeights({ ...mix, params: values, p: undefined }, image.shape);
  const mixed = replayed(mix, values, m.drawnNumbers(0, "batch_prob"), image);
  return { outputs: { image: mixed, label: labelRows(m.input("label"), partner, weights) } };
}

function cutmix(m: Material) {
  const image = m.input("image");
  const n = image.shape[0];
  const pairs = partnersOf(m, "mix_pairs");
  const corners = m.drawnNumbers(0, "crop_src");
  const labels: Tensor[] = [];
  let mixed = image;
  for (let k = 0; k < pairs.length / n; k++) {
    const partner = pairs.slice(k * n, (k + 1) * n);
    const corner = (at: number) => Array.from(partner, (_, i) => corners[(k * n + i) * 8 + at]);
    const size = (first: number, last: number) => corner(last).map((end, i) => end - corner(first)[i] + 1);
    const box = { x: corner(0), y: corner(1), width: size(0, 4), height: size(1, 5) };
    // What is pasted comes from the images as they were: they are further samples of the batch.
    const again = (list: number[]) => [...list, ...list.map(() => 0)];
    const whole = ag.cutmix({
      partner: again(partner.map((at) => at + n)),
      x: again(box.x),
      y: again(box.y),
      width: again(box.width),
      height: again(box.height),
    });
    mixed = ag.slice(run(ag.concat([mixed, image], 0), whole), 0, 0, n);
    const [{ weights }] = ag.labelWeights(ag.cutmix({ partner, ...box }), image.shape);
    labels.push(ag.reshape(labelRows(m.input("label"), partner, weights), [1, n, 3]));
  }
  return { outputs: { image: mixed, label: ag.concat(labels, 0) } };
}

function mosaic(m: Material) {
  const image = m.input("image");
  const [n] = image.shape;
  const permutation = partnersOf(m, "permutation");
  const src = m.drawnNumbers(0, "src");
  const corner = (at: number) => Array.from({ length: n }, (_, i) => src[i * 8 + at]);
  const [height, width] = m.setting<[number, number]>(0, "output_size", [0, 0]);
  const cut = (first: number, last: number) => Math.trunc(corner(last)[0] + 1) - Math.trunc(corner(first)[0]);
  const partners = Array.from({ length: n }, (_, i) => [2, 1, 3].map((k) => permutation[i * 4 + k]));
  const start = (read: (at: number) => number) => ({
    partners,
    x: corner(0).map((at) => read(at) / image.shape[3]),
    y: corner(1).map((at) => read(at) / image.shape[2]),
  });
  const [transform, coins] = [madeOf(ag.RandomMosaic, m, 0), m.drawnNumbers(0, "batch_prob")];
  const mosaic = replayed(transform, start(Math.trunc), coins, image);
  const given = { image, boxes: ag.asBoxes(m.input("bbox_xyxy"), { clip: false }) };
  const { boxes } = replayed(transform, start(Number), coins, given);
  const [right, below] = [cut(0, 2), cut(1, 7)];
  const beyond = [
    ag.erasing({ x: right, y: 0, width: Math.max(width - right, 0), height }),
    ag.erasing({ x: 0, y: below, width, height: Math.max(height - below, 0) }),
  ];
  return {
    outputs: {
      image: run(mosaic, ...beyond),
      bbox_xyxy: mixedUp(boxes.data as Tensor, sizeOf(image)),
    },
  };
}

/** Boxes of four images in Kornia's order, each moved by its rows of the other side's length, and held within the image. */
function mixedUp(boxes: Tensor, [h, w]: readonly [number, number]): Tensor {
  const [n, all] = boxes.shape;
  const each = all / 4;
  const tiles = [0, 2, 1, 3].map((at, k) => {
    const own = ag.slice(boxes, 1, at * each, (at + 1) * each);
    const [x, y] = [Math.floor(k / 2) * (h - w), (k % 2) * (w - h)];
    const sides = [0, 1, 2, 3].map((side) => {
      const [by, size] = side % 2 === 0 ? [x, w] : [y, h];
      const end = side > 1 ? 1 : 0;
      return ag.reshape(ag.clamp(ag.add(part(own, side), by), end, size - 1 + end), [n, each, 1]);
    });
    return ag.concat(sides, 2);
  });
  return ag.concat(tiles, 1);
}

/** Kornia reads its tiles row by row, and puts them down column by column. */
function jigsaw(m: Material) {
  const image = m.input("image");
  const n = image.shape[0];
  const [rows, columns] = m.setting<[number, number]>(0, "grid", [4, 4]);
  const drawn = m.drawnNumbers(0, "permutation");
  const permutation = Array.from({ length: n }, (_, i) =>
    Array.from(
      { length: rows * columns },
      (_, k) => drawn[i * rows * columns + (k % columns) * rows + Math.floor(k / columns)],
    ),
  );
  return {
    outputs: {
      image: replayed(madeOf(ag.RandomJigsaw, m, 0), { permutation }, m.drawnNumbers(0, "batch_prob"), image),
    },
  };
}

export const operations: Operations = {
  "augmentation.RandomJigsaw": async (m) => jigsaw(m),
  "augmentation.RandomMixUpV2": async (m) => mixup(m),
  "augmentation.RandomCutMixV2": async (m) => cutmix(m),
  "augmentation.RandomMosaic": async (m) => mosaic(m),
};
