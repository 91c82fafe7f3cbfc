/** The reference's page of one transform, as Markdown for TypeDoc, from its declaration alone. */
import type { Declaration, OptionSpec, ParamSpec } from "../../src/transforms/index.ts";
import { callOf } from "./examples.ts";

const KINDS: Record<Declaration["kind"], string> = {
  point: "A point: it changes each pixel by itself. A row of points is one pass over memory.",
  map: "A map: it says where each pixel goes. A row of maps is multiplied to one matrix, so that the image is interpolated once.",
  field:
    "A field: it says for each pixel of the result where it looks. Maps before it fold into it, so that the image is interpolated once.",
  line: "A filter: it looks at the neighbours of a pixel, along one axis at a time.",
  stencil:
    "A stencil: it looks at the neighbours of a pixel, all of them at a time. Points that follow run in the same pass.",
  resize:
    "A change of size: where it averages, it is a filter of its own; else it joins a row of maps, which is interpolated once.",
  mix: "A mix: it looks at other samples of the batch. The points that follow run in its pass. A batch that one binding of the device cannot hold is refused.",
  block: "A transform of blocks: it works on each tile of the image as a whole.",
  program: "A program: it has kernels of its own, and is a pass of its own in every chain.",
  composite: "A composite: it is made of other transforms, whose passes it takes.",
};

const IMAGE_GRADIENTS: Record<Declaration["kind"], string> = {
  point: "The gradient of a pixel comes from the same pixel of the result.",
  map: "The gradient of the image is gathered: every pixel of the source adds up what the pixels of the result that looked at it send back. With `nearest`, places have the gradient of `bilinear` (straight-through).",
  field:
    "The gradient of the image is scattered: every pixel of the result adds what it sends back to the pixels that it looked at, in fixed point, so that two runs have equal bits. With `nearest`, places have the gradient of `bilinear` (straight-through).",
  line: "The gradient of the image is the transposed filter, borders included.",
  stencil:
    "The gradient of the image is gathered: every pixel adds up what the pixels of the result that looked at it send back, borders included.",
  resize: "The gradient of the image is the transposed filter; without averaging, that of a map.",
  mix: "The gradient of a sample adds up what its own result and those of the samples whose partner it is give back, in the order of the batch.",
  block: "The gradient of a block comes from the same block of the result.",
  program: "The gradient is pulled back by kernels of its own.",
  composite: "The gradient is that of the transforms that it is made of.",
};

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

function range({ min, max, nonzero, integer }: ParamSpec): string {
  const bounds = [
    min !== undefined && `at least ${min}`,
    max !== undefined && `at most ${max}`,
    nonzero && "other than 0",
  ].filter(Boolean);
  const numbers = integer ? "whole numbers" : bounds.length > 0 ? "" : "any finite number";
  return [numbers, ...bounds].filter(Boolean).join(", ");
}

function standard({ default: value, role }: ParamSpec): string {
  if (value === undefined) return "required";
  // NaN stands for what a declaration cannot know: the middle of the image, or what a pipeline draws.
  if (typeof value === "number" && Number.isNaN(value)) return role === "key" ? "drawn by `sequential`" : "the centre";
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

const values = ({ size = 1 }: ParamSpec): string => SIZES[size] ?? String(size);

const SIZES: Record<string, string> = {
  C: "one per channel",
  kernel: "one per cell of the kernel",
  kernelWidth: "one per column of the kernel",
  kernelHeight: "one per row of the kernel",
  points: "x and y of each point",
};

function parametersTable({ params, field, draws }: Declaration): string {
  const rows = Object.entries(params).map(([name, spec]) => [
    `\`${name}\``,
    spec.doc,
    values(spec),
    spec.unit,
    range(spec),
    standard(spec),
  ]);
  const otherwise = draws ? "drawn from `seed`" : "required";
  if (field?.name !== undefined)
    rows.unshift([`\`${field.name}\``, field.doc, "two per pixel", field.unit, "a tensor", otherwise]);
  return table(["parameter", "meaning", "values per sample", "unit", "range", "default"], rows);
}

const ALLOWED: Record<string, string> = {
  size: "a whole number of pixels",
  kernelSize: "an odd number, or [height, width]",
  anyKernelSize: "a number, or [height, width]",
  kernelOrigin: "[row, column]",
  kernelCells: "rows of 0 and 1",
};

function allowedText(allowed: OptionSpec["allowed"]): string {
  if (typeof allowed === "string") return ALLOWED[allowed];
  if ("includes" in allowed) return allowed.map((one) => `\`${one}\``).join(", ");
  const { min, max, integer } = allowed;
  return `a ${integer ? "whole " : ""}number, ${range({ min, max, unit: "", doc: "" })}`;
}

function optionsTable(options: Record<string, OptionSpec>): string {
  const rows = Object.entries(options).map(([name, { doc, allowed, default: value }]) => [
    `\`${name}\``,
    doc,
    allowedText(allowed),
    value === undefined ? "see the meaning" : `\`${value}\``,
  ]);
  return table(["option", "meaning", "allowed", "default"], rows);
}

/** How gradients flow, in sentences. */
function gradients({ kind, params, field, statistic, estimator, options = {} }: Declaration): string {
  const learnable = Object.keys(params).filter((name) => params[name].gradient !== false);
  const names = [...(field?.name === undefined ? [] : [field.name]), ...learnable].map((name) => `\`${name}\``);
  return [
    IMAGE_GRADIENTS[kind],
    names.length > 0
      ? `Gradients reach ${names.join(", ")}, where given as a tensor.`
      : "It has no parameters to learn.",
    estimator
      ? `Where the formula jumps, \`estimator\` says what is differentiated in its place: ${Object.entries(
          estimator.surrogates,
        )
          .map(([name, formula]) => `\`${name}\`, ${formula}`)
          .join("; ")}.`
      : "",
    statistic ? "The gradient of the mean of the image is a part of both." : "",
    "clip" in options ? "Clipping has the gradient 1 inside of 0..1 and at its ends, else 0, as in PyTorch." : "",
    options.padding ? "What padding shows counts, too: its gradient goes to the pixels that are shown." : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Everything that the declaration says. @param picture the picture's file beside the page, if it has been made */
export function transformPage(declaration: Declaration, picture?: string): string {
  const { name, doc, kind, params, options = {}, channels, source } = declaration;
  const sections = [
    `---\ntitle: ${name}\n---\n\n# ${name}`,
    `\`\`\`text\n${doc}\n\`\`\``,
    KINDS[kind],
    channels ? `Images have ${channels.join(" or ")} channels.` : "Images may have any number of channels.",
    picture && `![A photo, ${name} of it, and the gradient in the photo of the result's mean square](${picture})`,
    `\`\`\`js\n${callOf(name)}\n\`\`\``,
    Object.keys(params).length > 0 &&
      `## Parameters\n\n${parametersTable(declaration)}\n\nA parameter is a number, one number per sample, or a tensor: \`[]\`, \`[N]\`, or for several values \`[K]\` or \`[N, K]\`. In \`sequential\` it may be a distribution.`,
    Object.keys(options).length > 0 && `## Options\n\n${optionsTable(options)}`,
    `## Gradients\n\n${gradients(declaration)}`,
    `## Source\n\n${source}`,
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}
