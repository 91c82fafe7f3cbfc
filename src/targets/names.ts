import { ArgumentError, describe } from "../gpu/index.ts";
import { nearest } from "../gpu/options.ts";
import { Tensor } from "../tensor/index.ts";
import { asInstances } from "./members.ts";
import {
  type AnyTarget,
  asBoxes,
  asHeatmap,
  asImage,
  asKeypoints,
  asLabels,
  asLines,
  asMask,
  asPolygons,
  asVectors,
  type Nested,
  type Raster,
  type Rows,
} from "./target.ts";

type Data = Tensor & Rows & Nested & Raster;

/** What a name says of a value. */
export interface Named {
  make: (data: Data) => AnyTarget;
  /**
   * What a list or an object is: several targets; what the images have one by one, if it is one of tensors, or whatever it holds; or members
   * of one target.
   */
  as: "several" | "tensors" | "rows" | "members";
}

const one = (make: Named["make"]): Named => ({ make, as: "several" });
const raster = (make: Named["make"]): Named => ({ make, as: "tensors" });
const rows = (make: Named["make"]): Named => ({ make, as: "rows" });

const [images, masks, heatmaps] = [asImage, asMask, asHeatmap].map((make) => raster((data) => make(data as never)));
const labels = one((data) => asLabels(data));
const [boxes, keypoints, polygons, lines] = [asBoxes, asKeypoints, asPolygons, asLines].map((make) =>
  rows((data) => make(data)),
);

/** The names under which a value needs nothing else: those that people use, and those of Kornia's `data_keys`. */
const NAMES: Readonly<Record<string, Named>> = {
  image: images,
  images,
  input: images,
  inputs: images,
  video: images,
  videos: images,
  mask: masks,
  masks,
  labelMap: masks,
  labelMaps: masks,
  segmentation: masks,
  heatmap: heatmaps,
  heatmaps,
  volume: heatmaps,
  volumes: heatmaps,
  boxes,
  bboxes: boxes,
  bbox: boxes,
  bboxXyxy: boxes,
  bboxXywh: rows((data) => asBoxes(data, { format: "xywh" })),
  keypoints,
  polygons,
  lines,
  instances: { make: (data) => asInstances(data), as: "members" },
  label: labels,
  labels,
  class: labels,
  classes: labels,
  flow: raster((data) => asVectors(data)),
  normals: raster((data) => asVectors(data, { values: "direction" })),
};

/** `mask2`, `mask_left`: a name, and which one of several. */
const NUMBERED = /^([a-zA-Z]+?)(?:\d+|[_-].*)$/;

/** What a name says of a value; undefined where it says nothing. */
export function namedBy(key: string): Named | undefined {
  const name = Object.hasOwn(NAMES, key) ? key : (NUMBERED.exec(key)?.[1] ?? "");
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** Refuses a value of which nothing says what it is. */
export function refuseUnnamed(at: string, key: string, value: unknown): never {
  const known = Object.keys(NAMES);
  const meant = nearest(key, known);
  const hint = meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
  const given = value instanceof Tensor ? String(value) : describe(value);
  const others = "or a value of asBoxes(), asMask(), … under any name; asIs(value) lets one through";
  throw new ArgumentError(at, `${given} under an unknown name${hint}`, `one of ${known.join(", ")}, ${others}`);
}
