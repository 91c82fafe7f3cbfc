/** Whether this machine seems to have a GPU, told from files alone, before any driver is loaded. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ICD_FOLDERS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
/** Drivers that compute on the CPU. */
const SOFTWARE_ICD = /lvp|lavapipe|swiftshader/i;

const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** The manifests of Vulkan drivers that belong to hardware. */
export function hardwareDrivers(): string[] {
  return ICD_FOLDERS.flatMap((folder) => list(folder).map((file) => join(folder, file))).filter(
    (path) => path.endsWith(".json") && !SOFTWARE_ICD.test(path),
  );
}

/** False only where a GPU cannot be there: Linux without a device file or without a driver for one. */
export function hasGpu(): boolean {
  if (process.platform !== "linux") return true;
  const devices = [...list("/dev/dri").filter((name) => name.startsWith("renderD")), ...list("/dev").filter(isGpuFile)];
  return devices.length > 0 && (hardwareDrivers().length > 0 || Boolean(process.env.VK_ICD_FILENAMES));
}

const isGpuFile = (name: string) => /^nvidia\d+$|^dxg$|^mali\d+$|^kgsl-3d0$/.test(name);

/** Whether the system's own Vulkan loader can be found by the dynamic linker, as far as its cache tells. */
export function hasVulkanLoader(): boolean {
  if (process.platform !== "linux") return true;
  try {
    if (readFileSync("/etc/ld.so.cache").includes("libvulkan.so.1")) return true;
  } catch {
    // No cache: look in the usual folders.
  }
  const folders = [
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    `/usr/lib/${process.arch === "x64" ? "x86_64" : "aarch64"}-linux-gnu`,
  ];
  folders.push(...(process.env.LD_LIBRARY_PATH ?? "").split(":").filter(Boolean));
  return folders.some((folder) => existsSync(join(folder, "libvulkan.so.1")));
}
