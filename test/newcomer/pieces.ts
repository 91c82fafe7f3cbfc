/**
 * The pieces of a transform as a text prints them: blocks of code, each after a sentence that names its file. CONTRIBUTING.md is
 * such a text, so that what it prints is what the tests run.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A block of code and where it goes. */
export interface Piece {
  /** The file, from the root. */
  file: string;
  code: string;
  /** A list or record of that file that it goes into, or that gets its name: `references`, `maps`, `fields`, `cases`. */
  into?: string;
}

/** A transform to add. */
export interface Newcomer {
  name: string;
  pieces: Piece[];
}

const FILE = /`((?:shaders|src|test)\/[\w/.-]+\.(?:wgsl|ts))`/g;
const COLLECTION = /`(references|maps|fields|cases)`/g;

/** The newcomers of a text: one for each heading "… `name`" that has blocks of code below it. */
export function newcomersOf(text: string): Newcomer[] {
  const sections = text.split(/^(?=#{2,3} )/m).map((section) => {
    const name = /^#{2,3} [^\n]*`(\w+)`\s*\n/.exec(section)?.[1];
    let file = "";
    const pieces: Piece[] = [];
    for (const [, words, code] of section.matchAll(/([\s\S]*?)```(?:wgsl|ts)\n([\s\S]*?)```/g)) {
      file = [...words.matchAll(FILE)].at(-1)?.[1] ?? file;
      const into = [...words.matchAll(COLLECTION)].at(-1)?.[1];
      pieces.push({ file, code, ...(into ? { into } : {}) });
    }
    return { name: name ?? "", pieces };
  });
  return sections.filter(({ name, pieces }) => name && pieces.length > 0);
}

/** Adds a newcomer to the tree at `root`, as somebody would by hand. Returns the files that it touched. */
export function add(root: string, { name, pieces }: Newcomer): string[] {
  for (const { file, code, into } of pieces) {
    const path = join(root, file);
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    } else
      writeFileSync(
        path,
        into ? insert(readFileSync(path, "utf8"), name, code, into) : append(readFileSync(path, "utf8"), code),
      );
  }
  return [...new Set(pieces.map(({ file }) => file))];
}

/** Imports go to the top, the rest to the end. */
function append(text: string, code: string): string {
  const lines = code.split("\n");
  const isImport = (line: string) => line.startsWith("import ");
  return `${lines.filter(isImport).join("\n")}\n${text}\n${lines
    .filter((line) => !isImport(line))
    .join("\n")
    .trim()}\n`;
}

/** A case goes into the list, a function before the record, which gets its name. */
function insert(text: string, name: string, code: string, into: string): string {
  const start = new RegExp(`^export const ${into}\\b[^=]*= (?:[\\[{])`, "m").exec(text);
  if (!start) throw new Error(`no ${into} to put ${name} into`);
  const [before, head, after] = [text.slice(0, start.index), start[0], text.slice(start.index + start[0].length)];
  if (into === "cases") return `${before}${head}\n  ${code.trim()}\n${after}`;
  return `${before}${code.trim()}\n\n${head} ${name}, ${after}`;
}
