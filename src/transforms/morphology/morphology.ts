import dilationWgsl from "../../../shaders/morphology/dilation.wgsl";
import erosionWgsl from "../../../shaders/morphology/erosion.wgsl";
import { sub } from "../../autograd/elementwise.ts";
import { type KernelValue, kernelSizeOf, withKernel } from "../filter/kernel.ts";
import { partOf } from "../language/construct.ts";
import { type CompositeSettings, type CompositeSpec, define } from "../language/declare.ts";

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
  /**
   * What lies beyond the image; `none` unless given: neighbours there do not count ("geodesic"). `valid` keeps the pixels whose
   * neighbours are all in the image.
   */
  padding?: "none" | "reflection" | "symmetric" | "zeros" | "border" | "circular" | "valid";
}

const options = {
  kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the structuring element, [height, width]" },
  kernel: { allowed: "kernelCells", doc: "which of its cells take part: rows of 0 and 1" },
  origin: { allowed: "kernelOrigin", doc: "the cell on the pixel, [row, column]; the middle one unless given" },
  padding: {
    default: "none",
    allowed: ["none", "reflection", "symmetric", "zeros", "border", "circular", "valid"],
    doc: "what lies beyond the image; with `none` neighbours there do not count, with `valid` the result is smaller",
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

/** With `valid`, what is left of an image. */
function size({ kernelSize, padding }: Options, [h, w]: readonly [number, number]): readonly [number, number] {
  const [height, width] = kernelSizeOf(kernelSize);
  return padding === "valid" ? [h - height + 1, w - width + 1] : [h, w];
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
      const origin = [height - 1 - row, width - 1 - column] as const;
      return { mirrored: true, origin: all.padding === "valid" ? [0, 0] : origin, members: membersOf(all) };
    },
    size,
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
    neighbourhood: (all) => ({ origin: all.padding === "valid" ? [0, 0] : originOf(all), members: membersOf(all) }),
    size,
    check,
    example,
    doc: "y = min x(p + t) − element(t)",
    source: "Kornia, morphology.erosion",
  },
  prepare("erosion"),
);

const opened = (s: CompositeSettings) => [partOf(erosion, s), partOf(dilation, s)];
const closed = (s: CompositeSettings) => [partOf(dilation, s), partOf(erosion, s)];

/** What is made of both has the size of the image. */
const whole = {
  ...options,
  padding: {
    ...options.padding,
    allowed: options.padding.allowed.filter((name) => name !== "valid"),
    doc: "what lies beyond the image; with `none` neighbours there do not count",
  },
};

/** Settings of {@link opening} and what else is made of both. */
export interface OpeningSettings extends Omit<MorphologySettings, "padding"> {
  /** What lies beyond the image; `none` unless given: neighbours there do not count ("geodesic"). */
  padding?: "none" | "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** A transform that is made of dilations and erosions by one structuring element. */
function made(name: string, doc: string, source: string, composite: CompositeSpec) {
  const from = `Kornia, morphology.${source}`;
  return define<OpeningSettings>(
    { name, kind: "composite", params, options: whole, composite, check, example, doc, source: from },
    prepare(name),
  );
}

/** An erosion, then a dilation: what is bright and smaller than the structuring element vanishes. Differentiable as they are. */
export const opening = made("opening", "y = dilation(erosion(x))", "opening", { chains: (s) => [opened(s)] });

/** A dilation, then an erosion: what is dark and smaller than the structuring element vanishes. Differentiable as they are. */
export const closing = made("closing", "y = erosion(dilation(x))", "closing", { chains: (s) => [closed(s)] });

/** The dilation less the erosion: how steep the image is. Differentiable as they are. */
export const morphologicalGradient = made("morphologicalGradient", "y = dilation(x) − erosion(x)", "gradient", {
  chains: (s) => [[partOf(dilation, s)], [partOf(erosion, s)]],
  combine: ({ run }) => sub(run(0), run(1)),
});

/** The image less its opening: what is bright and small. Differentiable as that is. */
export const topHat = made("topHat", "y = x − opening(x)", "top_hat", {
  chains: (s) => [opened(s)],
  combine: ({ x, run }) => sub(x, run(0)),
});

/** The closing of the image less the image: what is dark and small. Differentiable as that is. */
export const bottomHat = made("bottomHat", "y = closing(x) − x", "bottom_hat", {
  chains: (s) => [closed(s)],
  combine: ({ x, run }) => sub(run(0), x),
});
