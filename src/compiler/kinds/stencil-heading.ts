/** What the modules that are written for a stencil import. */

import besideWgsl from "../../../shaders/lib/beside.wgsl";
import cheapWgsl from "../../../shaders/lib/cheap.wgsl";
import nanWgsl from "../../../shaders/lib/nan.wgsl";
import neighbourWgsl from "../../../shaders/lib/neighbour.wgsl";
import pixelWgsl from "../../../shaders/lib/pixel.wgsl";
import planeWgsl from "../../../shaders/lib/plane.wgsl";
import quadWgsl from "../../../shaders/lib/quad.wgsl";
import weightedWgsl from "../../../shaders/lib/weighted.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { foldModule, formOf, type StencilSpec } from "./stencil-module.ts";

/** The files of these. */
export const shaders: readonly Shader[] = [
  besideWgsl,
  cheapWgsl,
  nanWgsl,
  neighbourWgsl,
  pixelWgsl,
  planeWgsl,
  quadWgsl,
  weightedWgsl,
];

const IMPORTS = `import package::lib::beside::{ beside, there };
import package::lib::cheap::whole;
import package::lib::nan::is_nan3;
import package::lib::neighbour::Neighbour;
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, join };
`;

export function heading(spec: StencilSpec, io: readonly string[]): string {
  const { declaration } = spec.head.transform;
  const names = [...new Set([...io, "plane_x", "param", ...(formOf(declaration) === "weights" ? ["table"] : [])])];
  return `import package::${foldModule(declaration)} as s;
import package::generated::io::{ ${names.join(", ")} };
${IMPORTS}`;
}
