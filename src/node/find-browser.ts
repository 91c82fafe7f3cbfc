/** Which browsers this machine can run, best first. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { unpackChromium } from "./chromium.ts";

export interface BrowserCandidate {
  /** Where it comes from, for the reader of the output. */
  origin: string;
  executable: string;
  /** A headless shell is started otherwise than a full browser. */
  shell: boolean;
  env: Record<string, string>;
}

const NAMES = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "microsoft-edge-stable",
  "microsoft-edge",
];

function installedPaths(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  if (process.platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Microsoft Edge", "Google Chrome Canary"];
    const roots = ["/Applications", join(homedir(), "Applications")];
    return roots.flatMap((root) => apps.map((app) => join(root, `${app}.app`, "Contents", "MacOS", app)));
  }
  if (process.platform === "win32") {
    const { PROGRAMFILES, LOCALAPPDATA } = process.env;
    const roots = [PROGRAMFILES, process.env["PROGRAMFILES(X86)"], LOCALAPPDATA].filter((root) => root !== undefined);
    const parts = ["Google\\Chrome", "Microsoft\\Edge", "Chromium"];
    const name = (part: string) => (part.endsWith("Edge") ? "msedge.exe" : "chrome.exe");
    return roots.flatMap((root) => parts.map((part) => join(root, part, "Application", name(part))));
  }
  const fixed = ["/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/opt/microsoft/msedge/msedge"];
  // One name over all folders before the next name: Chrome before Chromium before Edge.
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...fixed];
}

const named = (origin: string, executable: string): BrowserCandidate => ({
  origin,
  executable,
  shell: /headless[-_]shell/i.test(executable),
  env: {},
});

/** The browser that CHROME_PATH or PUPPETEER_EXECUTABLE_PATH names, if either is set. */
export function chosenByUser(): BrowserCandidate | null {
  for (const variable of ["CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH"]) {
    const path = process.env[variable];
    if (!path) continue;
    if (!existsSync(path)) throw new Error(`${variable} is "${path}", where there is no file; unset it or correct it.`);
    return named(variable, path);
  }
  return null;
}

/** Downloads the browser that this version of puppeteer is made for, into puppeteer's own cache. */
async function download(say: (line: string) => void): Promise<BrowserCandidate> {
  const { install, detectBrowserPlatform, Browser } = await import("@puppeteer/browsers");
  const { PUPPETEER_REVISIONS } = await import("puppeteer-core/internal/revisions.js");
  const platform = detectBrowserPlatform();
  if (!platform) throw new Error(`there is no download for ${process.platform} ${process.arch}`);
  const cacheDir = process.env.PUPPETEER_CACHE_DIR ?? join(homedir(), ".cache", "puppeteer");
  const browser = Browser.CHROMEHEADLESSSHELL;
  const buildId = PUPPETEER_REVISIONS["chrome-headless-shell"];
  say(`No browser found: downloading chrome-headless-shell ${buildId} into ${cacheDir} ...`);
  const { executablePath } = await install({ browser, buildId, cacheDir, platform });
  return { ...named("puppeteer's download", executablePath), shell: true };
}

/** Yields the browsers to try: those installed, the headless shell of `@sparticuz/chromium`, puppeteer's download. */
export async function* browserCandidates(
  say: (line: string) => void,
  mayDownload: boolean,
): AsyncGenerator<BrowserCandidate> {
  for (const path of installedPaths()) if (existsSync(path)) yield named("installed", path);
  const unpacked = await unpackChromium();
  if (unpacked) yield { origin: "npm @sparticuz/chromium", shell: true, ...unpacked };
  if (mayDownload) yield await download(say);
}
