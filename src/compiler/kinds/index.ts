import type { Kind as KindName } from "../../transforms/index.ts";
import { block } from "./block.ts";
import { composite } from "./composite.ts";
import { field } from "./field.ts";
import type { Kind } from "./kind.ts";
import { line } from "./line.ts";
import { map } from "./map.ts";
import { mix } from "./mix.ts";
import { point } from "./point.ts";
import { program } from "./program.ts";
import { resize } from "./resize.ts";
import { stencil } from "./stencil.ts";

export type {
  BesideAsked,
  Chain,
  Cost,
  Gradients,
  Kind,
  Making,
  MotionKind,
  Ran,
  Signature,
  Sources,
  Taken,
} from "./kind.ts";

/** Every kind of transform: all that the stages of the compiler know of one is here. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  point,
  map,
  field,
  line,
  stencil,
  resize,
  block,
  mix,
  program,
  composite,
};
