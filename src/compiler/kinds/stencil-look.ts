/** What an output pixel of a stencil sees: a fold over its neighbours, or the value of one rank among them. */

import { gateOf } from "../pack/layout.ts";
import { centre, hasCentre, indent, overNeighbours, placeLines } from "./stencil-cells.ts";
import { formOf, type StencilSpec } from "./stencil-module.ts";
import { fourRanksCode, rankLines } from "./stencil-rank.ts";

/** What a pixel shows, `look`, and what is left of it for the way back; for four of a row, too, where they are seen at a time. */
export const lookCode = (spec: StencilSpec): string =>
  [
    `struct Seen { value: vec3f, sum: s::Sum${hasCentre(spec) ? ", centre: vec3f" : ""} }`,
    oneCode(spec),
    fourCode(spec),
  ].join("\n\n");

function oneCode(spec: StencilSpec): string {
  const { declaration } = spec.head.transform;
  const c = hasCentre(spec);
  const coin = gateOf(spec.layout, 0);
  const needsCentre = c || coin !== undefined;
  const lines = [...placeLines(spec), ...(needsCentre ? [`let centre = ${centre};`] : [])];
  if (formOf(declaration) === "rank") lines.push(...rankLines(spec));
  else {
    lines.push("var sum: s::Sum;");
    lines.push(...overNeighbours(spec, (v, at, p) => [`s::take(&sum, ${v}, ${c ? "centre, " : ""}${at}, ${p});`]));
    lines.push(`let value = s::result(sum, ${c ? "centre, " : ""}h.p);`);
  }
  const shown = coin ? "select(value, centre, h.on == 0.0)" : "value";
  return `fn look(plane: Plane, at_pixel: Pixel, h: Scene) -> Seen {
${indent(lines)}
  return Seen(${shown}, sum${c ? ", centre" : ""});
}
`;
}

const fourCode = (spec: StencilSpec): string =>
  spec.fours
    ? `struct Four { a: Seen, b: Seen, c: Seen, d: Seen }

${fourRanksCode(spec)}`
    : "";
