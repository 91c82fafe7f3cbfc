export { applyMotion } from "./apply-motion.ts";
export { type GridOptions, grid } from "./grid.ts";
export { type LabelSource, labelWeights, mixLabels } from "./labels.ts";
export { asInstances } from "./members.ts";
export {
  type Motion,
  type MotionForm,
  type MotionImageOptions,
  type MotionImages,
  type MotionSizes,
  motionOf,
} from "./motion.ts";
export type { ImageName, Moved, MovedPart, MovedRaster, Numbered, RasterName } from "./moved.ts";
export type { ImageSize } from "./sizes.ts";
export { type Taken, takeKept } from "./take-kept.ts";
export {
  type AsIs,
  asBoxes,
  asHeatmap,
  asImage,
  asIs,
  asKeypoints,
  asLabels,
  asLines,
  asMask,
  asPolygons,
  asVectors,
  type Boxes,
  type BoxFormat,
  type BoxOptions,
  type Heatmap,
  type ImageTarget,
  type InstanceOptions,
  type Instances,
  type KeypointOptions,
  type Keypoints,
  type LabelOptions,
  type Labels,
  type Mask,
  type MaskOptions,
  type Nested,
  type NestedRows,
  type Paths,
  type Raster,
  type Rows,
  type Target,
  type VectorOptions,
  type Vectors,
} from "./target.ts";
