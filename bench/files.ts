/** Files of records: read with a sentence for everything that can be wrong, written so that no half of one remains. */
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { type BenchRecord, FORMAT } from "./record.ts";

/** The path of a file that can be written. @throws Error with a sentence */
export function writable(text: string): string {
  const file = resolve(text);
  const folder = dirname(file);
  // A folder cannot be written; a device or a pipe would be replaced by the file that is moved to its place.
  if (text === "" || (existsSync(file) && !statSync(file).isFile())) throw new Error("It has to be a file.");
  if (!existsSync(folder)) throw new Error(`${folder} does not exist.`);
  const target = existsSync(file) ? file : folder;
  try {
    accessSync(target, constants.W_OK);
  } catch {
    throw new Error(`${target} cannot be written.`);
  }
  return existsSync(file) ? realpathSync(file) : file;
}

/** The same as what reads a flag: commander shows the sentence. */
export function fileFlag(text: string): string {
  try {
    return writable(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** Writes a file beside its place and moves it there: it is whole, or as it was. @throws Error with a sentence */
export function writeSafely(file: string, text: string): void {
  const draft = `${file}.${process.pid}.part`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${file} could not be written: ${code === "ENOSPC" ? "the disk is full" : message}.`);
  }
}

/** Reads a record. @throws Error with a sentence */
export function readRecord(file: string): BenchRecord {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${file} ${code === "ENOENT" ? "does not exist" : `cannot be read: ${message}`}.`);
  }
  let found: Partial<BenchRecord>;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON.`);
  }
  if (found?.format !== FORMAT || !Array.isArray(found.rows)) {
    throw new Error(`${file} is no record of this benchmark: its "format" has to be ${FORMAT}, with "rows".`);
  }
  const empty = { environments: [], engines: [], copies: [], roofline: [], scaling: [], problems: [] };
  return { ...empty, ...(found as BenchRecord) };
}
