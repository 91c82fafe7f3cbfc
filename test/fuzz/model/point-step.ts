/** A point transform over a batch. */
import { add, type Bounded, exact, mul, sub, variable } from "./bounded.ts";
import {
  addTerm,
  bound,
  emptySum,
  errorOf,
  type Grid,
  gradientsLike,
  gridOf,
  type Link,
  type RowGradients,
  type Step,
  type Sum,
} from "./grid.ts";
import { pointRules } from "./points.ts";

/** The variables of a pixel's function: its channels, then parameters, then the gate, then the mean. */
interface Variables {
  channels: number;
  slots: { name: string; first: number; size: number; perChannel: boolean }[];
  gate: number;
  mean: number;
  total: number;
}

/** A parameter with one value per channel gives a function of one channel that channel's alone. */
function variablesOf(link: Link, channels: number, ofImage: number): Variables {
  let at = channels;
  const slots = Object.entries(link.rows).map(([name, rows]) => {
    const perChannel = (name === "mean" || name === "std") && rows[0].length === ofImage;
    const slot = { name, first: at, size: perChannel ? 1 : rows[0].length, perChannel };
    at += slot.size;
    return slot;
  });
  const gate = link.on?.kind === "gate" ? at++ : -1;
  const mean = link.name === "contrastAboutMean" ? at++ : -1;
  return { channels, slots, gate, mean, total: at };
}

interface Mean {
  v: number;
  e: number;
}

/** What a statistic weighs channels with: those of a colour as its luma does, others alike. */
const meanWeights = (channels: number): number[] =>
  channels === 3 ? [0.299, 0.587, 0.114] : Array.from({ length: channels }, () => 1 / channels);

function meanOf(x: Grid, n: number): Mean {
  const [, C, H, W] = x.shape;
  const weights = meanWeights(C);
  const sum = emptySum();
  for (let c = 0; c < C; c++) {
    const first = (n * C + c) * H * W;
    for (let i = first; i < first + H * W; i++) addTerm(sum, weights[c] * x.v[i], weights[c] * x.e[i]);
  }
  return { v: sum.v / (H * W), e: errorOf(sum) / (H * W) };
}

export function pointStep(link: Link, x: Grid): Step {
  const { colour, rule } = pointRules[link.name];
  const [N, C, H, W] = x.shape;
  const outChannels = link.name === "grayscale" ? Number(link.options.channels ?? 3) : C;
  const y = gridOf([N, outChannels, H, W]);
  const plane = H * W;
  const together = colour ? 3 : 1;
  const variables = variablesOf(link, together, C);
  const isOn = (n: number) => link.on?.kind !== "coin" || link.on.values[n] === 1;
  /** Results of pixel i of the channels from c on, of sample n. */
  const results: Bounded[][] = [];
  for (let n = 0; n < N; n++) {
    if (!isOn(n)) {
      const size = C * plane;
      y.v.set(x.v.subarray(n * size, (n + 1) * size), n * size);
      y.e.set(x.e.subarray(n * size, (n + 1) * size), n * size);
      for (let k = 0; k < (C / together) * plane; k++) results.push([]);
      continue;
    }
    const mean = variables.mean < 0 ? undefined : meanOf(x, n);
    for (let c = 0; c < C; c += together) {
      const p = parametersOf(link, variables, n, c);
      for (let i = 0; i < plane; i++) {
        const pixel = Array.from({ length: together }, (_, k) => {
          const at = (n * C + c + k) * plane + i;
          return variable(x.v[at], x.e[at], k, variables.total);
        });
        const out = gated(
          link,
          rule({
            x: pixel,
            p,
            options: link.options,
            at: [i % W, Math.floor(i / W)],
            mean: mean && variable(mean.v, mean.e, variables.mean, variables.total),
          }),
          pixel,
          n,
          variables,
        );
        results.push(out);
        out.forEach((value, k) => {
          const at = (n * outChannels + c + k) * plane + i;
          y.v[at] = value.v;
          y.e[at] = value.e;
        });
      }
    }
  }
  return { y, back: (g) => pullPoints({ link, x, y, g, variables, together, results, isOn }) };
}

function parametersOf(link: Link, variables: Variables, n: number, c: number): Record<string, Bounded[]> {
  return Object.fromEntries(
    variables.slots.map(({ name, first, size, perChannel }) => [
      name,
      Array.from({ length: size }, (_, k) =>
        variable(link.rows[name][n][perChannel ? c : k], 0, first + k, variables.total),
      ),
    ]),
  );
}

/** y = (1 − on) · x + on · T(x), and x or T(x) itself at the ends. */
function gated(link: Link, out: Bounded[], x: Bounded[], n: number, { gate, total }: Variables): Bounded[] {
  if (gate < 0) return out;
  const value = link.on!.values[n];
  const on = variable(value, 0, gate, total);
  return out.map((t, k) => {
    const blend = add(mul(sub(exact(1, total), on), x[k]), mul(on, t));
    const end = value === 1 ? t : value === 0 ? x[k] : null;
    return end ? { ...blend, v: end.v, e: end.e } : blend;
  });
}

interface Pull {
  link: Link;
  x: Grid;
  y: Grid;
  g: Grid;
  variables: Variables;
  together: number;
  results: Bounded[][];
  isOn: (n: number) => boolean;
}

function pullPoints({ link, x, y, g, variables, together, results, isOn }: Pull): ReturnType<Step["back"]> {
  const [N, C, H, W] = x.shape;
  const outChannels = y.shape[1];
  const plane = H * W;
  const gx = gridOf(x.shape);
  const params = gradientsLike(
    link.on?.kind === "gate" ? { ...link.rows, on: link.on.values.map((v) => [v]) } : link.rows,
  );
  let pixelAt = 0;
  for (let n = 0; n < N; n++) {
    const sums = new Map<string, Sum>();
    const meanSum = emptySum();
    for (let c = 0; c < C; c += together) {
      for (let i = 0; i < plane; i++) {
        const out = results[pixelAt++];
        if (!isOn(n)) {
          for (let k = 0; k < together; k++) {
            const at = (n * C + c + k) * plane + i;
            gx.v[at] = g.v[at];
            gx.e[at] = g.e[at];
          }
          continue;
        }
        const total = derivatives(out, variables.total, (k) => (n * outChannels + c + k) * plane + i, g);
        for (let k = 0; k < together; k++) {
          const at = (n * C + c + k) * plane + i;
          gx.v[at] = total[k].v;
          gx.e[at] = errorOf(total[k]);
        }
        for (const slot of variables.slots) {
          for (let k = 0; k < slot.size; k++)
            addTo(sums, `${slot.name} ${slot.perChannel ? c : k}`, total[slot.first + k]);
        }
        if (variables.gate >= 0) addTo(sums, "on 0", total[variables.gate]);
        if (variables.mean >= 0) addTerm(meanSum, total[variables.mean].v, errorOf(total[variables.mean]));
      }
    }
    store(params, sums, n);
    if (variables.mean >= 0 && isOn(n)) pullMean(gx, n, meanSum);
  }
  return { x: gx, params: [params] };
}

/** Σ over the results of a pixel of g · derivative, for every variable. */
function derivatives(out: Bounded[], total: number, at: (k: number) => number, g: Grid): Sum[] {
  return Array.from({ length: total }, (_, j) => {
    const sum = emptySum();
    out.forEach(({ d, f }, k) => {
      const [gv, ge] = [g.v[at(k)], g.e[at(k)]];
      addTerm(sum, gv * d[j], bound(Math.abs(gv) + ge, f[j]) + bound(Math.abs(d[j]), ge));
    });
    return sum;
  });
}

function addTo(sums: Map<string, Sum>, key: string, { v, e, size, terms }: Sum): void {
  let sum = sums.get(key);
  if (!sum) sums.set(key, (sum = emptySum()));
  sum.v += v;
  sum.e += e;
  sum.size += size;
  sum.terms += terms;
}

function store(params: RowGradients, sums: Map<string, Sum>, n: number): void {
  for (const [key, sum] of sums) {
    const [name, k] = key.split(" ");
    params[name].v[n][Number(k)] = sum.v;
    params[name].e[n][Number(k)] = errorOf(sum);
  }
}

/** The gradient of the mean, spread over the pixels. */
function pullMean(gx: Grid, n: number, sum: Sum): void {
  const [, C, H, W] = gx.shape;
  const weights = meanWeights(C);
  const error = errorOf(sum);
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < H * W; i++) {
      const at = (n * C + c) * H * W + i;
      const share = (weights[c] * sum.v) / (H * W);
      gx.v[at] += share;
      gx.e[at] += (weights[c] * error) / (H * W) + 2 ** -22 * (Math.abs(share) + Math.abs(gx.v[at]));
    }
  }
}
