import { oneHot } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { show } from "../tensor/index.ts";
import type { Rule } from "./rule.ts";
import type { Labels } from "./target.ts";

/** Labels of whole images: a mix blends their shares, everything else leaves them alone. */
export const labels: Rule<Labels> = {
  check: ({ data, classes }, { samples, mixes }, at) => {
    const { shape, dtype } = data;
    if (shape[0] !== samples)
      throw new ShapeError(at, show(shape), `[${samples}] or [${samples}, K], one for each image`);
    if (classes !== undefined && shape.length !== 1)
      throw new ShapeError(at, show(shape), `numbers of classes [${samples}], where \`classes\` is given`);
    if (!mixes) return;
    if (dtype !== "f32") throw new ArgumentError(at, `a tensor of ${dtype}`, "a tensor of f32, for a mix");
    if (classes === undefined && shape.length !== 2)
      throw new ShapeError(
        at,
        show(shape),
        `shares [${samples}, K], which a mix blends: asLabels(labels, { classes }) makes them of numbers of classes`,
      );
  },
  move: (target, { blended }) => {
    const { data, classes } = target;
    return { ...target, data: blended(classes === undefined ? data : oneHot(data, classes)) };
  },
};
