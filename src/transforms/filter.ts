import gaussianBlurWgsl from "../../shaders/filter/gaussian_blur.wgsl";
import { define, type ParamSpec } from "./declare.ts";
import type { ParamValue } from "./values.ts";

/** Settings of {@link gaussianBlur}: one deviation for both axes, or one for each. */
export type GaussianBlurSettings = GaussianWindow &
  (
    | {
        /** Standard deviation in pixels, both ways; or `sigmaX` and `sigmaY`. */
        sigma: ParamValue;
        /** Deviation across, in pixels; `sigma` unless given. */
        sigmaX?: ParamValue;
        /** Deviation down, in pixels; `sigma` unless given. */
        sigmaY?: ParamValue;
      }
    | {
        sigma?: undefined;
        /** Deviation across, in pixels. */
        sigmaX: ParamValue;
        /** Deviation down, in pixels. */
        sigmaY: ParamValue;
      }
  );

/** How {@link gaussianBlur} looks at neighbours. */
export interface GaussianWindow {
  /** Odd, or [height, width]; 2 · ceil(3 σ) + 1 of the largest σ unless given, which then has to be a number. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

// At the least deviation no neighbour has a weight that f32 can tell from 0.
const sigma = (doc: string): ParamSpec => ({
  min: 1e-3,
  neutral: 1e-3,
  usual: [0.1, 5],
  intensity: [1e-3, 10],
  unit: "pixels",
  doc,
});

/** Convolves with a sampled, normalised Gaussian; differentiable in the image and in both deviations. */
export const gaussianBlur = define<GaussianBlurSettings>(
  {
    name: "gaussianBlur",
    kind: "line",
    wgsl: gaussianBlurWgsl,
    params: { sigmaX: sigma("deviation across"), sigmaY: sigma("deviation down") },
    options: {
      kernelSize: {
        allowed: "kernelSize",
        holds: ["sigmaY", "sigmaX"],
        doc: "odd size of the window, [height, width]",
      },
      padding: {
        default: "reflection",
        allowed: ["reflection", "symmetric", "zeros", "border", "circular"],
        doc: "what lies beyond the image",
      },
    },
    example: { params: { sigmaX: 1.2, sigmaY: 0.8 }, options: { kernelSize: [3, 5] } },
    doc: "y = Σ w(t) x(p + t), w(t) = exp(−t² / 2σ²) / Σ",
    source: "Kornia, filters.gaussian_blur2d",
  },
  ({ sigma: both, ...settings }) => ({ ...settings, sigmaX: settings.sigmaX ?? both, sigmaY: settings.sigmaY ?? both }),
);
