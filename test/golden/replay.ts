import { add, backward, type Gpu, mul, sum, type Tensor } from "../../src/index.ts";
import { arraysOf, type Case, type Golden, isArraySpec, load } from "./manifest.ts";
import { entryFor } from "./mapping.ts";
import { Material, NotImplementedYet, type Outcome } from "./material.ts";
import { GoldenError } from "./npy.ts";
import type { Check, Verdict } from "./report.ts";

/** Tolerances of the cases' README, as parts of max(1, largest reference value). */
export const OUTPUT_TOLERANCE = 1e-4;
export const GRADIENT_TOLERANCE = 1e-3;

/** Replays one case through augrad. Never throws: whatever goes wrong is part of the verdict. */
export async function replay(gpu: Gpu, golden: Golden, item: Case): Promise<Verdict> {
  const verdict: Verdict = { name: item.name, op: item.op, status: "passed", checks: [] };
  const scope = gpu.scope();
  try {
    const missing = await run(gpu, golden, item, verdict.checks);
    if (missing.length)
      Object.assign(verdict, { status: "not implemented yet", reason: `output ${missing.join(", ")}` });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NotImplementedYet) Object.assign(verdict, { status: "not implemented yet", reason: message });
    else
      Object.assign(verdict, {
        status: "failed",
        reason: error instanceof GoldenError ? message : `augrad threw: ${message}`,
      });
  } finally {
    scope.dispose();
  }
  if (verdict.checks.some((check) => !check.passed)) verdict.status = "failed";
  return verdict;
}

/** Compares all that augrad makes; returns the outputs that it cannot make. */
async function run(gpu: Gpu, golden: Golden, item: Case, checks: Check[]): Promise<string[]> {
  const entry = entryFor(item);
  for (const spec of arraysOf(item)) await load(golden, spec);
  const material = await Material.open(gpu, golden, item);
  const made = await entry(material);
  const missing: string[] = [];
  for (const [name, spec] of Object.entries(item.outputs)) {
    const actual = made.outputs[name];
    if (!actual) {
      missing.push(name);
      continue;
    }
    const { data } = await load(golden, spec);
    const other = spec.float32_alternative;
    const otherSpec = isArraySpec(other) ? other : other ? { ...spec, file: other } : null;
    const alternative = otherSpec && (await load(golden, otherSpec)).data;
    checks.push(await compare(name, "output", actual, spec.shape, data, OUTPUT_TOLERANCE, made, alternative));
  }
  const wanted = Object.entries(item.grads ?? {}).filter(([, spec]) => spec.trust === "ok" && spec.grad !== null);
  if (wanted.length && Object.keys(item.weights).every((name) => made.outputs[name])) {
    const loss = await lossOf(material, golden, made.outputs);
    if (loss.requiresGrad) backward(loss);
    for (const [name, spec] of wanted) {
      const { data } = await load(golden, { file: spec.file!, shape: spec.shape! });
      const gradient = material.leaves.get(name)?.grad ?? null;
      checks.push(await compare(`grad.${name}`, "gradient", gradient, spec.shape!, data, GRADIENT_TOLERANCE, made));
    }
  }
  return missing;
}

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

/** Compares a tensor with reference values; a gradient that did not arrive counts as zero. */
async function compare(
  what: string,
  kind: Check["kind"],
  actual: Tensor | null,
  shape: readonly number[],
  reference: Float32Array,
  tolerance: number,
  { share, extra, note }: Outcome,
  alternative: Float32Array | null = null,
): Promise<Check> {
  if (actual && actual.shape.join() !== shape.join()) {
    throw new Error(`${what} has shape [${actual.shape.join(", ")}] where [${shape.join(", ")}] is expected`);
  }
  const values = actual ? await actual.read() : new Float32Array(reference.length);
  const scale = reference.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
  const allowed = tolerance * scale + (kind === "output" ? (extra ?? 0) : 0);
  let worst = 0;
  let off = 0;
  for (let i = 0; i < reference.length; i++) {
    let error = difference(values[i], reference[i]);
    if (alternative) error = Math.min(error, difference(values[i], alternative[i]));
    if (error > worst) worst = error;
    if (!(error <= allowed)) off++;
  }
  const spare =
    share && (kind === "output" || what === "grad.image" || reference.length > 64)
      ? Math.ceil(share * reference.length)
      : 0;
  const check: Check = {
    what: kind === "gradient" && !actual ? `${what} (none arrived)` : what,
    kind,
    error: worst / scale,
    tolerance: allowed / scale,
    off,
    count: reference.length,
    passed: off <= spare,
  };
  return note && (spare || extra) ? { ...check, note } : check;
}

function difference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const error = Math.abs(a - b);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
