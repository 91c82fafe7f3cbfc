/** Kernels whose sums are derivatives of an image. */

/** What a derivative is made with: Sobel's filters, or plain differences. */
export type GradientMode = "sobel" | "diff";

type Kernel = readonly (readonly number[])[];

const transposed = (kernel: Kernel): Kernel => kernel[0].map((_, j) => kernel.map((row) => row[j]));

const SOBEL_X = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];
const DIFF_X = [
  [0, 0, 0],
  [-1, 0, 1],
  [0, 0, 0],
];
const SOBEL_XX = [
  [-1, 0, 2, 0, -1],
  [-4, 0, 8, 0, -4],
  [-6, 0, 12, 0, -6],
  [-4, 0, 8, 0, -4],
  [-1, 0, 2, 0, -1],
];
const SOBEL_XY = [
  [-1, -2, 0, 2, 1],
  [-2, -4, 0, 4, 2],
  [0, 0, 0, 0, 0],
  [2, 4, 0, -4, -2],
  [1, 2, 0, -2, -1],
];
const DIFF_XX = [
  [0, 0, 0],
  [1, -2, 1],
  [0, 0, 0],
];
const DIFF_XY = [
  [-1, 0, 1],
  [0, 0, 0],
  [1, 0, -1],
];

/** The kernels of the derivatives: of order 1 across and down, of order 2 across twice, across and down, and down twice. */
export function gradientKernels(mode: GradientMode, order: 1 | 2): readonly Kernel[] {
  const across = mode === "sobel" ? SOBEL_X : DIFF_X;
  if (order === 1) return [across, transposed(across)];
  const [twice, mixed] = mode === "sobel" ? [SOBEL_XX, SOBEL_XY] : [DIFF_XX, DIFF_XY];
  return [twice, mixed, transposed(twice)];
}
