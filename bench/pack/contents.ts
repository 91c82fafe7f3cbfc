/** What is in the archive. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../../package.json";
import type { TarFile } from "../../src/node/tar.ts";
import { dawnPackage, nodeBinary, vulkanLoader } from "./binaries.ts";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files that a user may name instead of those that are found. */
export interface Choice {
  node?: string;
  loader?: string;
}

/** All files of a folder, under `name` in the archive; none where there is no such folder. */
function folderAs(name: string, folder: string): TarFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => statSync(join(folder, file)).isFile() && !/(^|[\\/])(__pycache__|\.)/.test(file))
    .sort()
    .map((file) => ({ name: `${name}/${file.split(sep).join("/")}`, data: readFileSync(join(folder, file)) }));
}

/** The programs, bundled. */
async function programs(): Promise<TarFile[]> {
  const folder = mkdtempSync(join(tmpdir(), "augrad-bundle-"));
  try {
    await bundle(folder);
    return folderAs("app", folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The commit that is packed, "with changes" where files differ from it; "unknown" outside of a clone. */
function commit(): string {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const head = git("rev-parse", "--short=12", "HEAD");
  if (head.status !== 0) return "unknown commit";
  return git("status", "--porcelain").stdout.trim() ? `${head.stdout.trim()}, with changes` : head.stdout.trim();
}

/** The files of the archive below `augrad-bench/`, and what to know about them, in sentences. */
export async function contents(choice: Choice = {}): Promise<{ files: TarFile[]; notes: string[] }> {
  const node = nodeBinary(choice.node);
  const loader = await vulkanLoader(choice.loader);
  // What runs in Python; how its inputs are checked against those in TypeScript stays here.
  const python = folderAs("peers/python", join(root, "bench/peers/python")).filter(({ name }) => !name.endsWith(".ts"));
  const build = { version, commit: commit(), node: node.origin, loader: loader?.origin ?? null };
  const files: TarFile[] = [
    { name: "run", data: readFileSync(join(root, "bench/pack/machine/run.sh")), executable: true },
    { name: "README.md", data: readFileSync(join(root, "bench/pack/machine/README.md")) },
    { name: "LICENSE", data: readFileSync(join(root, "LICENSE")) },
    { name: "build.json", data: Buffer.from(`${JSON.stringify(build, null, 2)}\n`) },
    { name: "bin/node", data: node.data, executable: true },
    ...(loader ? [{ name: "lib/libvulkan.so.1", data: loader.data, executable: true }] : []),
    ...dawnPackage(),
    ...(await programs()),
    ...folderAs("golden", join(root, "test/golden/cases")),
    ...python,
  ];
  const notes = [
    `Node: ${node.origin}.`,
    loader
      ? `Vulkan loader: ${loader.origin}; used only where the machine has none.`
      : "Vulkan loader: none found here, so the machine has to have libvulkan1; --loader FILE packs one.",
    ...(python.length ? [] : ["Kornia's script: there is no bench/peers/python here, so that part is left out."]),
  ];
  return { files, notes };
}
