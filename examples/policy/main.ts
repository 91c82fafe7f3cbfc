/** The page: the experiment, drawn as it goes. */
import { type Gpu, type LearnablePolicy, noGrad, requestGpu, type Tensor } from "augrad";
import { CLASSES, loadDigits, type Split } from "../learn-augmentation/data.ts";
import { drawRows } from "../learn-augmentation/sheet.ts";
import { type Moment, runExperiment, type Settings } from "./experiment.ts";
import { operationTable, weightChart } from "./pictures.ts";
import { changed, upload, WORLDS, type WorldName } from "./world.ts";

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [start, stop] = [at<HTMLButtonElement>("start"), at<HTMLButtonElement>("stop")];
const world = at<HTMLSelectElement>("world");
const say = (text: string) => {
  at("status").textContent = text;
};

for (const [name, { title }] of Object.entries(WORLDS)) world.append(new Option(title, name));

/** `?steps=140&digits=640&world=moved` makes a shorter run. */
function settingsOf(): Settings {
  const steps = Number(new URLSearchParams(location.search).get("steps")) || 240;
  const seed = Math.max(0, Math.floor(Number(at<HTMLInputElement>("seed").value)) || 0);
  return { world: world.value as WorldName, seed, steps };
}

/** One digit of each class. */
const oneOfEach = ({ train }: Split): Int32Array =>
  Int32Array.from({ length: CLASSES }, (_, label) => Math.max(0, train.labels.indexOf(label)));

async function read(x: Tensor): Promise<Float32Array> {
  const values = (await x.read()) as Float32Array;
  x.dispose();
  return values;
}

/** The three rows of digits. */
async function drawSheet(gpu: Gpu, split: Split, settings: Settings, policy?: LearnablePolicy): Promise<void> {
  const { images, labels } = upload(gpu, split.train, oneOfEach(split));
  labels.dispose();
  const rows = [
    { title: "as written", images: (await images.read()) as Float32Array },
    { title: "other world", images: await read(changed(images, WORLDS[settings.world], settings.seed)) },
  ];
  if (policy) rows.push({ title: "the policy", images: await read(noGrad(() => policy(images, { step: 0 }))) });
  images.dispose();
  await drawRows(at("sheet"), rows);
}

async function main(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const gpu = await requestGpu();
  const split = await loadDigits(Number(query.get("digits")) || 3000);
  const wanted = query.get("world");
  if (wanted && Object.hasOwn(WORLDS, wanted)) world.value = wanted;
  const show = () => drawSheet(gpu, split, settingsOf());
  world.onchange = () => void show();
  at("weights").replaceChildren(weightChart([], settingsOf().steps));
  await show();
  say("Ready.");
  start.disabled = false;
  let running: AbortController | null = null;
  stop.onclick = () => running?.abort();

  start.onclick = async () => {
    const settings = settingsOf();
    const trace: Moment[] = [];
    running = new AbortController();
    start.disabled = world.disabled = true;
    stop.disabled = false;
    say("Preparing the digits ...");
    const look = async (moment: Moment, done: number, policy?: LearnablePolicy): Promise<void> => {
      at<HTMLProgressElement>("progress").value = done;
      const way = policy
        ? "Searching the policy"
        : trace.length === 0
          ? "Training without"
          : "Training with what was found";
      say(`${way}, step ${moment.step} of ${settings.steps}.`);
      if (!policy) return;
      trace.push(moment);
      at("weights").replaceChildren(weightChart(trace, settings.steps));
      at("table").replaceChildren(operationTable(moment.operations));
      await drawSheet(gpu, split, settings, policy);
    };
    try {
      const { accuracy, operations } = await runExperiment(gpu, split, settings, look, running.signal);
      const best = operations.reduce((a, b) => (b.weight > a.weight ? b : a));
      const [none, learned] = [accuracy.none, accuracy.learned].map((each) => `${each.toFixed(1)}%`);
      say(
        `The policy found ${best.operation}: a network that was trained with it tells ${learned} of the other world's test digits; one without tells ${none}.`,
      );
    } catch (error) {
      say(running.signal.aborted ? "Stopped." : `It went wrong: ${(error as Error).message}`);
    } finally {
      running = null;
      start.disabled = world.disabled = false;
      stop.disabled = true;
    }
  };
}

main().catch((error: Error) => say(error.message));
