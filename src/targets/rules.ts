import { boxes } from "./boxes.ts";
import { labels } from "./classes.ts";
import { instances } from "./instances.ts";
import { keypoints } from "./keypoints.ts";
import { paths } from "./paths.ts";
import { heatmap, image, mask } from "./raster.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import { type AnyTarget, enlistTarget, type Targets } from "./target.ts";
import { vectors } from "./vectors.ts";

/** Every type of target: all that the library knows of one is here. */
const rules: { readonly [Name in keyof Targets]: Rule<Targets[Name]> } = {
  image,
  mask,
  heatmap,
  boxes,
  keypoints,
  polygons: paths,
  lines: paths,
  labels,
  vectors,
  instances,
  asIs: { check: () => {}, move: (target) => target },
};

const ruleOf = (target: AnyTarget) => rules[target.target] as Rule<AnyTarget>;

/** Checks a target against the batch. @throws ArgumentError, ShapeError that name `at` */
export const checkTarget = (target: AnyTarget, scene: Scene, at: string): void =>
  ruleOf(target).check(target, scene, at);

/** What becomes of a target; `bare`: only of its data. */
export const moveTarget = (target: AnyTarget, scene: Scene, bare: boolean): AnyTarget =>
  enlistTarget({ ...ruleOf(target).move(target, scene, bare) });
