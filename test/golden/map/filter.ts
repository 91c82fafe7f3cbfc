// Filters of Kornia, as functions and as classes.

import * as ag from "../../../src/index.ts";
import { blurred, lower, type Size } from "../conventions.ts";
import { point } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {
  "filters.gaussian_blur2d": (m) =>
    blurred(m.input(), m.param("sigma"), m.option<number | Size>("kernel_size", 3), m.option("border_type", "reflect")),
};

export const classes: Classes = {
  RandomGaussianBlur: point((m, i, x) => {
    // With same_on_batch Kornia blurs every sample with the first one's deviation, which alone has the gradient.
    const same = m.setting(i, "same_on_batch", false) || m.item.container?.same_on_batch === true;
    const drawn = m.drawn(i, "sigma");
    const sigma = same ? ag.slice(drawn, 0, 0, 1) : drawn;
    const both = ag.reshape(sigma, [sigma.size, 1]);
    return blurred(
      x,
      ag.concat([both, both], 1),
      m.setting<number | Size>(i, "kernel_size", 3),
      lower(m.setting(i, "border_type", "reflect")),
    );
  }),
};
