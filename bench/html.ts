/** The little HTML that report and page share. */
import { digits } from "./figures.ts";

/** Text that a page may contain. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A table; the cells are text. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return `<table><thead>${row(header, "th")}</thead>\n<tbody>${rows.map((cells) => row(cells, "td")).join("\n")}</tbody></table>`;
}

/** "1.2 MB". */
export const bytes = (count: number): string =>
  count < 1e6 ? `${digits(count / 1e3)} kB` : `${digits(count / 1e6)} MB`;
