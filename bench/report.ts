/** One or several records as one page that needs nothing else: plots, tables, and what was not measured. */
import demoStyle from "../examples/learn-augmentation/style.css?inline";
import type { BenchRecord } from "./record.ts";
import style from "./report.css?inline";
import { sections } from "./sections.ts";

/** The page, as text. `document` makes the plots' elements. */
export function reportHtml(document: Document, records: readonly BenchRecord[]): string {
  const dates = [...new Set(records.map(({ date }) => date.slice(0, 10)))].join(", ");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>augrad: benchmark, ${dates}</title>
<style>${demoStyle}${style}</style>
<body class="bench">
<h1>augrad: benchmark</h1>
${sections(document, records)}
</body>
</html>
`;
}
