/**
 * The npm package `@sparticuz/chromium` (Linux x64): a headless Chromium and SwiftShader, a Vulkan driver for the CPU,
 * both compressed. Unpacked once per version into a cache folder; used where a machine has no browser or no GPU.
 */
import {
  accessSync,
  constants,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";
import { filesOfTar } from "./tar.ts";

interface ChromiumPackage {
  /** Folder of the compressed files. */
  bin: string;
  version: string;
  /** The node_modules folder that holds the package. */
  modules: string;
}

/** Where `@sparticuz/chromium` is installed, or null. */
export function findChromiumPackage(): ChromiumPackage | null {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  try {
    let folder = dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium"));
    while (!existsSync(join(folder, "bin", "swiftshader.tar.br"))) {
      if (folder === dirname(folder)) return null;
      folder = dirname(folder);
    }
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { bin: join(folder, "bin"), version, modules: dirname(dirname(folder)) };
  } catch {
    return null;
  }
}

/** A folder that we may write to and that lasts: in node_modules, else in the system's folder for temporary files. */
function cacheFolder(modules: string): string {
  const preferred = join(modules, ".cache", "augrad");
  try {
    mkdirSync(preferred, { recursive: true });
    accessSync(preferred, constants.W_OK);
    return preferred;
  } catch {
    const fallback = join(tmpdir(), `augrad-${process.getuid?.() ?? "cache"}`);
    mkdirSync(fallback, { recursive: true });
    return fallback;
  }
}

/** Fills `<cache>/<name>` once, safely beside other processes that do the same. */
async function unpackOnce(source: ChromiumPackage, name: string, fill: (folder: string) => Promise<void>) {
  const folder = join(cacheFolder(source.modules), `${name}-${source.version}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}-${Date.now()}`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function unpackTar(source: ChromiumPackage, file: string, folder: string): void {
  for (const { name, data } of filesOfTar(brotliDecompressSync(readFileSync(join(source.bin, file))))) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data, { mode: 0o755 });
  }
}

/** Unpacks SwiftShader: returns the driver's manifest and the folder, with a Vulkan loader beside it; null without the package. */
export async function unpackSwiftShader(): Promise<{ icd: string; folder: string } | null> {
  const source = findChromiumPackage();
  if (!source) return null;
  const folder = await unpackOnce(source, "swiftshader", async (draft) => {
    unpackTar(source, "swiftshader.tar.br", draft);
  });
  return { icd: join(folder, "vk_swiftshader_icd.json"), folder };
}

// Fonts lie beside this file; the package's own looks for them where a cloud's functions run.
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Unpacks Open Sans, and a `fonts.conf` that leads to it. Returns the folder; null without the package. */
export async function unpackFonts(): Promise<string | null> {
  const source = findChromiumPackage();
  if (!source) return null;
  return unpackOnce(source, "fonts", async (draft) => {
    unpackTar(source, "fonts.tar.br", draft);
    writeFileSync(join(draft, "fonts.conf"), FONTS_CONF);
  });
}

/** Unpacks the headless browser with the libraries it needs on a bare system; null without the package. */
export async function unpackChromium(): Promise<{
  executable: string;
  version: string;
  env: Record<string, string>;
} | null> {
  const source = findChromiumPackage();
  if (!source) return null;
  const folder = await unpackOnce(source, "chromium", async (draft) => {
    for (const file of ["swiftshader.tar.br", "al2023.tar.br"]) unpackTar(source, file, draft);
    const binary = createWriteStream(join(draft, "chromium"), { mode: 0o755 });
    await pipeline(createReadStream(join(source.bin, "chromium.br")), createBrotliDecompress(), binary);
  });
  const libraries = [join(folder, "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return { executable: join(folder, "chromium"), version: source.version, env: { LD_LIBRARY_PATH: libraries } };
}
