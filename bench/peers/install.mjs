// node bench/peers/install.mjs
// Installs TensorFlow.js and OpenCV.js into bench/peers/node_modules, where they are missing, and makes files of them that a
// page can load as they are.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const modules = `${folder}node_modules/`;
const bundle = `${modules}.page/tfjs.js`;

/** Whether node_modules holds the versions of package.json, ready for a page. */
export function isInstalled() {
  const { dependencies } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const has = ([name, version]) => {
    const file = `${modules}${name}/package.json`;
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
  };
  return existsSync(bundle) && Object.entries(dependencies).every(has);
}

/**
 * Installs what is missing.
 * @param say where the one line about it goes
 * @throws Error with a sentence where it cannot
 */
export async function install(say = console.log) {
  if (isInstalled()) return;
  say("Installing TensorFlow.js and OpenCV.js for the comparison (npm ci in bench/peers, 90 MB) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = { cwd: folder, encoding: "utf8", shell: process.platform === "win32" };
  const { status, stderr, error } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], options);
  if (status !== 0) {
    const code = error?.code ?? /error code (\S+)/.exec(stderr)?.[1] ?? `exit status ${status}`;
    throw new Error(
      `npm ci in bench/peers failed (${code}): check the connection to the npm registry and run this again.`,
    );
  }
  try {
    await bundleTensorFlow();
  } catch (error) {
    throw new Error(`TensorFlow.js could not be bundled for a page: ${String(error?.message ?? error).split("\n")[0]}`);
  }
}

async function bundleTensorFlow() {
  const { build } = await import("vite");
  mkdirSync(`${modules}.page`, { recursive: true });
  await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    publicDir: false,
    // The packages ask for Node's environment in passing.
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: `${modules}.page`,
      emptyOutDir: false,
      target: "es2022",
      minify: false,
      lib: { entry: `${folder}tfjs-bundle.mjs`, formats: ["es"], fileName: () => "tfjs.js" },
    },
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await install();
    console.log("The peers are installed.");
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
