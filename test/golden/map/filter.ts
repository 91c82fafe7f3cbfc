// Filters of Kornia, as functions and as classes.

import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
import { blurred, type Size } from "../conventions.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {
  "filters.gaussian_blur2d": (m) =>
    blurred(m.input(), m.param("sigma"), m.option<number | Size>("kernel_size", 3), m.option("border_type", "reflect")),
};

export const classes: Classes = {
  RandomGaussianBlur: through(
    ag.RandomGaussianBlur,
    (m, i) => {
      // With same_on_batch Kornia blurs every sample with the first one's deviation, which alone has the gradient.
      const same = m.setting(i, "same_on_batch", false) || m.item.container?.same_on_batch === true;
      const drawn = drawnOf(m, i, "sigma");
      const sigma = same ? (drawn instanceof ag.Tensor ? ag.slice(drawn, 0, 0, 1) : drawn.slice(0, 1)) : drawn;
      return { sigmaX: sigma, sigmaY: sigma };
    },
    () => ({ sigma: 1 }),
  ),
};
