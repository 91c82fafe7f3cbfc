/** Pixels that only move are the bits that they were, in every storage, and whatever lies beside them. */
import { describe, expect, test } from "vitest";
import { apply, cropAndResize, dihedral, pad, rot90, rot180, type Transform, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [C, H, W] = [3, 5, 7];

/** What f16 holds that arithmetic would not keep: NaN, infinities, the largest and the smallest. */
const ODD = [Number.NaN, Infinity, -Infinity, 65504, 2 ** -14];
const imageOf = (dtype: "f16" | "u8"): number[] =>
  Array.from({ length: C * H * W }, (_, i) => {
    if (dtype === "u8") return (i * 37) % 256;
    return i % 4 === 1 ? ODD[(i >> 2) % ODD.length] : (i - 50) / 64;
  });

/** Moves pixels: what is seen at (x, y) of a result of [height, width], or null for what lies beyond. */
const moved = (
  list: readonly number[],
  [h, w]: readonly number[],
  at: (x: number, y: number) => [number, number] | null,
  fill = 0,
) =>
  Array.from({ length: C * h * w }, (_, i) => {
    const place = at(i % w, Math.floor(i / w) % h);
    return place ? list[(Math.floor(i / (w * h)) * H + place[1]) * W + place[0]] : fill;
  });

const within = (x: number, y: number): [number, number] | null => (x < 0 || y < 0 || x >= W || y >= H ? null : [x, y]);
const mirrored = (v: number, size: number) => (v < 0 ? -v : v >= size ? 2 * (size - 1) - v : v);

type Seen = (x: number, y: number) => [number, number] | null;
// biome-ignore format: a table
const CASES: readonly [string, Transform, readonly [number, number], Seen][] = [
  ["a quarter turn", rot90(), [W, H], (x, y) => [W - 1 - y, x]],
  ["a quarter turn the other way", rot90({ turns: -1 }), [W, H], (x, y) => [y, H - 1 - x]],
  ["half a turn", rot180(), [H, W], (x, y) => [W - 1 - x, H - 1 - y]],
  ["mirrored and turned", dihedral({ turns: 1, mirrored: true }), [W, H], (x, y) => [y, x]],
  ["pad", pad({ left: 2, top: 1, right: 1, bottom: -1 }), [H, W + 3], (x, y) => within(x - 2, y - 1)],
  ["pad, mirrored", pad({ left: 2, top: 1, right: 3, bottom: 2, padding: "reflection" }), [H + 3, W + 5], (x, y) => [mirrored(x - 2, W), mirrored(y - 1, H)]],
  ["a box of whole pixels", cropAndResize({ box: [2, 1, 6, 4], width: 4, height: 3 }), [3, 4], (x, y) => [x + 2, y + 1]],
];

describe.each(["f16", "u8"] as const)("%s", (dtype) => {
  test.each(CASES)("%s", async (_, transform, size, at) => {
    const list = imageOf(dtype);
    const x = tensor(device.gpu, list, [1, C, H, W], { dtype });
    const y = apply(x, transform, { dtype });
    expect([y.dtype, y.shape]).toEqual([dtype, [1, C, ...size]]);
    const stored = Array.from(await x.read());
    expect(Array.from(await y.read())).toEqual(moved(stored, size, at));
  });
});
