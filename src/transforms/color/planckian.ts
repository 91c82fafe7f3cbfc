import planckianJitterWgsl from "../../../shaders/color/planckian_jitter.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/**
 * Shows the image under the light of a black body, or of the sky: red and blue are multiplied by what that light has of them against
 * its green. The lights are tables for every 500 K, with straight lines between, so that the temperature has a gradient; what gets
 * brighter than 1 becomes 1.
 */
export const planckianJitter = define<{
  /** Temperature of the light, in kelvin: 3000..15000, of daylight 4000..15000. About 5500 for white. */
  temperature: ParamValue;
  /** A black body (unless given), or CIE's daylight. */
  light?: "blackbody" | "daylight";
}>({
  name: "planckianJitter",
  kind: "point",
  wgsl: planckianJitterWgsl,
  channels: [3],
  params: {
    temperature: { min: 3000, max: 15000, usual: [4000, 10000], unit: "kelvin", doc: "of the light" },
  },
  options: {
    light: { default: "blackbody", allowed: ["blackbody", "daylight"], doc: "the kind of light", inShader: true },
  },
  check: ({ temperature }, { light }) =>
    light === "daylight" && temperature?.[0] < 4000
      ? { argument: "temperature", given: String(temperature[0]), allowed: "4000 to 15000 kelvin, for daylight" }
      : null,
  example: { params: { temperature: 5200 } },
  doc: "y = min(x · (r, 1, b), 1), r and b those of a light of that temperature",
  source: "Zini et al., Planckian Jitter (2022); Kornia, RandomPlanckianJitter",
});
