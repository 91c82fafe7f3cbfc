/** The live page: the same experiment as the command line's, drawn as it goes. */
import { adapterFacts, describeAdapter } from "../../src/node/adapter.ts";
import { ARM_TITLES, accuracyChart, type Curve, validationChart, widthCharts } from "./charts.ts";
import { type Digits, loadDigits } from "./data.ts";
import { startEngine } from "./engine.ts";
import { oneOfEach, runExperiment } from "./experiment.ts";
import { reportHtml, sheetRows } from "./report.ts";
import {
  type Accuracy,
  type ArmName,
  type ExperimentSettings,
  FIRST_WIDTHS,
  FULL,
  type Progress,
  QUICK,
  TRUE_WIDTHS,
  verdict,
  type WidthPoint,
} from "./results.ts";
import { drawSheet, type SheetRow } from "./sheet.ts";

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [start, stop, save] = [
  at<HTMLButtonElement>("start"),
  at<HTMLButtonElement>("stop"),
  at<HTMLButtonElement>("save"),
];
const bar = at<HTMLProgressElement>("progress");
const status = at("status");
const say = (text: string) => {
  status.textContent = text;
};

const TRIAL: SheetRow[] = [
  { title: "as written" },
  { title: "at first", widths: FIRST_WIDTHS },
  { title: "the world", widths: TRUE_WIDTHS },
];

/** What is drawn. */
interface State {
  epochs: number;
  curves: Curve[];
  trace: WidthPoint[];
  accuracy: Partial<Record<ArmName, Accuracy>>;
  /** The best of the fixed ranges so far. */
  bestValidation: number;
}

const fresh = (epochs: number): State => ({ epochs, curves: [], trace: [], accuracy: {}, bestValidation: -1 });

function drawCharts(state: State): void {
  at("accuracy").replaceChildren(accuracyChart(state.accuracy));
  at("validation").replaceChildren(validationChart(state.curves, state.epochs));
  at("widths").replaceChildren(...widthCharts(state.trace, state.epochs));
}

/** Length and seed of the page's controls; `?digits=640&epochs=1&grid=1` makes a shorter run. */
function chosenSettings(): ExperimentSettings {
  const preset = at<HTMLSelectElement>("preset").value === "full" ? FULL : QUICK;
  const query = new URLSearchParams(location.search);
  return {
    seed: Math.max(0, Math.floor(Number(at<HTMLInputElement>("seed").value)) || 0),
    digits: Number(query.get("digits")) || preset.digits,
    epochs: Number(query.get("epochs")) || preset.epochs,
    grid: query.get("grid")?.split(",").map(Number) ?? preset.grid,
  };
}

async function main(): Promise<void> {
  const bridge = await startEngine();
  const digits: Digits = oneOfEach((await loadDigits(1000)).train);
  at("device").textContent = `This page runs on ${describeAdapter(adapterFacts(await deviceInfo()))}.`;
  const sheet = at<HTMLCanvasElement>("sheet");
  drawCharts(fresh(QUICK.epochs));
  await drawSheet(sheet, bridge, digits, TRIAL);
  say("Ready.");
  start.disabled = false;
  let running: AbortController | null = null;
  stop.onclick = () => running?.abort();

  start.onclick = async () => {
    const settings = chosenSettings();
    const state = fresh(settings.epochs);
    const began = performance.now();
    running = new AbortController();
    start.disabled = true;
    stop.disabled = false;
    save.hidden = true;
    drawCharts(state);
    say("Preparing the digits ...");

    const follow = async (progress: Progress): Promise<void> => {
      switch (progress.kind) {
        case "start":
          state.curves.push({ arm: progress.arm, factor: progress.factor, epochs: [] });
          break;
        case "step": {
          const elapsed = (performance.now() - began) / 1000;
          const left = (elapsed / progress.done) * (progress.total - progress.done);
          bar.value = progress.done / progress.total;
          const { arm, factor, epochs } = state.curves.at(-1)!;
          const name = arm === "fixed" ? `fixed range × ${factor}` : ARM_TITLES[arm];
          say(`Training with ${name}, epoch ${epochs.length + 1} of ${state.epochs}; ${minutes(left)} left.`);
          break;
        }
        case "widths":
          state.trace.push(progress.point);
          at("widths").replaceChildren(...widthCharts(state.trace, state.epochs));
          break;
        case "epoch":
          state.curves.at(-1)!.epochs.push(progress.report);
          drawCharts(state);
          if (progress.arm === "learned")
            await drawSheet(sheet, bridge, digits, sheetRows(state.curves.at(-1)!.epochs));
          break;
        case "run": {
          const { arm, accuracy, validation } = progress.run;
          if (arm !== "fixed") state.accuracy[arm] = accuracy;
          else if (validation > state.bestValidation) {
            state.bestValidation = validation;
            state.accuracy.fixed = accuracy;
          }
          drawCharts(state);
        }
      }
    };

    try {
      const result = await runExperiment(bridge, settings, follow, running.signal);
      bar.value = 1;
      say(`${verdict(result.accuracy)} ${minutes(result.seconds)} in all.`);
      const html = await reportHtml(bridge, result);
      save.hidden = false;
      save.onclick = () => download(html);
    } catch (error) {
      say(running.signal.aborted ? "Stopped." : `It went wrong: ${(error as Error).message}`);
    } finally {
      running = null;
      start.disabled = false;
      stop.disabled = true;
    }
  };
}

async function deviceInfo(): Promise<Partial<GPUAdapterInfo>> {
  return (await navigator.gpu.requestAdapter())?.info ?? {};
}

const minutes = (seconds: number) =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

function download(html: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = "learn-augmentation.html";
  link.click();
  URL.revokeObjectURL(link.href);
}

main().catch((error: Error) => say(error.message));
