// Fields: elastic, fisheye, lenses, remap, splines.
//
// Kornia's sampler without align_corners looks at x · W/(W−1) − 1/2 where it means x, see `warped`: a map before the field, into
// which the field folds, does the same.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { part } from "../algebra.ts";
import {
  choose,
  lower,
  MASK,
  nudgeNow,
  RADIAN,
  run,
  sampling,
  scaled,
  sizeOf,
  unstretch,
  type WarpOptions,
} from "../conventions.ts";
import { CV_BORDERS, CV_MODES, entryOf, graded, loose, quantised, value, warpOptions } from "../functions.ts";
import type { Material } from "../material.ts";
import type { ClassEntry } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

/** A field that samples as these options say. */
function through(x: Tensor, options: WarpOptions, make: (settings: ReturnType<typeof sampling>) => Transform): Tensor {
  const settings = sampling(options);
  const [dx, dy] = nudgeNow();
  const moves = [
    ...(options.mode === "nearest" || options.mode === MASK ? [[1, 0, -dx, 0, 1, -dy]] : []),
    ...(options.corners ? [] : [unstretch(sizeOf(x)).slice(0, 6)]),
  ];
  const chain = [...moves.map((matrix) => ag.warpAffine({ matrix, ...settings })), make(settings)];
  return options.mode === MASK ? ag.sequential(chain)({ mask: x }).mask : ag.apply(x, chain);
}

/** Sigma is (y, x), alpha (x, y); places are held within the image before they are stretched. */
const elastic = (noise: Tensor, sigma: readonly Tensor[], alpha: readonly Tensor[], kernelSize: readonly number[]) => ({
  noise,
  sigmaY: sigma[0],
  sigmaX: sigma[1],
  alphaX: alpha[0],
  alphaY: alpha[1],
  kernelSize: kernelSize as [number, number],
  clamp: true,
});

/** Coefficients as OpenCV orders them; the last two in radians. */
const COEFFICIENTS = "k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4 tiltX tiltY".split(" ");

const lens = (m: Material, camera: string): Transform => {
  const matrix = m.param(camera);
  const flat = ag.reshape(matrix, [matrix.size / 9, 9]);
  const dist = m.param("dist");
  const count = dist.shape[dist.shape.length - 1];
  const given = COEFFICIENTS.slice(0, count).map((name, j) => {
    const value = loose(part(dist, j));
    return [name, j < 12 ? value : scaled(value, 1 / RADIAN)];
  });
  return ag.undistort({
    fx: part(flat, 0),
    fy: part(flat, 4),
    cx: part(flat, 2),
    cy: part(flat, 5),
    ...Object.fromEntries(given),
  });
};

export const operations: Operations = {
  "calibration.undistort_image": (m) => run(m.input("image"), lens(m, "K_")),
  "calibration.distort_points": (m) => {
    const settings = m.has("new_K") ? { newCamera: m.param("new_K") } : {};
    return ag.distortPoints(m.param("points"), m.param("K_"), m.param("dist"), settings);
  },
  "cv2.undistort": (m) => quantised(m, "linear", "constant", run(m.input("image"), lens(m, "K"))),
  "transform.remap": (m) => {
    const options = warpOptions(m, false);
    const x = m.input("image");
    const maps = {
      mapX: m.input("map_x"),
      mapY: m.input("map_y"),
      normalized: m.option("normalized_coordinates", false),
    };
    return graded(
      options.mode,
      through(x, options, (settings) => ag.remap({ ...maps, ...settings })),
    );
  },
  "transform.fisheye_remap": (m) =>
    run(
      m.input("image"),
      ag.fisheye({ centerX: value(m, "center_x"), centerY: value(m, "center_y"), gamma: value(m, "gamma") }),
    ),
  "transform.elastic_transform2d": (m) => {
    const options = warpOptions(m, false);
    const pair = (name: string) => [entryOf(m, name, 0), entryOf(m, name, 1)];
    const size = m.option("kernel_size", [63, 63]);
    const settings = elastic(m.input("noise"), pair("sigma"), pair("alpha"), size);
    return graded(
      options.mode,
      through(m.input("image"), options, (how) => ag.elastic({ ...settings, ...how })),
    );
  },
  // Its plates are centred at what the points go to.
  "transform.get_tps_transform": (m) => {
    const [source, centers] = [m.param("points_src"), m.param("points_dst")];
    const { kernelWeights, affineWeights } = ag.getTpsTransform(source, centers, { centers });
    return { outputs: { kernel_weights: kernelWeights, affine_weights: affineWeights } };
  },
  "transform.warp_image_tps": (m) => {
    const settings = { source: m.param("src"), destination: m.param("dst"), centers: "source" } as const;
    return through(m.input("image"), warpOptions(m, false), (how) => ag.thinPlateSpline({ ...settings, ...how }));
  },
  "cv2.remap": (m) => {
    const [mode, border] = [m.option("interpolation", "linear"), m.option("border", "constant")];
    const [mapX, mapY] = ["map_x", "map_y"].map((name) => {
      const map = m.input(name);
      return ag.reshape(map, [1, ...map.shape]);
    });
    const how = {
      interpolation: choose(mode, CV_MODES, "interpolation"),
      padding: choose(border, CV_BORDERS, "border"),
    };
    return quantised(m, mode, border, run(m.input("image"), ag.remap({ mapX, mapY, ...how })));
  },
};

/** Labels that are places stay where they are, as Kornia leaves them. */
const elasticStage: ClassEntry = (m, i) => {
  const pair = (name: string, fallback: number[]) =>
    m.setting<number[]>(i, name, fallback).map((v) => m.constant(v, []));
  const size = m.setting(i, "kernel_size", [63, 63]);
  const settings = elastic(m.drawn(i, "noise"), pair("sigma", [32, 32]), pair("alpha", [1, 1]), size);
  const options = {
    padding: lower(m.setting(i, "padding_mode", "zeros")),
    corners: m.setting(i, "align_corners", false),
  };
  const mode = lower(m.setting(i, "resample", "bilinear"));
  const stage = (how: string, corners: boolean) => (x: Tensor) =>
    through(x, { ...options, corners, mode: how }, (given) => ag.elastic({ ...settings, ...given }));
  // Its masks are sampled without align_corners, whatever the image is.
  return { image: stage(mode, options.corners), mask: stage(MASK, false), nearest: mode === "nearest" };
};

/** It has no interpolation to choose. */
const splineStage: ClassEntry = (m, i) => {
  const settings = { source: m.drawn(i, "src"), destination: m.drawn(i, "dst"), centers: "source" } as const;
  const options = {
    padding: lower(m.setting(i, "padding_mode", "zeros")),
    corners: m.setting(i, "align_corners", false),
  };
  return { image: (x) => through(x, options, (how) => ag.thinPlateSpline({ ...settings, ...how })) };
};

export const classes: Classes = { RandomElasticTransform: elasticStage, RandomThinPlateSpline: splineStage };
