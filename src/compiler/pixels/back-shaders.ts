import paramPackWgsl from "../../../shaders/pass/param_pack.wgsl";
import paramUnpackWgsl from "../../../shaders/pass/param_unpack.wgsl";
import pixelsBackwardWgsl from "../../../shaders/pass/pixels_backward.wgsl";
import sumRowsWgsl from "../../../shaders/pass/sum_rows.wgsl";
import sumShortRowsWgsl from "../../../shaders/pass/sum_short_rows.wgsl";
import type { Shader } from "../../gpu/index.ts";

/** Kernels of the way back, and of parameters that are tensors: a page that does not learn loads none of them. */
export const shaders: readonly Shader[] = [
  paramPackWgsl,
  paramUnpackWgsl,
  pixelsBackwardWgsl,
  sumRowsWgsl,
  sumShortRowsWgsl,
];
