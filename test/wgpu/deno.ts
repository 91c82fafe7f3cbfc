/** Deno, whose WebGPU is wgpu, and a Vulkan driver for it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { adapterChoice } from "../../src/node/adapter.ts";
import { unpackSwiftShader } from "../../src/node/chromium.ts";
import { hasGpu } from "../../src/node/drivers.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const isWindows = process.platform === "win32";
const wanted: string = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies.deno;

/** Something that this machine lacks, in a sentence that says how to get it. */
export class Missing extends Error {}

/** Whether a version of Deno is the one that the tests know, or later. */
export function isRecent(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** `deno` on the PATH, if it is recent enough. */
function installed(): string | null {
  const found = spawnSync("deno", ["--version"], { encoding: "utf8", shell: isWindows });
  const version = /^deno (\d+\.\d+)/.exec(found.stdout ?? "")?.[1];
  return version && isRecent(version) ? "deno" : null;
}

/** The binary that npm has put into test/wgpu/node_modules. */
function fromNpm(): string | null {
  const packages = join(folder, "node_modules", "@deno");
  if (!existsSync(packages)) return null;
  const file = isWindows ? "deno.exe" : "deno";
  const binaries = readdirSync(packages).map((name) => join(packages, name));
  const [found] = binaries.filter((path) => {
    const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    return version === wanted && existsSync(join(path, file));
  });
  return found ? join(found, file) : null;
}

/**
 * A Deno that can be started: the machine's own, else npm's, which is installed here where it is missing.
 * @throws Missing where npm does not give it
 */
export function findDeno(say: (line: string) => void): string {
  const there = installed() ?? fromNpm();
  if (there) return there;
  say(`Installing Deno ${wanted} for the tests on wgpu (npm ci in test/wgpu, 42 MB) ...`);
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, stderr } = spawnSync(isWindows ? "npm.cmd" : "npm", args, {
    cwd: folder,
    encoding: "utf8",
    shell: isWindows,
  });
  const got = status === 0 ? fromNpm() : null;
  if (got) return got;
  const why = status === 0 ? `there is none for ${process.platform} ${process.arch}` : stderr.trim().split("\n")[0];
  throw new Missing(`Deno ${wanted} could not be installed by npm (${why}): install it from https://deno.com.`);
}

const ICD_VARIABLES = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"];

/** The manifest of lavapipe, Mesa's Vulkan driver for the processor, where it is installed. */
function lavapipe(): string | null {
  const manifests = "/usr/share/vulkan/icd.d";
  const file = existsSync(manifests) ? readdirSync(manifests).find((name) => name.startsWith("lvp_icd")) : null;
  return file ? join(manifests, file) : null;
}

/**
 * What makes Deno find a driver, as environment variables: none where the user names one or the machine has a GPU, else
 * lavapipe, else the SwiftShader of `@sparticuz/chromium`. AUGRAD_ADAPTER insists as in Node.
 */
export async function driver(): Promise<Record<string, string>> {
  const choice = adapterChoice();
  const isNamed = ICD_VARIABLES.some((variable) => process.env[variable]);
  if (choice === "gpu" || (choice === "auto" && (isNamed || hasGpu()))) return {};
  const system = choice === "auto" ? lavapipe() : null;
  const swiftShader = system ? null : await unpackSwiftShader();
  const icd = system ?? swiftShader?.icd;
  if (!icd) return {};
  // SwiftShader's folder has a Vulkan loader too, for systems without one.
  const libraries = [process.env.LD_LIBRARY_PATH, swiftShader?.folder].filter(Boolean).join(delimiter);
  return { ...Object.fromEntries(ICD_VARIABLES.map((name) => [name, icd])), LD_LIBRARY_PATH: libraries };
}
