/** Tar archives (ustar), as far as packages and the benchmark's archive use them: plain files. */

export interface TarFile {
  name: string;
  data: Uint8Array;
  /** May be run. */
  executable?: boolean;
}

const BLOCK = 512;

/** The plain files of an archive; links, and names of more than 100 characters, are not read. */
export function* filesOfTar(archive: Uint8Array): Generator<TarFile> {
  const text = (from: number, to: number) => {
    const field = Buffer.from(archive.subarray(from, to)).toString("utf8");
    const end = field.indexOf("\0");
    return end < 0 ? field : field.slice(0, end);
  };
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const name = text(at, at + 100);
    if (!name) break;
    const size = Number.parseInt(text(at + 124, at + 136), 8) || 0;
    const isFile = text(at + 156, at + 157) === "0" || text(at + 156, at + 157) === "";
    if (isFile) yield { name, data: archive.subarray(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** An archive in pieces, to be written one after the other. Equal files make equal bytes: no times, no owners. */
export function* tarOf(files: Iterable<TarFile>): Generator<Uint8Array> {
  for (const file of files) {
    yield header(file);
    yield file.data;
    yield new Uint8Array((BLOCK - (file.data.length % BLOCK)) % BLOCK);
  }
  yield new Uint8Array(2 * BLOCK);
}

function header({ name, data, executable }: TarFile): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  // Beyond 100 characters a name continues to the left, in the field "prefix".
  const cut = name.length <= 100 ? -1 : name.indexOf("/", name.length - 101);
  if (name.length > 100 && (cut < 1 || cut > 155)) throw new Error(`${name} is too long a name for a tar archive.`);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  block.write(name.slice(cut + 1), 0);
  block.write(octal(executable ? 0o755 : 0o644, 8), 100);
  for (const at of [108, 116]) block.write(octal(0, 8), at);
  block.write(octal(data.length, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  if (cut > 0) block.write(name.slice(0, cut), 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}
