/** The benchmark on a page, on its visitor's own GPU: the same core as `npm run bench`. */

import { emptyRecord, type Place, runPlaces } from "../../bench/benchmark.ts";
import { browserPeers } from "../../bench/browser-peers.ts";
import { catalogue } from "../../bench/catalogue.ts";
import type { Shape } from "../../bench/engine.ts";
import { type Job, jobName, jobsOf, SMALL } from "../../bench/jobs.ts";
import { PEERS, peersAt } from "../../bench/peers.ts";
import type { BenchRecord } from "../../bench/record.ts";
import { reportHtml } from "../../bench/report.ts";
import { sections } from "../../bench/sections.ts";
import { openSession } from "../../bench/session.ts";
import { version } from "../../package.json";
import { requestGpu } from "../../src/index.ts";
import { adapterFacts, describeAdapter } from "../../src/node/adapter.ts";

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [start, stop] = [at<HTMLButtonElement>("start"), at<HTMLButtonElement>("stop")];
const bar = at<HTMLProgressElement>("progress");
const say = (text: string) => {
  at("status").textContent = text;
};

const SHAPES: Record<string, Shape | undefined> = { small: SMALL, large: [32, 3, 224, 224] };

/** A box with a label. */
function box(name: string, label: string, isChecked: boolean): HTMLElement {
  const element = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", value: name, checked: isChecked });
  element.append(input, ` ${label}`);
  return element;
}

const checked = (id: string): string[] =>
  [...at(id).querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);

function chosenJobs(): Job[] {
  const works = checked("works");
  const isScaling = at<HTMLInputElement>("scaling").checked;
  return jobsOf({ shape: SHAPES[at<HTMLSelectElement>("shape").value] }).filter((job) => {
    if (job.kind === "cell") return works.includes(job.work);
    return isScaling;
  });
}

/** Name and version of the browser, as well as it tells. */
function browserName(): string {
  const [, name, number] = /(Firefox|Edg|Chrome|Version)\/([\d.]+)/.exec(navigator.userAgent) ?? [];
  return name ? `${{ Edg: "Edge", Version: "Safari" }[name] ?? name} ${number}` : navigator.userAgent;
}

async function measure(watch: (record: BenchRecord) => void, isStopped: () => boolean): Promise<BenchRecord> {
  const jobs = chosenJobs();
  const settings = {
    where: "page",
    runtime: browserName(),
    rounds: Number(at<HTMLSelectElement>("rounds").value),
    all: false,
  };
  const place: Place = {
    where: "page",
    jobs,
    open: async () =>
      openSession(await requestGpu(), peersAt("browser", checked("peers"), browserPeers), settings, () => requestGpu()),
  };
  const processor = `${navigator.hardwareConcurrency} threads`;
  const record = emptyRecord({ date: new Date().toISOString(), augrad: version, processor });
  const began = performance.now();
  let done = 0;
  await runPlaces(record, [place], {
    isStopped,
    onProgress: (_, job, share) => {
      bar.value = (done + share) / jobs.length;
      const elapsed = (performance.now() - began) / 1000;
      const left = (elapsed / (done + share)) * (jobs.length - done - share);
      say(`${jobName(job)}${elapsed > 3 && Number.isFinite(left) ? `; about ${seconds(left)} left` : ""}.`);
    },
    onPart: () => {
      done++;
      watch(record);
    },
  });
  return record;
}

async function main(): Promise<void> {
  at("works").append(...catalogue.map(({ id, title }) => box(id, title, true)));
  const isThere = (name: string) => `./peers/${name}.ts` in browserPeers;
  at("peers").append(...PEERS.browser.filter(isThere).map((name) => box(name, name, name === "jax-js")));
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("This browser gives no WebGPU adapter: use a current Chrome, Edge, Firefox or Safari.");
  at("device").textContent = `This page runs on ${describeAdapter(adapterFacts(adapter.info))}.`;
  say("Ready.");
  start.disabled = false;
  let isStopped = false;
  stop.onclick = () => {
    isStopped = true;
    say("Stopping after this work ...");
  };
  const show = (record: BenchRecord) => {
    at("results").innerHTML = sections(document, [record]);
  };

  start.onclick = async () => {
    if (chosenJobs().length === 0) {
      say("Choose a work.");
      return;
    }
    isStopped = false;
    start.disabled = true;
    stop.disabled = false;
    bar.value = 0;
    say("Starting the libraries ...");
    try {
      const record = await measure(show, () => isStopped);
      show(record);
      bar.value = isStopped ? bar.value : 1;
      say(isStopped ? "Stopped." : "Done.");
      offer("save-json", "augrad-benchmark.json", "application/json", () => `${JSON.stringify(record, null, 2)}\n`);
      offer("save-html", "augrad-benchmark.html", "text/html", () => reportHtml(document, [record]));
    } catch (error) {
      say(`It went wrong: ${(error as Error).message}`);
    } finally {
      start.disabled = false;
      stop.disabled = true;
    }
  };
}

function offer(id: string, name: string, type: string, text: () => string): void {
  const button = at<HTMLButtonElement>(id);
  button.hidden = false;
  button.onclick = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text()], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
}

const seconds = (value: number): string => (value < 90 ? `${Math.ceil(value)} s` : `${Math.ceil(value / 60)} min`);

main().catch((error: Error) => say(error.message));
