// node src/node/links.mjs --absolute | --relative
// The README's links lead to files of the repository, most of which are not in the package: npm pack makes them links to
// the repository's page, and back again.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
/** The files of the package that people read. */
export const READ = ["README.md", "CHANGELOG.md"];

const { repository } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const page = repository.url.replace(/^git\+|\.git$/g, "");
const PAGES = `${page}/blob/main/`;
const PICTURES = `${page}/raw/main/`;

/** Links of a text to files, and pictures, as links to the repository's page. */
export const absolute = (text) =>
  text.replace(/(!?)(\[[^\]]*\]\()(?![a-z]+:|#)([^)\s]+)/g, (_, picture, start, file) => {
    return `${picture}${start}${picture ? PICTURES : PAGES}${file}`;
  });

/** The text that `absolute` was given. */
export const relative = (text) => text.replaceAll(`](${PAGES}`, "](").replaceAll(`](${PICTURES}`, "](");

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const change = process.argv[2] === "--relative" ? relative : absolute;
  for (const file of READ) {
    const url = new URL(file, root);
    writeFileSync(url, change(readFileSync(url, "utf8")));
  }
}
