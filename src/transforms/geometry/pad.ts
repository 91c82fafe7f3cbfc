import padWgsl from "../../../shaders/geometry/pad.wgsl";
import padToWgsl from "../../../shaders/geometry/pad_to.wgsl";
import type { OptionSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { FILL, map, SIZE, sized } from "./maps.ts";

/** What is shown around an image. */
export interface PadSettings {
  /**
   * What is seen beyond the image: the values of `fill`, 0, the nearest pixel, the image mirrored about its outermost pixels
   * (`reflection`) or about its edges (`symmetric`), or from its other side on (`circular`); `fill` unless given.
   */
  padding?: "fill" | "zeros" | "border" | "reflection" | "symmetric" | "circular";
  /** What `fill` padding shows: one value per channel; 0 unless given. */
  fill?: ParamValue;
}

const PADDING: Record<string, OptionSpec> = {
  padding: {
    default: "fill",
    allowed: ["fill", "zeros", "border", "reflection", "symmetric", "circular"],
    doc: "what lies beyond the image",
  },
};

const side = (name: string): OptionSpec => ({
  default: 0,
  allowed: { min: -16384, max: 16384, integer: true },
  inShader: true,
  doc: `pixels added ${name}; cut off where negative`,
});

/** Adds pixels around the image, or cuts them off. */
export const pad = map<
  {
    /** Pixels added on the left; cut off where negative; 0 unless given. */
    left?: number;
    /** Pixels added above; cut off where negative; 0 unless given. */
    top?: number;
    /** Pixels added on the right; cut off where negative; 0 unless given. */
    right?: number;
    /** Pixels added below; cut off where negative; 0 unless given. */
    bottom?: number;
  } & PadSettings
>({
  name: "pad",
  wgsl: padWgsl,
  affine: true,
  params: FILL,
  options: {
    left: side("on the left"),
    top: side("above"),
    right: { ...side("on the right"), inShader: undefined },
    bottom: { ...side("below"), inShader: undefined },
    ...PADDING,
  },
  size: ({ left, top, right, bottom }, [h, w]) => [h + Number(top) + Number(bottom), w + Number(left) + Number(right)],
  example: { options: { left: 2, top: 1, right: -1, bottom: 3, padding: "reflection" } },
  doc: "p' = p + (left, top)",
  source: "torchvision, pad",
});

/** Adds pixels on the right and below up to a size, or cuts them off down to it. */
export const padTo = map<
  {
    /** Width of the result; the input's unless given, in pixels. */
    width?: number;
    /** Height of the result; the input's unless given, in pixels. */
    height?: number;
  } & PadSettings
>({
  name: "padTo",
  wgsl: padToWgsl,
  affine: true,
  params: FILL,
  options: { ...SIZE, ...PADDING },
  size: sized,
  example: { options: { width: 19, height: 21, padding: "border" } },
  doc: "p' = p",
  source: "Kornia, PadTo",
});
