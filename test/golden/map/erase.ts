// What covers a part of the image.

import * as ag from "../../../src/index.ts";
import { run, runMask } from "../conventions.ts";
import type { Classes } from "./family.ts";

export const classes: Classes = {
  RandomErasing: (m, i) => {
    const place = {
      x: m.drawn(i, "xs"),
      y: m.drawn(i, "ys"),
      width: m.drawn(i, "widths"),
      height: m.drawn(i, "heights"),
    };
    return {
      image: (x) => run(x, ag.erasing({ ...place, value: m.drawn(i, "values") })),
      mask: (x) => runMask(x, ag.erasing({ ...place, value: m.drawn(i, "values") })),
    };
  },
};
