/** Fonts for a system without any, so that text on headless pages and in pictures is drawn everywhere. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { unpackFonts } from "./chromium.ts";

const FOLDERS = ["/usr/share/fonts", "/usr/local/share/fonts", ".fonts", ".local/share/fonts"];
const FONT = /\.(ttf|otf|ttc|pfb)$/i;

/** Whether one of the folders (relative ones: of the user's home) holds a font. */
export function hasFonts(folders: readonly string[] = FOLDERS): boolean {
  const holdsFont = (folder: string): boolean =>
    readdirSync(folder, { withFileTypes: true }).some((entry) =>
      entry.isDirectory() ? holdsFont(join(folder, entry.name)) : FONT.test(entry.name),
    );
  return folders
    .map((folder) => (folder.startsWith("/") ? folder : join(homedir(), folder)))
    .some((folder) => existsSync(folder) && holdsFont(folder));
}

/**
 * What makes fontconfig find Open Sans of `@sparticuz/chromium`, as environment variables: none where the system has fonts,
 * where the user has chosen others, or without that package.
 */
export async function fontEnvironment(folders?: readonly string[]): Promise<Record<string, string>> {
  if (process.platform !== "linux" || process.env.FONTCONFIG_FILE || process.env.FONTCONFIG_PATH) return {};
  const fonts = hasFonts(folders) ? null : await unpackFonts();
  return fonts ? { FONTCONFIG_FILE: join(fonts, "fonts.conf") } : {};
}
