import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readRecord, writeSafely } from "../../bench/files.ts";
import { recordOf, row } from "./fakes.ts";

/** Bytes that the disk still takes; the real one is not filled. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const full = (file: string, text: string) => {
    fs.writeFileSync(file, text.slice(0, disk.room));
    if (text.length > disk.room) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
  };
  return { ...fs, writeFileSync: full };
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "augrad-bench-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a full disk is one sentence, and leaves what was there", () => {
  const file = join(folder, "record.json");
  writeSafely(file, "the old one");
  disk.room = 5;
  expect(() => writeSafely(file, "the new one, which is longer")).toThrow(
    `${file} could not be written: the disk is full.`,
  );
  disk.room = Number.POSITIVE_INFINITY;
  expect(readFileSync(file, "utf8")).toBe("the old one");
  expect(readdirSync(folder)).toEqual(["record.json"]);
});

test("a place that cannot be written is one sentence", () => {
  const taken = join(folder, "taken");
  mkdirSync(join(taken, "inside"), { recursive: true });
  expect(() => writeSafely(taken, "text")).toThrow(/^.*taken could not be written: .*\.$/);
  rmSync(taken, { recursive: true });
});

test("records are read; anything else is one sentence", () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const record = recordOf([row("augrad", 3)]);
  expect(readRecord(write("good.json", JSON.stringify(record)))).toEqual(record);
  expect(() => readRecord(join(folder, "none.json"))).toThrow(/none\.json does not exist\.$/);
  expect(() => readRecord(write("text.json", "hello"))).toThrow(/text\.json is no JSON\.$/);
  expect(() => readRecord(write("old.json", '{ "works": [] }'))).toThrow(/old\.json is no record of this benchmark/);
  expect(() => readRecord(write("null.json", "null"))).toThrow(/null\.json is no record of this benchmark/);
});
