/** Which Vulkan loader and driver a machine's GPU may be reached by: the ways to try, in order, and why none worked. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hardwareDrivers, hasVulkanLoader } from "../../../src/node/drivers.ts";

/** One way to reach the GPU: variables of the environment of a process that uses it. */
export interface Way {
  /** In words, for the log. */
  what: string;
  env: Record<string, string>;
}

/** Where containers and some distributions keep drivers' manifests, beside the folders that the loader knows. */
const MANIFEST_FOLDERS = ["/usr/local/nvidia/share/vulkan/icd.d", "/run/opengl-driver/share/vulkan/icd.d"];
/** Where containers keep the driver's libraries without telling the dynamic linker. */
const LIBRARY_FOLDERS = ["/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib"];
const SYSTEM_LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu"];
/** Both are Vulkan drivers. The first needs libX11, which a headless machine may lack. */
const NVIDIA_LIBRARIES = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"];

/** Device files of GPUs that this process can see. */
export function deviceFiles(): string[] {
  const list = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  return [...list("/dev"), ...list("/dev/dri")].filter((path) =>
    /^\/dev\/(nvidia\d+|dxg|mali\d+|kgsl-3d0|dri\/renderD\d+)$/.test(path),
  );
}

/** Manifests in folders that no loader looks into. */
const strayManifests = (): string[] =>
  MANIFEST_FOLDERS.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => join(folder, file)),
  );

/** NVIDIA's driver libraries, by path. */
export function nvidiaLibraries(): string[] {
  const folders = [...LIBRARY_FOLDERS, ...SYSTEM_LIBRARIES];
  return NVIDIA_LIBRARIES.flatMap((name) =>
    folders
      .map((folder) => join(folder, name))
      .filter(existsSync)
      .slice(0, 1),
  );
}

/** Writes a manifest for a driver library that has none, and returns its path. */
function manifestFor(library: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${basename(library, ".so.0")}.json`);
  const manifest = { file_format_version: "1.0.1", ICD: { library_path: library, api_version: "1.3.0" } };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  return path;
}

/** Environment of one way: the loader of the archive, a manifest, and the folders where the driver's libraries lie. */
function environment(loader: string | null, manifest: string | null): Record<string, string> {
  const folders = [loader, ...LIBRARY_FOLDERS.filter(existsSync), process.env.LD_LIBRARY_PATH].filter(Boolean);
  return {
    ...(folders.length ? { LD_LIBRARY_PATH: folders.join(":") } : {}),
    ...(manifest ? { VK_ICD_FILENAMES: manifest, VK_DRIVER_FILES: manifest } : {}),
  };
}

/**
 * The ways to try, best first: the system's loader before the archive's; the user's driver, else what the loader finds,
 * else manifests that it does not look for, else NVIDIA's libraries by a manifest written into `scratch`.
 * @param packed folder of the archive's loader
 */
export function ways(packed: string, scratch: string): Way[] {
  const loaders: [string, string | null][] = [];
  if (hasVulkanLoader()) loaders.push(["the system's Vulkan loader", null]);
  if (existsSync(join(packed, "libvulkan.so.1"))) loaders.push(["the archive's Vulkan loader", packed]);
  const chosen = process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES;
  const drivers: [string, string | null][] = chosen
    ? [[`the driver that the environment names, ${chosen}`, chosen]]
    : [
        ["the drivers that it finds", null],
        ...strayManifests().map((path): [string, string] => [path, path]),
        ...nvidiaLibraries().map((path): [string, string] => [path, manifestFor(path, scratch)]),
      ];
  return loaders.flatMap(([loader, folder]) =>
    drivers.map(([driver, manifest]) => ({ what: `${loader}, ${driver}`, env: environment(folder, manifest) })),
  );
}

/** Why no way led to a GPU, and what to do about it, in a sentence. */
export function whyNoGpu(tried: readonly Way[]): string {
  const manifests = [...hardwareDrivers(), ...strayManifests()];
  const libraries = nvidiaLibraries();
  if (deviceFiles().length === 0) {
    return "This machine shows no GPU (no /dev/nvidia0, no /dev/dri/renderD128): run it on a machine with one, in a container with the GPU passed in (docker run --gpus all).";
  }
  if (tried.length === 0) {
    return "There is no Vulkan loader, neither on this machine nor in the archive: install libvulkan1 (Debian, Ubuntu) or vulkan-loader (Fedora).";
  }
  if (manifests.length === 0 && libraries.length === 0) {
    return "There is a GPU, but no Vulkan driver for it: install the driver's Vulkan part (NVIDIA: libnvidia-gl-VERSION, in a container NVIDIA_DRIVER_CAPABILITIES=all; AMD and Intel: mesa-vulkan-drivers).";
  }
  return `There is a GPU and a Vulkan driver (${[...manifests, ...libraries].join(", ")}), but it gives no WebGPU adapter: the log has what each try said; a current driver may help.`;
}

/** The system's release, in words. */
export function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  } catch {
    return "Linux";
  }
}
