// What is on photos/chelsea.jpg, 451 by 300 pixels, labelled by hand: each part of the cat as an ellipse, and its face as points.

/** Ellipses: the centre, and half of width and height, in pixels. */
const PARTS = [
  { name: "eye", centre: [172, 115], radii: [37, 32] },
  { name: "eye", centre: [318, 136], radii: [24, 28] },
  { name: "nose", centre: [265, 244], radii: [28, 20] },
];

export const names = PARTS.map(({ name }) => name);

/** `[K, 4]`, edges (x0, y0, x1, y1). */
export const boxes = PARTS.map(({ centre: [x, y], radii: [a, b] }) =>
  [x - a, y - b, x + a, y + b].map((at) => at + 0.5),
);

/** `[K, 2]`: the eye on the left, the eye on the right, the tip of the nose. */
export const face = [
  [171, 108],
  [314, 131],
  [264, 236],
];
/** The eyes change places in a mirror. */
export const swap = [[0, 1]];
export const faceNames = ["left", "right", "nose"];

/** `[K, height, width]`, 1 inside. */
export const masks = (width, height) =>
  PARTS.map(({ centre: [cx, cy], radii: [a, b] }) =>
    Array.from({ length: height }, (_, y) =>
      Float32Array.from({ length: width }, (_, x) => Number(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1)),
    ),
  );
