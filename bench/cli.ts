/** `npm run bench`. */
import { runCommand } from "./command.ts";

// Loaded when they are needed: a run in Node needs neither a browser nor plots.
await runCommand(process.argv.slice(2), {
  openBrowser: async (settings, say) => (await import("./browser.ts")).openBrowser(settings, say),
  reportHtml: async (records) => {
    const [{ parseHTML }, { reportHtml }] = await Promise.all([import("linkedom"), import("./report.ts")]);
    const { document } = parseHTML("<!doctype html><html><body></body></html>");
    return reportHtml(document as unknown as Document, records);
  },
});
