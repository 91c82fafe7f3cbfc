// OpenCV.

import * as ag from "../../../src/index.ts";
import { choose, resized, run } from "../conventions.ts";
import { CV_MODES, colour, cvWarp, graded } from "../functions.ts";
import type { Operations } from "./family.ts";

export const operations: Operations = {
  "cv2.warpAffine": cvWarp,
  "cv2.warpPerspective": cvWarp,
  "cv2.resize": (m) => {
    const [width, height] = m.option<number[]>("dsize_wh", [1, 1]);
    const mode = m.option("interpolation", "linear");
    return graded(
      mode,
      resized(m.input("image"), [height, width], {
        mode: choose(mode, { ...CV_MODES, area: "area" } as const, "interpolation"),
      }),
    );
  },
  "cv2.GaussianBlur": (m) => {
    // A size or a deviation of 0 is worked out from the other.
    const given = m.option<number[]>("ksize_wh", [0, 0]);
    const deviations = [m.option("sigma_x", 0), m.option("sigma_y", 0) || m.option("sigma_x", 0)];
    const [kx, ky] = given.map((k, axis) => k || Math.round(deviations[axis] * 8 + 1) | 1);
    const [sigmaX, sigmaY] = deviations.map((sigma, axis) => sigma || 0.3 * (([kx, ky][axis] - 1) / 2 - 1) + 0.8);
    const border = choose(
      m.option("border", "reflect101"),
      { constant: "zeros", replicate: "border", reflect101: "reflection" } as const,
      "border",
    );
    return run(m.input("image"), ag.gaussianBlur({ sigmaX, sigmaY, kernelSize: [ky, kx], padding: border }));
  },
  // Of bytes.
  "cv2.createCLAHE": (m) => {
    const [columns, rows] = m.option<number[]>("tiles_wh", [8, 8]);
    const clipLimit = m.option("clip_limit", 40);
    const made = ag.clahe({ clipLimit, gridSize: [rows, columns], convention: "opencv" });
    return {
      outputs: { out: ag.mul(run(ag.div(m.input("image"), 255), made), 255) },
      share: 0.005,
      note: "what lies halfway between two levels but for rounding may fall either way",
    };
  },
  "cv2.equalizeHist": (m) => ag.mul(run(ag.div(m.input("image"), 255), ag.equalizeHist()), 255),
  "cv2.cvtColor.RGB2GRAY": colour(() => ag.grayscale({ channels: 1 })),
};
