/** The archive of the benchmark as one file. */
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type TarFile, tarOf } from "../../src/node/tar.ts";

/** Name of the folder that the archive unpacks to. */
export const FOLDER = "augrad-bench";

/** Bytes that the archive may have: more would be a burden to carry to machines without a network. */
export const LARGEST = 60e6;

/**
 * Writes the archive, beside its place first: it is whole, or as it was. Returns its size in bytes.
 * @param level 1 (quick) to 9 (small)
 */
export async function writeArchive(files: readonly TarFile[], target: string, level = 9): Promise<number> {
  const draft = `${target}.${process.pid}.part`;
  const inFolder = files.map((file) => ({ ...file, name: `${FOLDER}/${file.name}` }));
  const output = createWriteStream(draft);
  try {
    await pipeline(Readable.from(tarOf(inFolder)), createGzip({ level }), output);
    if (output.bytesWritten > LARGEST) {
      throw new Error(
        `The archive has ${(output.bytesWritten / 1e6).toFixed(1)} MB, more than the ${LARGEST / 1e6} MB it may have.`,
      );
    }
    renameSync(draft, target);
    return output.bytesWritten;
  } catch (error) {
    rmSync(draft, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOSPC" ? `The disk of ${target} is full.` : message);
  }
}
