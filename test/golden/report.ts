/** One comparison of a case: an output or a gradient. */
export interface Check {
  /** `out`, or `grad.` and the argument. */
  what: string;
  kind: "output" | "gradient";
  /** Largest absolute difference, divided by max(1, largest reference value); infinite for NaN. */
  error: number;
  tolerance: number;
  /** Elements beyond the tolerance, of how many. */
  off: number;
  count: number;
  passed: boolean;
  /** Why a small share of elements may be off, where it may. */
  note?: string;
}

export type Status = "passed" | "failed" | "not implemented yet";

/** What became of a case. */
export interface Verdict {
  name: string;
  op: string;
  status: Status;
  checks: Check[];
  /** For a failure without a comparison, or a missing feature. */
  reason?: string;
}

/** What became of an operation. */
export interface OperationSummary {
  op: string;
  passed: number;
  failed: number;
  notImplemented: number;
  worstOutput: number | null;
  worstGradient: number | null;
  reasons: string[];
}

/** Sums verdicts up by operation, in the order of the cases. */
export function summarise(verdicts: readonly Verdict[]): OperationSummary[] {
  const table = new Map<string, OperationSummary>();
  for (const verdict of verdicts) {
    const empty = {
      op: verdict.op,
      passed: 0,
      failed: 0,
      notImplemented: 0,
      worstOutput: null,
      worstGradient: null,
      reasons: [],
    };
    const row: OperationSummary = table.get(verdict.op) ?? empty;
    table.set(verdict.op, row);
    if (verdict.status === "passed") row.passed++;
    else if (verdict.status === "failed") row.failed++;
    else row.notImplemented++;
    if (verdict.reason && !row.reasons.includes(verdict.reason)) row.reasons.push(verdict.reason);
    for (const { kind, error } of verdict.checks) {
      const key = kind === "output" ? "worstOutput" : "worstGradient";
      row[key] = Math.max(row[key] ?? 0, error);
    }
  }
  return [...table.values()];
}

/** The whole report as text: a line per operation, and the total. */
export function render(verdicts: readonly Verdict[], verbose = false): string {
  const rows = summarise(verdicts);
  const width = Math.max(9, ...rows.map((row) => row.op.length));
  const head = `${"operation".padEnd(width)}  passed  failed  not implemented yet  worst output  worst gradient`;
  const lines = [head, "-".repeat(head.length)];
  for (const row of rows) {
    const numbers = [
      String(row.passed).padStart(6),
      String(row.failed).padStart(6),
      String(row.notImplemented).padStart(19),
      scientific(row.worstOutput).padStart(12),
      scientific(row.worstGradient).padStart(14),
    ];
    lines.push(`${row.op.padEnd(width)}  ${numbers.join("  ")}${row.failed ? "  <- FAILED" : ""}`);
    for (const verdict of verdicts.filter(({ op }) => op === row.op)) lines.push(...details(verdict, verbose));
  }
  lines.push("", total(verdicts));
  return lines.join("\n");
}

/** The last line: `N of M cases pass`, and where the others are. */
export function total(verdicts: readonly Verdict[]): string {
  const count = (status: Status) => verdicts.filter((verdict) => verdict.status === status).length;
  const rest = `${count("failed")} failed, ${count("not implemented yet")} not implemented yet`;
  return `${rest}\n${count("passed")} of ${verdicts.length} cases pass`;
}

function details(verdict: Verdict, verbose: boolean): string[] {
  if (verdict.status === "passed" && !verbose) return [];
  if (verdict.status === "not implemented yet" && !verbose) return [];
  const lines =
    verdict.reason || verbose
      ? [`    ${verdict.name}: ${verdict.status}${verdict.reason ? `, ${verdict.reason}` : ""}`]
      : [];
  for (const check of verdict.checks) {
    if (check.passed && !verbose) continue;
    const verdictWord = check.passed ? "ok" : "OFF";
    const share = `${check.off} of ${check.count} values off`;
    lines.push(
      `    ${verdict.name} ${check.what}: ${verdictWord}, error ${scientific(check.error)} (allowed ${scientific(check.tolerance)}), ${share}` +
        (check.note ? `; ${check.note}` : ""),
    );
  }
  return lines;
}

function scientific(value: number | null): string {
  return value === null ? "-" : value === 0 ? "0" : value.toExponential(1);
}
