// node src/node/setup.mjs [--say] [PROGRAM [arguments]]
// Makes a fresh clone ready (Node's version, the packages), then runs the program in this same process, so that a signal
// reaches it. With --say it first starts the browser and Dawn once, and says what they run on.
// Plain JavaScript and Node's own modules only: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
process.chdir(root);

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
const isOldNode = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12);
if (isOldNode)
  stop(
    `Node ${process.versions.node} is too old: install Node 20.19, 22.12 or a later version from https://nodejs.org.`,
  );

/** Whether node_modules holds the versions of package-lock.json; packages of other platforms may be missing. */
function isInstalled() {
  const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  if (!existsSync("node_modules/.package-lock.json")) return false;
  const wanted = read("package-lock.json");
  const present = read("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    const found = present[path];
    return path === "" || (found ? found.version === version && existsSync(path) : Boolean(optional || peer));
  });
}

if (!isInstalled()) {
  if (existsSync("node_modules") && lstatSync("node_modules").isSymbolicLink()) {
    stop(
      "node_modules is a link to packages of other versions than package-lock.json's: run npm ci where it points, or remove it.",
    );
  }
  console.log("Installing the packages of package-lock.json (npm ci) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = { stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], options);
  if (status !== 0)
    stop("npm ci failed: check the connection to the npm registry and the messages above, then run this again.");
}

// npm passes a signal to its shell, and the shell keeps it to itself: end with the shell.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const look = () => process.ppid !== parent && process.kill(process.pid, "SIGTERM");
  setInterval(look, 500).unref();
}

const rest = process.argv.slice(2);
if (rest[0] === "--say") {
  rest.shift();
  const { status } = spawnSync(process.execPath, ["src/node/run.mjs", "src/node/say.ts"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
if (rest.length > 0) {
  process.argv = [process.argv[0], "src/node/run.mjs", ...rest];
  await import("./run.mjs");
}
