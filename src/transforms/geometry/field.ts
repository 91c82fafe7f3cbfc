import elasticWgsl from "../../../shaders/geometry/elastic.wgsl";
import fisheyeWgsl from "../../../shaders/geometry/fisheye.wgsl";
import remapWgsl from "../../../shaders/geometry/remap.wgsl";
import type { Shader } from "../../gpu/wesl.ts";
import type { Tensor } from "../../tensor/index.ts";
import { gaussianBlur } from "../filter/filter.ts";
import { type Declaration, define, type ParamSpec } from "../language/declare.ts";
import type { Seeded } from "../language/settings.ts";
import type { ParamValue } from "../language/values.ts";
import { FILL, MAP_OPTIONS, type MapSettings, sized } from "./maps.ts";

/** Declares a field, with the settings that all of them have: interpolation, padding and fill. */
export function field<Settings extends object>(
  declaration: Omit<Declaration, "kind" | "module" | "wgsl"> & { wgsl: Shader },
  prepare?: (settings: Record<string, unknown>) => Record<string, unknown>,
) {
  return define<Settings & MapSettings>(
    {
      ...declaration,
      kind: "field",
      params: { ...declaration.params, ...FILL },
      options: { ...declaration.options, ...MAP_OPTIONS },
    },
    prepare,
  );
}

const normalised = (doc: string): ParamSpec => ({ default: 0, usual: [-1, 1], unit: "half sizes", doc });

/** Pulls the image together, or apart, about its middle, the more the farther a pixel is from the centre. */
export const fisheye = field<{
  /** Centre across, from −1, the first column, to 1, the last; 0 unless given. */
  centerX?: ParamValue;
  /** Centre down, from −1, the first row, to 1, the last; 0 unless given. */
  centerY?: ParamValue;
  /** Exponent of the distance. */
  gamma: ParamValue;
}>({
  name: "fisheye",
  wgsl: fisheyeWgsl,
  params: {
    centerX: normalised("centre, from −1 to 1 across"),
    centerY: normalised("centre, from −1 to 1 down"),
    gamma: { min: 0, unit: "exponent", doc: "exponent of the distance", usual: [0.9, 1.1] },
  },
  example: { params: { centerX: 0.17, centerY: -0.23, gamma: 0.8 } },
  doc: "q looks at q · (1 + |q − c|^gamma), in −1..1",
  source: "Kornia, RandomFisheye",
});

/** How {@link elastic} smooths its noise: one deviation for both axes, or one for each. */
export interface ElasticSettings extends Seeded {
  /**
   * Random numbers in −1..1, `[N, 2, H, W]` of the image's size: x first, then y; 1 in the place of N shares them. Without it, uniform
   * ones are drawn on the device from `seed`.
   */
  noise?: Tensor;
  /** Deviation of the Gaussian that smooths the noise, in pixels, both ways; 32 unless given. */
  sigma?: ParamValue;
  /** Deviation across, in pixels; `sigma` unless given. */
  sigmaX?: ParamValue;
  /** Deviation down, in pixels; `sigma` unless given. */
  sigmaY?: ParamValue;
  /** Strength both ways, in halves of the image's size; 1 unless given. */
  alpha?: ParamValue;
  /** Strength across; `alpha` unless given. */
  alphaX?: ParamValue;
  /** Strength down; `alpha` unless given. */
  alphaY?: ParamValue;
  /** Size of the Gaussian, odd, or [height, width]; 63 unless given. */
  kernelSize?: number | readonly [number, number];
  /** Hold places within the image, as Kornia does; false unless given, so that `padding` says what is seen beyond. */
  clamp?: boolean;
}

/** Hardly any pixel of an image moves by more deviations than these. */
const DEVIATIONS = 4.5;

/** The part of its variance that noise keeps, along an axis. */
function spread(sigma: number, taps: number): number {
  const weights = Array.from({ length: taps }, (_, i) => Math.exp(-((i - (taps - 1) / 2) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.reduce((a, b) => a + b * b, 0) / (sum * sum);
}

const deviation = (doc: string) => ({ default: 32, min: 1e-3, unit: "pixels", doc, role: "through" }) as const;
const strength = (doc: string) => ({ default: 1, unit: "half sizes", doc, usual: [0, 1] }) as const;

/**
 * Moves every pixel a little, by smoothed noise; differentiable in the noise, the deviations and the strengths. The noise is given,
 * or drawn on the device: the same for the same seed, whatever batch a sample is in.
 */
export const elastic = field<ElasticSettings>(
  {
    name: "elastic",
    wgsl: elasticWgsl,
    draws: 1,
    params: {
      sigmaX: deviation("deviation of what smooths it, across"),
      sigmaY: deviation("deviation of what smooths it, down"),
      alphaX: strength("strength across"),
      alphaY: strength("strength down"),
    },
    options: {
      kernelSize: { default: 63, allowed: "kernelSize", doc: "odd size of what smooths it, [height, width]" },
      clamp: { default: false, allowed: [true, false], doc: "hold places within the image", inShader: true },
    },
    field: {
      name: "noise",
      unit: "noise",
      doc: "random numbers in −1..1, [N, 2, H, W]: x first, then y",
      through: ({ sigmaX, sigmaY, kernelSize }) => [
        gaussianBlur({ sigmaX, sigmaY, kernelSize, padding: "zeros" } as Parameters<typeof gaussianBlur>[0]),
      ],
    },
    reach: ({ sigmaX, sigmaY, alphaX, alphaY }, { kernelSize }, { width, height }) => {
      const [rows, columns] = [kernelSize].flat() as number[];
      const far = spread(sigmaX[0], columns ?? rows) * spread(sigmaY[0], rows);
      const most = Math.min(1, DEVIATIONS * Math.sqrt(far / 3));
      return [(Math.abs(alphaX[0]) * most * (width - 1)) / 2, (Math.abs(alphaY[0]) * most * (height - 1)) / 2];
    },
    doc: "p looks at p + alpha · (size − 1) / 2 · v, v the smoothed noise",
    source: "Simard et al. 2003; Kornia, geometry.elastic_transform2d",
  },
  ({ sigma, alpha, ...settings }) => ({
    ...settings,
    sigmaX: settings.sigmaX ?? sigma,
    sigmaY: settings.sigmaY ?? sigma,
    alphaX: settings.alphaX ?? alpha,
    alphaY: settings.alphaY ?? alpha,
  }),
);

/** What {@link remap} looks through: one tensor, or one for x and one for y. */
export type RemapSettings = {
  /** Whether places go from −1, the first pixel, to 1, the last, instead of in pixels; false unless given. */
  normalized?: boolean;
  /**
   * How far places lie from their own pixels, in pixels, if that is known: for up to 1, the gradient of the image takes less time. It
   * is right whatever is said here; unknown unless given.
   */
  reach?: number;
} & (
  | {
      /** Where each pixel of the result looks, `[N, 2, H, W]` or `[N, H, W, 2]`: x first, then y, in pixels. The result has its size. */
      grid: Tensor;
      mapX?: undefined;
      mapY?: undefined;
    }
  | {
      grid?: undefined;
      /** Where each pixel of the result looks, across, `[N, H, W]`, in pixels. The result has its size. */
      mapX: Tensor;
      /** Where it looks, down. */
      mapY: Tensor;
    }
);

/**
 * Looks where a tensor says; differentiable in the tensor. 1 in the place of N shares it among samples. Where a place is NaN,
 * the result is.
 */
export const remap = field<RemapSettings>(
  {
    name: "remap",
    wgsl: remapWgsl,
    params: {},
    options: {
      normalized: {
        default: false,
        allowed: [true, false],
        doc: "places from −1, the first pixel, to 1, the last",
        inShader: true,
      },
      reach: { allowed: { min: 0 }, doc: "how far places lie from their pixels, in pixels, if that is known" },
    },
    reach: (_, { reach = Number.NaN }) => [reach as number, reach as number],
    field: { name: "grid", unit: "pixels", doc: "where each pixel of the result looks, [N, 2, H, W]", sizes: true },
    size: sized,
    doc: "p looks at grid(p)",
    source: "Kornia, geometry.remap; OpenCV, remap",
  },
  ({ mapX, mapY, ...settings }) =>
    mapX === undefined && mapY === undefined ? settings : { ...settings, grid: settings.grid ?? [mapX, mapY] },
);
