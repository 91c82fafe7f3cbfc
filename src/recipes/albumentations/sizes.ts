import { uniform } from "../../augment/index.ts";
import {
  centerCrop,
  crop,
  cropAt,
  longestMaxSize,
  pad,
  resize,
  resizedCrop,
  smallestMaxSize,
} from "../../transforms/index.ts";
import { type Classes, row } from "./row.ts";
import {
  A_PLACE,
  border,
  fill,
  ignored,
  interpolation,
  lookOf,
  only,
  optional,
  plain,
  RATIO,
  range,
  SIDES,
  size,
  whole,
  yes,
} from "./values.ts";

const anywhere = () => ({ x: uniform(0, 1), y: uniform(0, 1) });

const PAD_IF_NEEDED = {
  pad_if_needed: yes(false),
  pad_position: only("center"),
  border_mode: border,
  fill,
  fill_mask: ignored,
};
const SIDE_LENGTHS = { height: whole(), width: whole() };
/** Without filtering, as OpenCV resizes. */
const RESIZED = { interpolation, mask_interpolation: ignored, area_for_downscale: only(null) };

/** Crops, sizes and borders. */
export const SIZES: Classes = {
  RandomCrop: row(
    { ...SIDE_LENGTHS, ...PAD_IF_NEEDED },
    (of) => cropAt({ height: of.height, width: of.width, ...anywhere(), ...lookOf(of) }),
    1,
  ),
  CenterCrop: row(
    { ...SIDE_LENGTHS, ...PAD_IF_NEEDED },
    (of) => centerCrop({ height: of.height, width: of.width, ...lookOf(of) }),
    1,
  ),
  Crop: row(
    {
      x_min: plain(0, A_PLACE),
      y_min: plain(0, A_PLACE),
      x_max: whole(1024),
      y_max: whole(1024),
      ...PAD_IF_NEEDED,
    },
    (of) =>
      crop({
        x: of.x_min,
        y: of.y_min,
        width: of.x_max - of.x_min,
        height: of.y_max - of.y_min,
        ...lookOf(of),
      }),
    1,
  ),
  RandomResizedCrop: row(
    {
      size: optional(size),
      height: optional(whole()),
      width: optional(whole()),
      scale: range([0.08, 1]),
      ratio: plain([3 / 4, 4 / 3], RATIO),
      ...RESIZED,
    },
    ({ size, height = size?.[0], width = size?.[1], scale, ratio: [lo, hi], interpolation }) =>
      resizedCrop({
        height: height as number,
        width: width as number,
        area: scale,
        ratio: lo === hi ? lo : uniform(lo, hi, { scale: "log" }),
        ...anywhere(),
        interpolation,
      }),
    1,
  ),
  Resize: row(
    { ...SIDE_LENGTHS, ...RESIZED },
    ({ height, width, interpolation }) => resize({ height, width, interpolation, antialias: false }),
    1,
  ),
  LongestMaxSize: row(
    { max_size: whole(1024), max_size_hw: only(null), ...RESIZED },
    ({ max_size, interpolation }) => longestMaxSize({ maxSize: max_size, interpolation, antialias: false }),
    1,
  ),
  SmallestMaxSize: row(
    { max_size: whole(1024), max_size_hw: only(null), ...RESIZED },
    ({ max_size, interpolation }) => smallestMaxSize({ maxSize: max_size, interpolation, antialias: false }),
    1,
  ),
  Pad: row(
    { padding: plain<number | readonly number[]>(0, SIDES), border_mode: border, fill, fill_mask: ignored },
    ({ padding, border_mode, fill }) => {
      const [left, top = left, right = left, bottom = top] = [padding].flat();
      return pad({ left, top, right, bottom, padding: border_mode, fill });
    },
    1,
  ),
};
