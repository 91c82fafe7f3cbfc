/** Whether node_modules holds the versions of package.json, ready for a page. */
export function isInstalled(): boolean;
/**
 * Installs what is missing.
 * @param say where the one line about it goes
 * @throws Error with a sentence where it cannot
 */
export function install(say?: (line: string) => void): Promise<void>;
