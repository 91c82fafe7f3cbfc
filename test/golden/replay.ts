import { add, backward, type Gpu, mul, sum, type Tensor } from "../../src/index.ts";
import { nudged } from "./conventions.ts";
import { arraysOf, type Case, type Golden, isArraySpec, load, type OutputSpec } from "./manifest.ts";
import { entryFor } from "./mapping.ts";
import { Material, NotImplementedYet, type Outcome } from "./material.ts";
import { GoldenError } from "./npy.ts";
import type { Check, Verdict } from "./report.ts";

/** Tolerances of the cases' README, as parts of max(1, largest reference value). */
export const OUTPUT_TOLERANCE = 1e-4;
export const GRADIENT_TOLERANCE = 1e-3;

/** Distance in pixels within which two pixels count as equally near. */
const TIE = 3e-4;
const SIDES = [
  [TIE, TIE],
  [-TIE, TIE],
  [TIE, -TIE],
  [-TIE, -TIE],
] as const;

/** Replays one case through augrad. Never throws: whatever goes wrong is part of the verdict. */
export async function replay(gpu: Gpu, golden: Golden, item: Case): Promise<Verdict> {
  const verdict: Verdict = { name: item.name, op: item.op, status: "passed", checks: [] };
  const scope = gpu.scope();
  try {
    const entry = entryFor(item);
    for (const spec of arraysOf(item)) await load(golden, spec);
    const run = async () => evaluate(golden, await Material.open(gpu, golden, item), entry);
    const made = await run();
    const others: Made[] = [];
    verdict.checks = await compareAll(golden, item, made, others);
    if (made.outcome.ties && verdict.checks.some(({ passed }) => !passed)) {
      for (const side of SIDES) others.push(await nudged(side, run));
      verdict.checks = await compareAll(golden, item, made, others);
    }
    const missing = Object.keys(item.outputs).filter((name) => !made.values[name]);
    if (missing.length) {
      Object.assign(verdict, { status: "not implemented yet", reason: `output ${missing.join(", ")}` });
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NotImplementedYet) {
      Object.assign(verdict, { status: "not implemented yet", reason: message });
    } else {
      const reason = error instanceof GoldenError ? message : `augrad threw: ${message}`;
      Object.assign(verdict, { status: "failed", reason });
    }
  } finally {
    scope.dispose();
  }
  if (verdict.checks.some((check) => !check.passed)) verdict.status = "failed";
  return verdict;
}

/** What augrad makes of a case: outputs by name, gradients by `grad.` and the argument; null where none arrived. */
interface Made {
  outcome: Outcome;
  values: Record<string, { shape: readonly number[]; data: ArrayLike<number> } | null>;
}

async function evaluate(golden: Golden, material: Material, entry: (m: Material) => Promise<Outcome>): Promise<Made> {
  const { item } = material;
  const outcome = await entry(material);
  const values: Made["values"] = {};
  const keep = async (name: string, tensor: Tensor | null | undefined) => {
    values[name] = tensor ? { shape: tensor.shape, data: await tensor.read() } : null;
  };
  for (const name of Object.keys(item.outputs)) {
    if (outcome.outputs[name]) await keep(name, outcome.outputs[name]);
  }
  const wanted = wantedGradients(item);
  if (wanted.length && Object.keys(item.weights).every((name) => outcome.outputs[name])) {
    const loss = await lossOf(material, golden, outcome.outputs);
    if (loss.requiresGrad) backward(loss);
    for (const name of wanted) await keep(`grad.${name}`, material.leaves.get(name)?.grad);
  }
  return { outcome, values };
}

const wantedGradients = (item: Case): string[] =>
  Object.entries(item.grads ?? {}).flatMap(([name, spec]) => (spec.trust === "ok" && spec.grad !== null ? [name] : []));

/** L = the sum of w times the output, over the outputs that have a weight. */
async function lossOf(material: Material, golden: Golden, outputs: Outcome["outputs"]): Promise<Tensor> {
  let loss: Tensor | null = null;
  for (const [name, spec] of Object.entries(material.item.weights)) {
    const weight = material.constant((await load(golden, spec)).data, spec.shape);
    const term = sum(mul(outputs[name], weight));
    loss = loss ? add(loss, term) : term;
  }
  if (!loss) throw new GoldenError(`Case ${material.item.name} has gradients but no weights.`);
  return loss;
}

async function compareAll(golden: Golden, item: Case, made: Made, others: readonly Made[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const what of Object.keys(made.values)) {
    const isGradient = what.startsWith("grad.");
    const spec = (isGradient ? item.grads?.[what.slice(5)] : item.outputs[what]) as OutputSpec;
    const references = [(await load(golden, spec)).data];
    const other = spec.float32_alternative;
    const second = isArraySpec(other) ? other : other ? { ...spec, file: other } : null;
    if (second) references.push((await load(golden, second)).data);
    const actual = made.values[what];
    if (actual && actual.shape.join() !== spec.shape.join()) {
      const shapes = `[${actual.shape.join(", ")}] where [${spec.shape.join(", ")}] is expected`;
      throw new Error(`${what} has shape ${shapes}`);
    }
    const candidates = [made, ...others].map(
      ({ values }) => values[what]?.data ?? new Float32Array(references[0].length),
    );
    checks.push(compare(what, isGradient ? "gradient" : "output", candidates, references, made.outcome, !actual));
  }
  return checks;
}

/**
 * Compares values with references; a gradient that did not arrive counts as zero. With several candidates (the sides of
 * ties) an output has to be one of them, and a gradient has to lie between them.
 */
function compare(
  what: string,
  kind: Check["kind"],
  candidates: readonly ArrayLike<number>[],
  references: readonly Float32Array[],
  { share = 0, extra = 0, note }: Outcome,
  absent: boolean,
): Check {
  const [reference] = references;
  const scale = reference.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
  const allowed = (kind === "output" ? OUTPUT_TOLERANCE : GRADIENT_TOLERANCE) * scale + (kind === "output" ? extra : 0);
  const between = kind === "gradient" && candidates.length > 1;
  let worst = 0;
  let off = 0;
  for (let i = 0; i < reference.length; i++) {
    const values = candidates.map((candidate) => candidate[i]);
    let error = Number.POSITIVE_INFINITY;
    for (const expected of references) {
      for (const value of values) error = Math.min(error, difference(value, expected[i]));
      if (between && expected[i] >= Math.min(...values) && expected[i] <= Math.max(...values)) error = 0;
    }
    if (error > worst) worst = error;
    if (!(error <= allowed)) off++;
  }
  const spare = kind === "output" && share ? Math.ceil(share * reference.length) : 0;
  const notes = [...(note ? [note] : []), ...(candidates.length > 1 ? ["either side of a tie is right"] : [])];
  return {
    what: absent ? `${what} (none arrived)` : what,
    kind,
    error: worst / scale,
    tolerance: allowed / scale,
    off,
    count: reference.length,
    passed: off <= spare,
    ...(notes.length ? { note: notes.join("; ") } : {}),
  };
}

function difference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const error = Math.abs(a - b);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
