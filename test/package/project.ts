/** Empty projects that the packed archive is installed into, as a user would. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { absolute, READ } from "../../src/node/links.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A package that the project is developed with, at that version: "@jax-js/jax@^0.1.25". */
export function asDeveloped(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return `${name}@${devDependencies[name]}`;
}

/** Runs a program in `cwd` and returns what it printed; what it printed is in the error when it fails. */
export function run(cwd: string, file: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${[file, ...args].join(" ")}: ${error?.message ?? ""}\n${stdout}\n${stderr}`);
  return stdout;
}

export const npm = (cwd: string, ...args: string[]): string =>
  run(cwd, process.platform === "win32" ? "npm.cmd" : "npm", ...args);

/** Installs packages, from npm's cache where they are in it. */
export const install = (cwd: string, ...args: string[]): string =>
  npm(cwd, "install", "--prefer-offline", "--no-audit", "--no-fund", ...args);

/** Packs what `npm pack` packs into a folder, from a copy: it would build again, and change the README for a moment. */
function pack(into: string): void {
  const copy = mkdtempSync(join(tmpdir(), "augrad-pack-"));
  try {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const name of [...files, "package.json"]) cpSync(join(root, name), join(copy, name), { recursive: true });
    for (const name of READ) writeFileSync(join(copy, name), absolute(readFileSync(join(root, name), "utf8")));
    npm(copy, "pack", "--ignore-scripts", "--pack-destination", into);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Packs `dist/`, which has been built just before, and installs it into a new project; returns the project's folder. */
export function emptyProject(...args: string[]): string {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "augrad-install-")));
  pack(project);
  const archive = readdirSync(project).find((file) => file.endsWith(".tgz"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  install(project, `./${archive}`, ...args);
  return project;
}
