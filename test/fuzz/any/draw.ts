/**
 * Chains of any transforms: of every kind, chosen and given values by their declarations and by the cases beside their references, so
 * that a new one is drawn as soon as it is in the registry.
 */
import { type ParamSpec, registry } from "../../../src/transforms/index.ts";
import { type Case64, cases, type Params64, type Shape4 } from "../../reference/index.ts";
import { rowsFor } from "../../transforms/contract/run.ts";
import { type Random, randomFrom } from "../random.ts";

/** A transform of a chain: its case with rows of values for every sample, the size that it sees, and the samples that it applies to. */
export interface AnyLink {
  made: Case64;
  rows: Params64;
  size: readonly [number, number];
  on?: number[];
}

export interface AnyCase {
  shape: Shape4;
  image: number[];
  compose: boolean;
  links: AnyLink[];
  /** Every sample takes one of the links. */
  choice?: number[];
}

/** Equal for a name whatever else is in the registry: a new transform changes the cases that draw it, and no others. */
function weightOf(name: string, salt: number): number {
  let hash = salt | 0;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

/** What a case of a transform makes of channels and sizes; null where they do not fit. */
function after(made: Case64, channels: number, [h, w]: readonly [number, number]) {
  const declaration = registry.get(made.name)!;
  const { options = {}, least = [1, 1] } = made;
  if (!(declaration.channels?.includes(channels) ?? true) || h < least[0] || w < least[1] || made.shape) return null;
  const defaults = Object.fromEntries(Object.entries(declaration.options ?? {}).map(([name, o]) => [name, o.default]));
  const all = { ...defaults, ...options };
  const sized = declaration.field?.sizes ? made.field!(1, 1).size : undefined;
  const size = sized ?? declaration.size?.(all, [h, w]) ?? [h, w];
  return { channels: declaration.outChannels?.(all, channels) ?? channels, size };
}

/** A value near one that a case has, or one that people use; within what is allowed. */
function moved(r: Random, value: number, spec: ParamSpec | undefined): number {
  if (!spec) return Math.fround(value * r.between(0.8, 1.2));
  if (spec.role === "partner") return value;
  if (spec.role === "key") return r.whole(0, 2 ** 24);
  const { usual, unit, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
  // Pixels of what people use are those of a large image.
  const isUsual = usual && unit !== "pixels" && r.chance(0.3);
  const drawn = isUsual ? r.between(usual[0], usual[1]) : value * r.between(0.85, 1.15);
  const kept = Math.min(Math.max(drawn, min), max);
  return Math.fround(spec.integer ? Math.round(kept) : kept);
}

function rowsOf(r: Random, made: Case64, [samples, channels, h, w]: Shape4): Params64 {
  const { params, check, options } = registry.get(made.name)!;
  const rows = rowsFor(made, [samples, channels, h, w]);
  const chosen = Object.fromEntries(Object.entries(options ?? {}).map(([name, o]) => [name, o.default]));
  const isJoint = Boolean(check);
  const each = Array.from({ length: samples }, (_, n) => {
    const at = r.whole(0, 1);
    const own = (move: boolean) =>
      Object.fromEntries(
        Object.entries(rows).map(([name, list]) => {
          const row = list[Math.min(at, list.length - 1)];
          if (params[name]?.role === "partner") return [name, row.map(() => (n + 1) % samples)];
          return [name, move && !params[name]?.list ? row.map((v) => moved(r, v, params[name])) : row];
        }),
      );
    // Values that have to go together are those of the case where they do not.
    const drawn = own(true);
    return isJoint && check!(drawn, { ...chosen, ...made.options }) ? own(false) : drawn;
  });
  return Object.fromEntries(
    Object.keys(rows).map((name) => [
      name,
      params[name]?.list && rows[name].length === 1 ? rows[name] : each.map((own) => own[name]),
    ]),
  );
}

/** Case `index` of a seed; `draw` changes values alone, so that kernels stay. */
export function drawAny(seed: number, index: number, draw: number): AnyCase {
  const r = randomFrom(seed, index, 3);
  const values = randomFrom(seed, index, 4, draw);
  let channels = r.chance(0.7) ? 3 : r.pick([1, 4]);
  let size: readonly [number, number] = [r.whole(6, 9), r.whole(6, 9)];
  const samples = r.whole(2, 3);
  const shape: Shape4 = [samples, channels, ...size];
  const [lo, hi] = [values.between(0, 0.2), values.between(0.8, 1)];
  const image = Array.from({ length: samples * channels * size[0] * size[1] }, () => values.between(lo, hi));
  const links: AnyLink[] = [];
  const isChoice = r.chance(0.15);
  const count = isChoice ? 2 : r.whole(1, 3);
  for (let k = 0; k < count; k++) {
    const salt = r.whole(0, 2 ** 31);
    const fitting = cases.filter((made) => {
      const result = after(made, channels, size);
      if (!result || !registry.has(made.name)) return false;
      const stays = result.channels === channels && result.size.every((side, i) => side === size[i]);
      return !isChoice || (stays && registry.get(made.name)!.reads !== "batch");
    });
    const weight = (made: Case64) => weightOf(made.name + JSON.stringify(made.options ?? {}), salt);
    const made = fitting.reduce((a, b) => (weight(b) > weight(a) ? b : a));
    const result = after(made, channels, size)!;
    const stays = result.channels === channels && result.size.every((side, i) => side === size[i]);
    const isMix = registry.get(made.name)!.reads === "batch";
    const coin = Array.from({ length: samples }, () => values.whole(0, 1));
    links.push({
      made,
      rows: rowsOf(values, made, [samples, channels, ...size]),
      size,
      ...(!isChoice && stays && !isMix && r.chance(0.2) ? { on: coin } : {}),
    });
    ({ channels, size } = result as { channels: number; size: [number, number] });
  }
  const choice = isChoice ? { choice: Array.from({ length: samples }, () => values.whole(0, count - 1)) } : {};
  return { shape, image, compose: r.chance(0.5), links, ...choice };
}
