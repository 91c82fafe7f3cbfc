// Functions of tensors: matrices, points, boxes, losses and metrics, patches.
//
// Kornia's get_affine_matrix2d turns clockwise; its shear is in radians, of the other sign, and one axis after the other.

import * as ag from "../../../src/index.ts";
import type { Entry } from "../functions.ts";
import type { Material } from "../material.ts";
import type { Operations } from "./family.ts";

const DEGREES = 180 / Math.PI;

/** get_shear_matrix2d: along x, then along y. */
function sheared(m: Material): ag.Tensor {
  const center = m.param("center");
  const degrees = (name: string) => {
    const angle = m.has(name) ? m.param(name) : m.constant(0, [1]);
    return ag.reshape(ag.mul(angle, -DEGREES), [angle.size, 1]);
  };
  const alone = (angle: ag.Tensor, first: boolean) => {
    const none = m.constant(new Float32Array(angle.size), angle.shape);
    return ag.getShearMatrix2d(center, ag.concat(first ? [angle, none] : [none, angle], 1));
  };
  return ag.matmul(alone(degrees("sy"), false), alone(degrees("sx"), true));
}

const affine: Entry = (m) => {
  const matrix = ag.getAffineMatrix2d({
    translation: m.param("translations"),
    center: m.param("center"),
    scale: m.param("scale"),
    angle: ag.neg(m.param("angle")),
  });
  return m.has("sx") || m.has("sy") ? ag.matmul(matrix, sheared(m)) : matrix;
};

const homography: Entry = (m) => {
  const size = (name: string) => m.option<[number, number]>(name, [2, 2]);
  return ag.normalizeHomography(m.param("H_"), size("dsize_src"), size("dsize_dst"));
};

const coordinates =
  (convert: typeof ag.normalizePixelCoordinates): Entry =>
  (m) =>
    convert(m.param("pts"), m.option("height", 2), m.option("width", 2));

/** Value i of the last dimension, which keeps a size of 1. */
const at = (x: ag.Tensor, i: number, j = i + 1): ag.Tensor => ag.slice(x, -1, i, j);

/**
 * Kornia's transform_bbox moves two corners as points, so that its box of a turned box is too small; restored, they are in order.
 * augrad's transformBbox is the box around all four.
 */
const twoCorners: Entry = (m) => {
  const given = m.param("boxes");
  const [n, k] = given.shape;
  const sized = m.option<string>("mode", "xyxy") === "xywh";
  const edges = sized ? ag.convertBbox(given, "xywh", "xyxy") : given;
  const points = ag.reshape(ag.transformPoints(m.param("M"), ag.reshape(edges, [n, 2 * k, 2])), [n, k, 2, 2]);
  const inOrder = ag.concat([ag.min(points, 2), ag.max(points, 2)], 2);
  const moved = m.option("restore_coordinates", true) ? inOrder : ag.reshape(points, [n, k, 4]);
  return sized ? ag.convertBbox(moved, "xyxy", "xywh") : moved;
};

/** Kornia's corners are the centres of the outermost pixels: half a pixel inside augrad's edges, on all sides. */
const inset = (edges: ag.Tensor, m: Material, by: number) => ag.add(edges, m.constant([by, by, -by, -by], [4]));

/** Vertices `[..., 4, 2]`, upper left first, as edges; the last pixel is in them where they are "plus". */
const edgesOf = (vertices: ag.Tensor, plus: number): ag.Tensor => {
  const corner = (i: number) => ag.reshape(ag.slice(vertices, -2, i, i + 1), [...vertices.shape.slice(0, -2), 2]);
  const [first, second, third] = [corner(0), corner(1), corner(2)];
  return ag.concat([first, ag.add(at(second, 0), plus), ag.add(at(third, 1), plus)], first.shape.length - 1);
};

const boxes: Entry = (m) => {
  const [from, to] = [m.option<string>("mode_in", "xyxy"), m.option<string>("mode_out", "xyxy")];
  const given = m.param("boxes");
  const edges = from.startsWith("vertices")
    ? edgesOf(given, from.endsWith("plus") ? 1 : 0)
    : from === "xywh"
      ? ag.convertBbox(given, "xywh", "xyxy")
      : ag.add(given, m.constant(from === "xyxy_plus" ? [0, 0, 1, 1] : [0, 0, 0, 0], [4]));
  const moved = inset(ag.transformBbox(m.param("M"), inset(edges, m, 0.5)), m, -0.5);
  if (to === "xywh") return ag.convertBbox(moved, "xyxy", "xywh");
  const plus = to.endsWith("plus") ? ag.add(moved, m.constant([0, 0, -1, -1], [4])) : moved;
  return to.startsWith("vertices") ? ag.add(ag.bboxToPoints(plus), 0.5) : plus;
};

const similar = (m: Material) => ({
  windowSize: m.option("window_size", 11),
  maxValue: m.option("max_val", 1),
  epsilon: m.option("eps", 1e-12),
  padding: m.option<"same" | "valid">("padding", "same"),
});

type Reduction = NonNullable<ag.ReductionOptions["reduction"]>;
const robust =
  (loss: typeof ag.welschLoss): Entry =>
  (m) =>
    loss(m.input("img1"), m.input("img2"), { reduction: m.option<Reduction>("reduction", "none") });

export const operations: Operations = {
  "metrics.ssim": (m) => ag.ssim(m.input("img1"), m.input("img2"), similar(m)),
  "losses.ssim_loss": (m) =>
    ag.ssimLoss(m.input("img1"), m.input("img2"), {
      ...similar(m),
      reduction: m.option<Reduction>("reduction", "mean"),
    }),
  "metrics.psnr": (m) => ag.psnr(m.input("image"), m.input("target"), { maxValue: m.option("max_val", 1) }),
  "losses.psnr_loss": (m) => ag.psnrLoss(m.input("image"), m.input("target"), { maxValue: m.option("max_val", 1) }),
  "losses.total_variation": (m) =>
    ag.totalVariation(m.input(), { reduction: m.option<"sum" | "mean">("reduction", "sum") }),
  "losses.charbonnier_loss": robust(ag.charbonnierLoss),
  "losses.welsch_loss": robust(ag.welschLoss),
  "losses.cauchy_loss": robust(ag.cauchyLoss),
  "losses.geman_mcclure_loss": robust(ag.gemanMcclureLoss),
  "contrib.extract_tensor_patches": (m) =>
    ag.extractTensorPatches(m.input(), {
      windowSize: m.option<ag.Both>("window_size", 1),
      stride: m.option<ag.Both>("stride", 1),
      padding: m.option<ag.Both>("padding", 0),
    }),
  "bbox.transform_bbox": twoCorners,
  "bbox.bbox_to_mask": (m) => {
    const edges = inset(edgesOf(m.param("boxes"), 1), m, 0.5);
    return ag.bboxToMask(edges, { height: m.option("height", 1), width: m.option("width", 1) });
  },
  "bbox.infer_bbox_shape": (m) => {
    const { height, width } = ag.inferBboxShape(edgesOf(m.param("boxes"), 1));
    return { outputs: { height, width } };
  },
  "bbox.bbox_generator": (m) => {
    const [x, y, w, h] = ["x", "y", "w", "h"].map((name) => m.param(name));
    const edges = ag.add(ag.bboxGenerator(x, y, w, h), m.constant([0, 0, -1, -1], [4]));
    return ag.add(ag.bboxToPoints(edges), 0.5);
  },
  "boxes.Boxes": boxes,
  "transform.get_rotation_matrix2d": (m) =>
    ag.getRotationMatrix2d(m.param("center"), m.param("angle"), m.param("scale")),
  "transform.get_affine_matrix2d": affine,
  "transform.get_shear_matrix2d": sheared,
  "transform.get_translation_matrix2d": (m) => ag.getTranslationMatrix2d(m.param("translations")),
  "transform.get_perspective_transform": (m) =>
    ag.getPerspectiveTransform(m.param("points_src"), m.param("points_dst")),
  "transform.invert_affine_transform": (m) => ag.invertAffineTransform(m.param("matrix")),
  "conversions.normalize_homography": homography,
  "conversions.normalize_pixel_coordinates": coordinates(ag.normalizePixelCoordinates),
  "conversions.denormalize_pixel_coordinates": coordinates(ag.denormalizePixelCoordinates),
  "linalg.transform_points": (m) => ag.transformPoints(m.param("M"), m.param("points")),
  "cv2.getRotationMatrix2D": (m) => {
    const scale = m.option("scale", 1);
    const matrix = ag.getRotationMatrix2d(m.option<[number, number]>("center", [0, 0]), m.param("angle"), scale);
    return ag.reshape(matrix, [2, 3]);
  },
  "cv2.getPerspectiveTransform": (m) => ag.reshape(ag.getPerspectiveTransform(m.param("src"), m.param("dst")), [3, 3]),
};
