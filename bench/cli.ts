/** `npm run bench`. */
import { runCommand } from "./command.ts";

// Loaded when they are needed: a run in Node needs neither a browser nor plots.
await runCommand(process.argv.slice(2), {
  openBrowser: async (settings, say) => (await import("./browser.ts")).openBrowser(settings, say),
  reportHtml: async (records) => (await import("./report.ts")).reportHtml(records),
});
