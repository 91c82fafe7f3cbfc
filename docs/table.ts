// The table of transforms in README.md, from the registry; docs/readme.ts puts it there.
import { type Declaration, type ParamSpec, registry } from "../src/transforms/index.ts";

const GROUPS: [heading: string, belongs: (declaration: Declaration) => boolean][] = [
  ["colour: points", ({ kind, module }) => kind === "point" && module.startsWith("color::")],
  ["other points", ({ kind, module }) => kind === "point" && !module.startsWith("color::")],
  ["geometry: maps", ({ kind }) => kind === "map" || kind === "resize"],
  ["geometry: fields", ({ kind }) => kind === "field"],
  ["filters: windows", ({ kind }) => kind === "line"],
  ["filters and morphology: stencils", ({ kind }) => kind === "stencil"],
  ["filters and morphology: made of others", ({ kind }) => kind === "composite"],
  ["mixes of samples", ({ kind }) => kind === "mix"],
  ["codecs: blocks", ({ kind }) => kind === "block"],
  ["programs", ({ kind }) => kind === "program"],
];

/** What every map has is said once, above the table. */
const COMMON = ["interpolation", "padding", "fill", "centerX", "centerY"];

/** How many values a parameter has that has some for the cells of a kernel, or for points. */
const SIZES: Record<string, string> = { kernel: "kH, kW", kernelWidth: "kW", kernelHeight: "kH", points: "K, 2" };

/** Units that go without saying. */
const PLAIN = ["factor", "intensity", "exponent"];

function setting(name: string, { default: value, size }: ParamSpec): string {
  // NaN stands for what only the image, or the pipeline, knows.
  if (Number.isNaN(value)) return `\`${name}\``;
  // A table is too long for one.
  if (typeof size === "number" && size > 16) return `\`${name}[${size}]\``;
  if (value !== undefined) return `\`${name}=${Array.isArray(value) ? `[${value.join(", ")}]` : value}\``;
  return `\`${name}${size === undefined ? "" : `[${SIZES[size] ?? size}]`}\``;
}

/** Parameters, with the unit behind the last of those that share it. */
function parameters(params: [string, ParamSpec][]): string[] {
  return params.map(([name, spec], i) => {
    const isLast = params[i + 1]?.[1].unit !== spec.unit;
    return `${setting(name, spec)}${isLast && !PLAIN.includes(spec.unit) ? ` (${spec.unit})` : ""}`;
  });
}

function option(name: string, allowed: unknown, value: unknown): string {
  const start = value === undefined ? "" : `=${JSON.stringify(value)}`;
  if (Array.isArray(allowed) && allowed.length === 1) return "";
  const choices = Array.isArray(allowed) && allowed.length > 2 ? ` (${allowed.join(", ")})` : "";
  return `\`${name}${start}\`${choices}`;
}

function row({ name, doc, params, options = {}, field, channels, kind }: Declaration): string {
  const own = (entry: string) =>
    !["map", "resize", "field"].includes(kind) || !COMMON.includes(entry) || params[entry]?.unit === "half sizes";
  const settings = [
    ...(field?.name ? [`\`${field.name}\` (${field.unit})`] : []),
    ...parameters(Object.entries(params).filter(([param]) => own(param))),
    ...Object.entries(options)
      .filter(([key]) => own(key))
      .map(([key, spec]) => option(key, spec.allowed, spec.default))
      .filter(Boolean),
  ];
  const only = channels ? `; C = ${channels.join(" or ")}` : "";
  return `| \`${name}\` | ${doc}${only} | ${settings.join(", ") || "none"} |`;
}

/** All transforms as a Markdown table. */
export function transformTable(): string {
  const all = [...registry.values()];
  const rows = GROUPS.flatMap(([heading, belongs]) => [`| **${heading}** | | |`, ...all.filter(belongs).map(row)]);
  return ["| transform | what it computes | parameters and options |", "| --- | --- | --- |", ...rows].join("\n");
}
