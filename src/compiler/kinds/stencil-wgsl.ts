/** The modules that the kernels of a stencil import: what an output pixel sees, and what it gives back. */

import stencilGatherWgsl from "../../../shaders/pass/stencil_gather.wgsl";
import stencilSlopeWgsl from "../../../shaders/pass/stencil_slope.wgsl";
import type { Shader } from "../../gpu/index.ts";
import { gateOf, sizeOf } from "../pack/layout.ts";
import { shaders as ofRow } from "../pixels/row.ts";
import { addSum, saveSum, sumType } from "../pixels/sums.ts";
import { backCode, keptCode } from "./stencil-back.ts";
import { hasCentre, indent, memberCode, overNeighbours, placeLines, sceneCode } from "./stencil-cells.ts";
import { heading, shaders as imported } from "./stencil-heading.ts";
import { lookCode } from "./stencil-look.ts";
import { type StencilSpec, storedFields, takesBack } from "./stencil-module.ts";
import { KEYS } from "./stencil-rank.ts";

export { gatherModule, slopeModule } from "./stencil-gather.ts";

/** What is linked with what is written here. */
export const shaders: readonly Shader[] = [...ofRow, ...imported, stencilGatherWgsl, stencilSlopeWgsl];

/** `see_back`: stores what the way back needs of an output pixel, and adds to the sums of the head's parameters. */
function seeBackCode(spec: StencilSpec): string {
  const { head, wanted = [] } = spec;
  const { declaration } = head.transform;
  const c = hasCentre(spec);
  const again = takesBack(declaration) && (wanted.length > 0 || (c && spec.image === true));
  const stored = storedFields(spec.head);
  const more = `h.p, &gp${c ? ", &gc" : ""}`;
  const fields = stored.map(({ name }) => (name === "own_center" ? "gc" : `b.${name}`)).join(", ");
  const untouched = stored.map(({ type }, i) => (i === 0 ? "g" : type === "f32" ? "0.0" : "vec3f(0.0)")).join(", ");
  const lines = [
    ...(spec.image
      ? [
          "if (whole(at_pixel.y) >= h.kept.size.y) { return; }",
          "let i = u32(whole(at_pixel.y) * h.kept.size.x + whole(at_pixel.x));",
        ]
      : ["if (at_pixel.y >= f32(shape.out_height)) { return; }"]),
    ...(gateOf(spec.layout, 0)
      ? [
          `if (h.on == 0.0) {`,
          ...(spec.image ? [`  save_back(Stored(${untouched}), h.kept, i);`] : []),
          "  return;",
          "}",
        ]
      : []),
    "var gp: s::Params;",
    ...(c ? ["var gc = vec3f(0.0);", "let centre = seen.centre;"] : []),
    `let b = s::back(seen.sum, ${c ? "centre, " : ""}g, ${more});`,
    ...(again
      ? [
          ...placeLines(spec),
          ...overNeighbours(spec, (v, at, p) => [
            `s::back_take(b, ${v}, ${c ? "centre, " : ""}${at}, ${p}, &gp${c ? ", &gc" : ""});`,
          ]),
        ]
      : []),
    ...wanted.flatMap((slot) => addSum(slot, 0, `(*sums).${slot.field}`, `gp.${slot.field}`, "", spec.channels)),
    ...(spec.image ? [`save_back(Stored(${fields}), h.kept, i);`] : []),
  ];
  return `struct SeeSum { ${wanted.length ? wanted.map((slot) => `${slot.field}: ${sumType(slot)}`).join(", ") : "none: f32"} }

fn see_back(
  seen: Seen, g: vec3f, at_pixel: Pixel, h: Scene, row: Row, sums: ptr<function, SeeSum>, grads: ptr<function, Grads>,
) {
  let plane = h.plane;
${indent(lines)}
}
`;
}

const SEE_FOUR = `fn see_four(plane: Plane, at: Pixel, h: Scene) -> Quad {
  let seen = look_four(plane, at, h);
  return join(seen.a.value, seen.b.value, seen.c.value, seen.d.value);
}
`;

const SEE_FOUR_AGAIN =
  "fn see_four_again(plane: Plane, at: Pixel, h: Scene) -> Four { return look_four(plane, at, h); }\n";

/** What the pass over the output imports, forward. */
export const forwardModule = (spec: StencilSpec): string =>
  [
    heading(spec, ["fetch_x"]),
    "import package::generated::chain::Row;\n",
    sceneCode(spec),
    memberCode(spec),
    KEYS,
    lookCode(spec),
    "fn see(plane: Plane, at: Pixel, h: Scene, row: Row) -> vec3f { return look(plane, at, h).value; }\n",
    ...(spec.fours ? [SEE_FOUR] : []),
  ].join("\n");

/** The same backward: it looks again. */
export function backwardModule(spec: StencilSpec, firstRow: number): string {
  const { wanted = [], channels } = spec;
  const sums = wanted.flatMap((slot, k) =>
    saveSum(slot, firstRow + sizeOf(wanted.slice(0, k)), `sums.${slot.field}`, "save", channels),
  );
  const save = `fn see_again(plane: Plane, at: Pixel, h: Scene, row: Row) -> Seen { return look(plane, at, h); }

fn save_see(sums: SeeSum, h: Scene, n: u32, lane: u32, t: u32) {
${indent(sums)}
}
`;
  const io = [
    "fetch_x",
    "shape",
    ...(wanted.length ? ["save_partial"] : []),
    ...(wanted.some(({ perChannel }) => perChannel) ? ["CHANNELS"] : []),
    ...(spec.image ? ["back", "CHANNELS", "GROUPS"] : []),
  ];
  const back = spec.image ? [keptCode(spec), backCode(spec, true)] : [];
  const code = [sceneCode(spec, spec.image), memberCode(spec), KEYS, lookCode(spec), ...back];
  return [
    heading(spec, io),
    "import package::generated::chain::{ Grads, Row };\n",
    ...code,
    seeBackCode(spec),
    save,
    ...(spec.fours ? [SEE_FOUR_AGAIN] : []),
  ].join("\n");
}
