/** What a run showed, as text. */
import type { Fault, Report } from "./fuzz.ts";
import { scriptOf } from "./script.ts";

const VAGUE = ", at a kink or without a bound";

export function faultText({ structure, draw, failures, cases }: Fault, seed: number): string {
  const [first] = failures;
  const lines = [`Failure: seed ${seed}, structure ${structure}, case ${draw} (--from ${structure} starts there)`];
  for (const { sort, what, index, expected, got, allowed, wrong, of } of failures)
    lines.push(`  ${sort}: ${what}[${index}] is ${got}, expected ${expected} ± ${allowed}; ${wrong} of ${of} wrong`);
  const transforms = cases[cases.length - 1].links.map(({ name }) => name).join(" > ");
  lines.push(`  ${transforms || "no transform"}`, "", scriptOf(cases, first));
  return lines.join("\n");
}

/** One line for each sort of comparison: how many values, and how many of them say nothing. */
export function countsText(counts: Report["counts"]): string {
  const sorts = [...new Set(Object.keys(counts).map((name) => name.replace(VAGUE, "")))].sort();
  const width = Math.max(...sorts.map((sort) => sort.length), 10);
  const rows = sorts.map((sort) => {
    const compared = counts[sort] ?? 0;
    const vague = counts[sort + VAGUE] ?? 0;
    return `  ${sort.padEnd(width)} ${String(compared).padStart(12)} ${String(vague || "").padStart(14)}`;
  });
  return [`  ${"values".padEnd(width)} ${"compared".padStart(12)} ${"kink, no bound".padStart(14)}`, ...rows].join(
    "\n",
  );
}

export function summary({ device, cases, structures, seconds, slowest, counts, faults }: Report): string {
  return [
    countsText(counts),
    "",
    `${cases} cases of ${structures} structures on ${device} in ${seconds.toFixed(0)} s, the slowest ${slowest.toFixed(1)} s`,
    `${faults.length} failures`,
  ].join("\n");
}
