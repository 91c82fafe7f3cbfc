export { type CenterCrop3dOptions, type Crop3dOptions, centerCrop3d, crop3d } from "./crop.ts";
export {
  type Filter3dOptions,
  type FilterPadding3d,
  filter3d,
  type MotionBlur3dOptions,
  motionBlur3d,
} from "./filter.ts";
export {
  type Affine3dOptions,
  affine3d,
  depthicalFlip3d,
  horizontalFlip3d,
  type PerSample,
  type Perspective3dOptions,
  perspective3d,
  type Rotate3dOptions,
  rotate3d,
  verticalFlip3d,
  type Warp3dOptions,
  warp3d,
  warpAffine3d,
} from "./geometry.ts";
export type { VolumeInterpolation, VolumePadding, VolumeSampling, VolumeSize } from "./parts.ts";
export { type Equalize3dOptions, equalize3d } from "./tone.ts";
