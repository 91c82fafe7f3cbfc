import { readFile } from "node:fs/promises";

/** A problem with the material of a replay; the message is one sentence that names the file. */
export class GoldenError extends Error {
  override name = "GoldenError";
}

/** Values of an `.npy` file, in C order. */
export interface NpyArray {
  shape: number[];
  data: Float32Array;
}

const MAGIC = "\x93NUMPY";

/**
 * Reads a NumPy file of little-endian float32 in C order (format 1.0, 2.0 or 3.0).
 * @throws GoldenError naming the file and what is wrong with it
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || latin(bytes, 0, 6) !== MAGIC) throw new GoldenError(`${file} is not a NumPy file.`);
  const wide = bytes[6] >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) throw new GoldenError(`${file} ends inside its header.`);
  const header = latin(bytes, start, end);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || dims === undefined) {
    throw new GoldenError(`${file} has a header without descr, fortran_order or shape.`);
  }
  if (descr !== "<f4") throw new GoldenError(`${file} holds '${descr}'; little-endian float32 ('<f4') is needed.`);
  const shape = dims.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new GoldenError(`${file} has the unreadable shape (${dims}).`);
  }
  if (fortran === "True" && shape.length > 1) throw new GoldenError(`${file} is in Fortran order; C order is needed.`);
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length - end !== count * 4) {
    throw new GoldenError(
      `${file} holds ${bytes.length - end} bytes of values; its shape (${shape.join(", ")}) needs ${count * 4}.`,
    );
  }
  return {
    shape,
    data: new Float32Array(bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length) as ArrayBuffer),
  };
}

/** Reads the file at `path`; `shape` is what the manifest says about it. */
export async function readNpy(path: string, shape: readonly number[]): Promise<NpyArray> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new GoldenError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}.`);
  }
  const array = parseNpy(bytes, path);
  if (array.shape.join() !== shape.join()) {
    throw new GoldenError(
      `${path} has shape (${array.shape.join(", ")}), but the manifest says (${shape.join(", ")}).`,
    );
  }
  return array;
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
