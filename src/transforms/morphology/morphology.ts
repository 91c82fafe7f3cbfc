import dilationWgsl from "../../../shaders/morphology/dilation.wgsl";
import erosionWgsl from "../../../shaders/morphology/erosion.wgsl";
import { type KernelValue, kernelSizeOf, withKernel } from "../filter/kernel.ts";
import { define } from "../language/declare.ts";

/** Settings of {@link dilation} and {@link erosion}. */
export interface MorphologySettings {
  /** Size of the structuring element, [height, width]; that of `kernel` or `element` where one is given, else 3. */
  kernelSize?: number | readonly [number, number];
  /** Which of its cells take part, as rows of 0 and 1; all unless given. */
  kernel?: readonly (readonly (0 | 1)[])[];
  /**
   * Heights of the cells, where the structuring element is not flat: rows of numbers, one such matrix per sample, or a tensor [kH, kW]
   * or [N, kH, kW]; 0 unless given.
   */
  element?: KernelValue;
  /** The cell that lies on the pixel, [row, column]; the middle one unless given. */
  origin?: readonly [number, number];
  /** What lies beyond the image; `none` unless given: neighbours there do not count ("geodesic"). */
  padding?: "none" | "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

const options = {
  kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the structuring element, [height, width]" },
  kernel: { allowed: "kernelCells", doc: "which of its cells take part: rows of 0 and 1" },
  origin: { allowed: "kernelOrigin", doc: "the cell on the pixel, [row, column]; the middle one unless given" },
  padding: {
    default: "none",
    allowed: ["none", "reflection", "symmetric", "zeros", "border", "circular"],
    doc: "what lies beyond the image; with `none` neighbours there do not count",
  },
} as const;

const params = {
  element: { default: 0, size: "kernel", unit: "intensity", doc: "heights of the cells, row by row" },
} as const;

type Options = Record<string, unknown>;

/** The cell on the pixel. */
function originOf({ kernelSize, origin }: Options): readonly [number, number] {
  const [height, width] = kernelSizeOf(kernelSize);
  return (origin as readonly [number, number] | undefined) ?? [height >> 1, width >> 1];
}

const membersOf = ({ kernel }: Options): readonly boolean[] | undefined =>
  (kernel as readonly (readonly number[])[] | undefined)?.flat().map((cell) => cell !== 0);

function check(_: unknown, all: Options): { argument: string; given: string; allowed: string } | null {
  const [height, width] = kernelSizeOf(all.kernelSize);
  const [row, column] = originOf(all);
  if (row >= height || column >= width)
    return {
      argument: "origin",
      given: `[${row}, ${column}]`,
      allowed: `a cell of ${height} rows and ${width} columns`,
    };
  const members = membersOf(all);
  if (members && members.length !== height * width)
    return { argument: "kernel", given: `${members.length} cells`, allowed: `${height} rows of ${width}` };
  return null;
}

/** The size of the structuring element follows from what shows it. */
function prepare(name: string): (settings: Record<string, unknown>) => Record<string, unknown> {
  return (settings) => {
    const { kernel } = settings;
    const isMatrix = Array.isArray(kernel) && kernel.every((row) => Array.isArray(row)) && kernel.length > 0;
    const size = isMatrix ? [kernel.length, kernel[0].length] : undefined;
    return withKernel(name, "element", { ...(size ? { kernelSize: size } : {}), ...settings });
  };
}

const example = {
  params: { element: [0.05, -0.1, 0.2, 0.15, 0, -0.05, 0.1, -0.15, 0.25] },
  options: { kernelSize: [3, 3] },
};

/**
 * The largest of the neighbours, raised by the structuring element, which is turned around as in a convolution; differentiable in the
 * image and in the element. The gradient goes to the neighbour that was the largest, and in equal parts where several were.
 */
export const dilation = define<MorphologySettings>(
  {
    name: "dilation",
    kind: "stencil",
    wgsl: dilationWgsl,
    params,
    options,
    neighbourhood: (all) => {
      const [height, width] = kernelSizeOf(all.kernelSize);
      const [row, column] = originOf(all);
      return { mirrored: true, origin: [height - 1 - row, width - 1 - column], members: membersOf(all) };
    },
    check,
    example,
    doc: "y = max x(p − t) + element(t)",
    source: "Kornia, morphology.dilation",
  },
  prepare("dilation"),
);

/**
 * The smallest of the neighbours, lowered by the structuring element; differentiable in the image and in the element. The gradient goes to
 * the neighbour that was the smallest, and in equal parts where several were.
 */
export const erosion = define<MorphologySettings>(
  {
    name: "erosion",
    kind: "stencil",
    wgsl: erosionWgsl,
    params,
    options,
    neighbourhood: (all) => ({ origin: originOf(all), members: membersOf(all) }),
    check,
    example,
    doc: "y = min x(p + t) − element(t)",
    source: "Kornia, morphology.erosion",
  },
  prepare("erosion"),
);
