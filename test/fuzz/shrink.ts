/** Makes a failing case small: fewer transforms, samples and pixels, simpler values, as long as it fails in the same way. */
import { type Case, channelsAfter, type LinkCase, type ParamCase, widthOf } from "./case.ts";
import type { Failure } from "./compare.ts";
import { drawCase, drawStructure } from "./draw.ts";
import { singleOf } from "./execute.ts";
import type { Fault } from "./fuzz.ts";
import type { Runner } from "./process.ts";

const CHECKS = 120;
const SECONDS = 60;

export async function shrink(runner: Runner, seed: number, fault: Fault): Promise<Fault> {
  const { sort } = fault.failures[0];
  // Every attempt at a hang would take the whole limit; what is simpler than a wrong value is allowed.
  if (sort === "hang" || sort === "died" || sort === "refused") return fault;
  const until = performance.now() + SECONDS * 1000;
  let checks = 0;
  const attempt = async (cases: Case[]): Promise<Failure[] | null> => {
    if (checks++ >= CHECKS || performance.now() > until) return null;
    let failures: Failure[] = [];
    const end = await runner.run({ kind: "check", cases }, (answer) => {
      failures = answer.failures;
    });
    return end === "done" && failures.some((failure) => failure.sort === sort) ? failures : null;
  };
  let best = { cases: fault.cases, failures: (await attempt(fault.cases)) ?? [] };
  if (best.failures.length === 0) {
    // It takes what came before it.
    const drawn = drawStructure(seed, fault.structure);
    const all = Array.from({ length: fault.draw + 1 }, (_, draw) => drawCase(drawn, seed, fault.structure, draw));
    const failures = await attempt(all);
    if (!failures) return fault;
    best = { cases: all, failures };
    for (let i = all.length - 2; i >= 0; i--) {
      const fewer = best.cases.filter((_, k) => k !== i);
      const still = await attempt(fewer);
      if (still) best = { cases: fewer, failures: still };
    }
    return { ...fault, ...best };
  }
  for (let progress = true; progress; ) {
    progress = false;
    for (const smaller of candidates(best.cases[0])) {
      const failures = await attempt([smaller]);
      if (!failures) continue;
      best = { cases: [smaller], failures };
      progress = true;
      break;
    }
  }
  return { ...fault, ...best };
}

/** Smaller cases, the smallest first. */
function* candidates(made: Case): Generator<Case> {
  const { links, shape, image } = made;
  const [N, C, H, W] = shape;
  for (let i = 0; i < links.length; i++) {
    if (links.length === 1 || made.poison?.link !== undefined) break;
    const isLast = i === links.length - 1;
    if (isLast || channelsAfter(links[i], 3) === 3) yield { ...made, links: links.filter((_, k) => k !== i) };
  }
  if (N > 1 && !made.poison) for (const n of [0, N - 1]) yield singleOf(made, n);
  if (made.dtype === "f32" || made.dtype === "f16") {
    if (H > 1) yield cropped(made, Math.ceil(H / 2), W);
    if (W > 1) yield cropped(made, H, Math.ceil(W / 2));
    if (H > 1) yield cropped(made, H - 1, W);
    if (W > 1) yield cropped(made, H, W - 1);
    if (C > 1 && links.every((link) => !Object.keys(link.params).some((p) => widthOf(link.name, p, 99) === 99))) {
      const each = H * W;
      const fewer = C === 3 ? 1 : C - 1;
      const values = image.filter((_, i) => Math.floor(i / each) % C < fewer);
      yield { ...made, shape: [N, fewer, H, W], image: values };
    }
    if (made.dtype === "f16") yield { ...made, dtype: "f32" };
    if (image.some((v) => v !== 0.5)) yield { ...made, image: image.map(() => 0.5) };
    const simple = image.map((v) => Math.fround(Math.round(v * 10) / 10));
    if (simple.some((v, i) => v !== image[i])) yield { ...made, image: simple };
  }
  if (made.result) yield { ...made, result: undefined };
  if (!made.compose) yield { ...made, compose: true };
  if (made.learned) yield { ...made, learned: false };
  for (let i = 0; i < links.length; i++) {
    for (const link of simplerLinks(links[i], i === made.poison?.link)) yield { ...made, links: links.with(i, link) };
  }
}

function cropped(made: Case, height: number, width: number): Case {
  const [N, C, H, W] = made.shape;
  const image = made.image.filter((_, i) => i % W < width && Math.floor(i / W) % H < height);
  return { ...made, shape: [N, C, height, width], image };
}

function* simplerLinks(link: LinkCase, isPoisoned: boolean): Generator<LinkCase> {
  if (link.on) yield { ...link, on: undefined };
  for (const [name, param] of Object.entries(link.params)) {
    const set = (value: ParamCase): LinkCase => ({ ...link, params: { ...link.params, [name]: value } });
    const { [name]: _, ...others } = link.params;
    if (!isPoisoned) yield { ...link, params: others };
    if (param.learned) yield set({ ...param, learned: false });
    const simple = param.values.map((v) => Math.fround(Math.abs(v) < 1 ? Math.round(v * 10) / 10 : Math.round(v)));
    if (simple.some((v, i) => v !== param.values[i])) yield set({ ...param, values: simple });
  }
  for (const option of Object.keys(link.options)) {
    const { [option]: _, ...others } = link.options;
    if (option !== "kernelSize") yield { ...link, options: others };
  }
}
