/** What the demo says in the terminal: the bar with the time left, and the closing table. */
import { SingleBar } from "cli-progress";
import { ARMS, type ArmName, type ExperimentResult, type Progress, verdict } from "./results.ts";

const TITLES: Record<ArmName, string> = { none: "no augmentation", learned: "learned", fixed: "best fixed range" };

const title = ({ arm, factor }: { arm: ArmName; factor?: number }) =>
  arm === "fixed" ? `fixed range x ${factor}` : TITLES[arm];

/** Seconds as "3:05". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A bar that follows the experiment. */
export class Bar {
  readonly #bar = new SingleBar({
    format: "  {bar} {percentage}%  {left} left  {what}",
    barsize: 28,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 20_000,
    clearOnComplete: true,
    stream: process.stderr,
  });
  #what = "preparing";
  #began = 0;
  #started = false;

  follow(progress: Progress): void {
    if (progress.kind === "start") this.#what = title(progress);
    if (progress.kind === "epoch") {
      const { epoch, epochs, report } = progress;
      this.#what = `${title(progress)}, epoch ${epoch} of ${epochs}: ${report.validation.toFixed(0)}% of the changed validation digits`;
    }
    if (progress.kind !== "step") return;
    const { done, total } = progress;
    if (!this.#started) {
      this.#started = true;
      this.#began = performance.now();
      this.#bar.start(total, done, { what: this.#what, left: "?:??" });
    }
    const elapsed = (performance.now() - this.#began) / 1000;
    this.#bar.update(done, { what: this.#what, left: elapsed < 3 ? "?:??" : clock((elapsed / done) * (total - done)) });
  }

  stop(): void {
    if (this.#started) this.#bar.stop();
  }
}

/** The figures, as lines. */
export function closingTable({
  accuracy,
  best,
  widths,
  trueWidths,
  firstWidths,
  seconds,
}: Omit<ExperimentResult, "samples">): string {
  const lines = [["Test digits classified correctly", "upright", "changed"]];
  for (const arm of ARMS) {
    const name = arm === "fixed" ? `${TITLES.fixed} (x ${best.factor})` : TITLES[arm];
    lines.push([`  ${name}`, `${accuracy[arm].upright.toFixed(1)}%`, `${accuracy[arm].changed.toFixed(1)}%`]);
  }
  const shown = [
    ["rotation", "angle", (v: number) => `${v.toFixed(1)} deg`],
    ["movement, of half the side", "move", (v: number) => `${(v * 100).toFixed(1)}%`],
    ["size, in logarithms", "scale", (v: number) => v.toFixed(3)],
    ["shear", "shear", (v: number) => v.toFixed(3)],
  ] as const;
  const ranges = [["Range, either way", "at first", "learned", "the world"]];
  for (const [name, key, text] of shown)
    ranges.push([`  ${name}`, text(firstWidths[key]), text(widths[key]), text(trueWidths[key])]);
  return ["", ...aligned(lines), "", ...aligned(ranges), "", verdict(accuracy), `${clock(seconds)} in all.`].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  return rows.map(([name, ...cells]) => name.padEnd(32) + cells.map((cell) => cell.padStart(11)).join(""));
}
