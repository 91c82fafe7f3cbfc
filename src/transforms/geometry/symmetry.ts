import dihedralWgsl from "../../../shaders/geometry/dihedral.wgsl";
import rot90Wgsl from "../../../shaders/geometry/rot90.wgsl";
import rot180Wgsl from "../../../shaders/geometry/rot180.wgsl";
import transposeImageWgsl from "../../../shaders/geometry/transpose_image.wgsl";
import type { Declaration, OptionSpec } from "../language/declare.ts";
import { map } from "./maps.ts";

// The eight symmetries of a rectangle of pixels: each pixel goes to a place of its own, and none is interpolated.

const TURNS: Record<string, OptionSpec> = {
  turns: {
    default: 1,
    allowed: { min: -1e6, max: 1e6, integer: true },
    inShader: true,
    doc: "quarter turns counter-clockwise",
  },
};

/** After an odd number of quarter turns, height and width have changed places. */
const swapped: Declaration["size"] = ({ turns }, [h, w]) => (Number(turns) % 2 === 0 ? [h, w] : [w, h]);

/** Turns counter-clockwise by quarters, exactly; after an odd number of them height and width have changed places. */
export const rot90 = map<{
  /** Quarter turns counter-clockwise, whole and the same for all samples; 1 unless given. */
  turns?: number;
}>({
  name: "rot90",
  wgsl: rot90Wgsl,
  affine: true,
  inside: true,
  params: {},
  options: TURNS,
  size: swapped,
  example: { options: { turns: -1 } },
  doc: "x' = y, y' = W − 1 − x, turns times",
  source: "PyTorch, rot90",
});

/** Turns by 180 degrees, exactly. */
export const rot180 = map<object>({
  name: "rot180",
  wgsl: rot180Wgsl,
  affine: true,
  inside: true,
  params: {},
  example: {},
  doc: "x' = W − 1 − x, y' = H − 1 − y",
  source: "Kornia, geometry.rot180",
});

/** Makes rows columns and columns rows, exactly. */
export const transposeImage = map<object>({
  name: "transposeImage",
  wgsl: transposeImageWgsl,
  affine: true,
  inside: true,
  params: {},
  size: (_, [h, w]) => [w, h],
  example: {},
  doc: "x' = y, y' = x",
  source: "Albumentations, Transpose",
});

/** One of the eight symmetries, exactly: mirrors left and right, or not, and then turns counter-clockwise by quarters. */
export const dihedral = map<{
  /** Quarter turns counter-clockwise, whole and the same for all samples; 1 unless given. */
  turns?: number;
  /** Whether left and right are mirrored before; false unless given. */
  mirrored?: boolean;
}>({
  name: "dihedral",
  wgsl: dihedralWgsl,
  affine: true,
  inside: true,
  params: {},
  options: {
    ...TURNS,
    mirrored: {
      default: false,
      allowed: [true, false],
      inShader: true,
      doc: "whether left and right are mirrored before",
    },
  },
  size: swapped,
  example: { options: { turns: 1, mirrored: true } },
  doc: "x' = W − 1 − x where mirrored, then rot90",
  source: "Albumentations, D4",
});
