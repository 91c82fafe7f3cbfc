// What covers a part of the image.

import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
import { runMask, sizeOf } from "../conventions.ts";
import type { Classes } from "./family.ts";

/** The rectangle of whole pixels, in parts of the image. */
const erased = through(ag.RandomErasing, (m, i, x) => {
  const [height, width] = sizeOf(x);
  const [xs, ys, widths, heights] = ["xs", "ys", "widths", "heights"].map((name) =>
    Array.from(m.drawnNumbers(i, name)),
  );
  const within = (at: number, side: number, whole: number) => (whole > side ? at / (whole - side) : 0);
  return {
    area: widths.map((w, k) => (w * heights[k]) / (width * height)),
    ratio: widths.map((w, k) => heights[k] / w),
    x: xs.map((at, k) => within(at, widths[k], width)),
    y: ys.map((at, k) => within(at, heights[k], height)),
    value: drawnOf(m, i, "values"),
  };
});

export const classes: Classes = {
  RandomErasing: (m, i, n) => {
    const place = {
      x: m.drawn(i, "xs"),
      y: m.drawn(i, "ys"),
      width: m.drawn(i, "widths"),
      height: m.drawn(i, "heights"),
    };
    return {
      ...erased(m, i, n),
      mask: (x) => runMask(x, ag.erasing({ ...place, value: m.drawn(i, "values") })),
    };
  },
};
