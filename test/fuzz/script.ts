/** A failing case as a program that anybody can run: what is expected, and what came. */

import type { Shape4 } from "../reference/image.ts";
import { type Case, modelLinks, type ParamCase } from "./case.ts";
import { expectationOf, type Failure } from "./compare.ts";
import { poisonedOf, singleOf } from "./execute.ts";
import { weightsFor } from "./image.ts";
import { groupsOf } from "./model/chain.ts";

const list = (values: ArrayLike<number>): string => `[${Array.from(values, number).join(", ")}]`;
/** As few digits as tell an f32 from its neighbours. */
function number(v: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(v.toPrecision(digits)));
    if (Math.fround(Number(text)) === Math.fround(v)) return text;
  }
  return String(v);
}

function valueText({ form, shape, values, learned }: ParamCase): string {
  if (form === "tensor") return `A.${learned ? "parameter" : "tensor"}(gpu, ${list(values)}, ${list(shape)})`;
  if (form === "number") return number(values[0]);
  if (shape.length < 2) return list(values);
  const rows = Array.from({ length: shape[0] }, (_, n) => list(values.slice(n * shape[1], (n + 1) * shape[1])));
  return `[${rows.join(", ")}]`;
}

/** The function that runs a case and returns everything by name. */
function runText(name: string, made: Case, apart: boolean, first: number): string {
  const lines: string[] = [`async function ${name}() {`];
  const leaves: string[] = made.learned ? ["image: x"] : [];
  const { shape, dtype, image } = made;
  const data = dtype === "f32" || dtype === "f16" ? list(image) : `Uint8Array.of(${Array.from(image).join(", ")})`;
  const options = [dtype === "f32" ? "" : `dtype: "${dtype}"`, made.learned ? "requiresGrad: true" : ""].filter(
    Boolean,
  );
  lines.push(
    `  const x = A.tensor(gpu, ${data}, ${list(shape)}${options.length ? `, { ${options.join(", ")} }` : ""});`,
  );
  const transforms = made.links.map((link, i) => {
    const all = { ...link.params, ...(link.on ? { on: link.on } : {}) };
    const settings = Object.entries(link.options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    for (const [param, value] of Object.entries(all)) {
      if (!value.learned) settings.push(`${param}: ${valueText(value)}`);
      else {
        lines.push(`  const ${param}${i} = ${valueText(value)};`);
        leaves.push(`"${i}.${param}": ${param}${i}`);
        settings.push(`${param}: ${param}${i}`);
      }
    }
    return `A.${link.name}(${settings.length ? `{ ${settings.join(", ")} }` : ""})`;
  });
  lines.push(...applyText(made, transforms, apart));
  lines.push(`  const all = { result: await y.read() };`);
  if (leaves.length > 0) {
    const out = expectationOf({ ...made, poison: undefined }).grid.shape as Shape4;
    lines.push(`  const leaves = { ${leaves.join(", ")} };`);
    lines.push(`  const gradient = A.tensor(gpu, ${list(weightsFor(out, first))}, y.shape);`);
    lines.push("  const gradients = A.grad(y, Object.values(leaves), { gradient });");
    lines.push("  for (const [i, name] of Object.keys(leaves).entries()) all[name] = await gradients[i].read();");
  }
  return [...lines, "  return all;", "}"].join("\n");
}

function applyText(made: Case, transforms: string[], apart: boolean): string[] {
  const optionsText = (dtype?: string) => {
    const options = [made.compose ? "" : "compose: false", dtype ? `dtype: "${dtype}"` : ""].filter(Boolean);
    return options.length ? `, { ${options.join(", ")} }` : "";
  };
  if (!apart) return [`  const y = A.apply(x, [${transforms.join(", ")}]${optionsText(made.result)});`];
  const groups = groupsOf(modelLinks(made), [made.shape[2], made.shape[3]], made.compose);
  const lines = groups.map(({ first, count }, i) => {
    const dtype = i === groups.length - 1 ? made.result : made.result === "f16" ? "f16" : undefined;
    return `  y = A.apply(y, [${transforms.slice(first, first + count).join(", ")}]${optionsText(dtype)});`;
  });
  return ["  let y = x;", ...lines];
}

/** What to compare with what, by the sort of the failure. */
export function scriptOf(cases: Case[], failure: Failure): string {
  const made = cases[cases.length - 1];
  const { sort, what } = failure;
  const head = [
    'import * as A from "augrad/node";',
    "const gpu = await A.requestGpu();",
    `// ${sort}: ${what}, first wrong at ${failure.index}; ${failure.wrong} of ${failure.of} wrong.`,
  ];
  const earlier = cases.slice(0, -1).map((one, i) => runText(`earlier${i}`, one, false, 0));
  const before = cases.slice(0, -1).map((_, i) => `await earlier${i}();`);
  return [...head, ...earlier, ...bodyOf(made, failure, before), "gpu.destroy();", ""].join("\n");
}

const print = (label: string, value: string) => `console.log("${label}", ${value});`;

function bodyOf(made: Case, { sort, what }: Failure, before: string[]): string[] {
  const of = (result: string) => `(${result})["${what}"]`;
  const isValue = what === "result" || what === "image" || /^\d+\./.test(what);
  if (!isValue)
    return [runText("run", made, false, 0), ...before, print("expected no error and no hang, got", "await run()")];
  if (sort.startsWith("again"))
    return [
      runText("run", made, false, 0),
      ...before,
      print("first", of("await run()")),
      print("again", of("await run()")),
    ];
  if (sort.startsWith("beside")) {
    const functions = [runText("clean", made, false, 0), runText("other", poisonedOf(made), false, 0)];
    const rest = `samples other than ${made.poison!.sample} as they were:`;
    return [...functions, ...before, print(rest, of("await clean()")), print("got", of("await other()"))];
  }
  const expected = expectationOf(made);
  const values = what === "result" ? expected.y.v : what === "image" ? expected.image!.v : expected.params.get(what)!.v;
  const text = list(Array.from(values, (v) => Number(v.toPrecision(7))));
  if (sort.startsWith("alone")) {
    const n = made.image.length % made.shape[0];
    const functions = [runText("batch", made, false, 0), runText("alone", singleOf(made, n), false, n)];
    const got = [print("in a batch", of("await batch()")), print(`sample ${n} alone`, of("await alone()"))];
    return [...functions, ...before, `console.log("expected", ${text});`, ...got];
  }
  const run = runText("run", made, sort.startsWith("one by one"), 0);
  return [run, ...before, `console.log("expected", ${text});`, print("got", of("await run()"))];
}
