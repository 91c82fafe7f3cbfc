/** Rows of one or several records, put together by cell: what tables and plots show. */
import { catalogue } from "./catalogue.ts";
import { COPY } from "./cell.ts";
import type { Mode, Shape } from "./engine.ts";
import { type BenchRecord, type BesideRow, type CopiesRow, type Environment, EVERY, type Row } from "./record.ts";

/** An environment of a record. */
export interface Source {
  id: string;
  /** Short, and different from those of the others. */
  label: string;
  environment: Environment;
  record: BenchRecord;
}

/** One engine on one cell. */
export interface Figure {
  source: Source;
  row: Row;
  /** The engine, and its source where there are several. */
  label: string;
  /** How many times as long as augrad it takes; null where either was not measured, and for augrad itself and the copy. */
  factor: Record<Clock, number | null>;
}

/** `wall`: single runs that are waited for; `stream`: runs of a loop that waits at its end. */
export type Clock = "wall" | "stream";

/** A work, a mode and a shape. */
export interface CellFigures {
  key: string;
  work: string;
  title: string;
  mode: Mode;
  shape: Shape;
  figures: Figure[];
}

export const MODE_TITLES: Record<Mode, string> = { forward: "forward", both: "forward and backward" };

/** The sources of the records, in order; places of one record by their names, those of several with device or date. */
export function sourcesOf(records: readonly BenchRecord[]): Source[] {
  const sources = records.flatMap((record, i) =>
    record.environments.map((environment): Source => {
      const device = environment.device.software ? "software" : environment.device.description;
      const label = records.length === 1 ? environment.where : `${environment.where}, ${device}`;
      return { id: `${i}|${environment.where}`, label, environment, record };
    }),
  );
  // Two runs of one machine: their dates tell them apart.
  return sources.map((source) => {
    const isAlone = sources.filter(({ label }) => label === source.label).length === 1;
    return isAlone
      ? source
      : { ...source, label: `${source.label}, ${source.record.date.slice(0, 16).replace("T", " ")}` };
  });
}

/** The title of a work of the catalogue; another's id. */
export const titleOf = (work: string): string => catalogue.find(({ id }) => id === work)?.title ?? work;

const cellKey = ({ work, mode, shape }: Row): string => `${work}|${mode}|${shape.join("x")}`;

/** The cells of works in the order of the catalogue, each with the figures of all sources. */
export function cellsOf(records: readonly BenchRecord[], sources = sourcesOf(records)): CellFigures[] {
  const cells = new Map<string, CellFigures>();
  for (const source of sources) {
    for (const row of source.record.rows) {
      // Single transforms have a table of their own.
      if (row.where !== source.environment.where || row.work.startsWith(EVERY)) continue;
      const { work, mode, shape } = row;
      const key = cellKey(row);
      if (!cells.has(key)) cells.set(key, { key, work, title: titleOf(work), mode, shape, figures: [] });
      const label = sources.length === 1 ? row.engine : `${row.engine} (${source.label})`;
      cells.get(key)!.figures.push({ source, row, label, factor: { wall: null, stream: null } });
    }
  }
  for (const { figures } of cells.values())
    for (const figure of figures)
      figure.factor = { wall: factorOf(figure, figures, "wall"), stream: factorOf(figure, figures, "stream") };
  const place = ({ work }: CellFigures) => catalogue.findIndex(({ id }) => id === work);
  return [...cells.values()].sort((a, b) => place(a) - place(b));
}

/** Over augrad at the same source; where augrad did not run there (a record of another program), over the first that has it. */
function factorOf({ source, row }: Figure, figures: readonly Figure[], clock: Clock): number | null {
  const time = row[clock];
  if (!time || row.engine === "augrad" || row.engine === COPY) return null;
  const augrads = figures.filter(({ row: other }) => other.engine === "augrad" && other[clock]);
  const augrad = augrads.find(({ source: other }) => other.id === source.id) ?? augrads[0];
  return augrad ? time.median / augrad.row[clock]!.median : null;
}

/** Whether some engine ran where augrad did not, so that its factor is over augrad elsewhere. */
export const hasForeign = (cells: readonly CellFigures[]): boolean =>
  cells.some(({ figures }) =>
    figures.some(
      ({ source, factor }) =>
        factor.wall !== null &&
        !figures.some((other) => other.row.engine === "augrad" && other.source.id === source.id),
    ),
  );

/** Three digits, without an exponent: "0.412", "12.3", "1,234". */
export function digits(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3)).toString();
}

/** "3.4×", "120×", "0.44×". */
export const times = (factor: number): string =>
  `${factor >= 10 ? Math.round(factor).toLocaleString("en") : factor.toPrecision(2)}×`;

/** Rows of copies: chains in their order, then single transforms, those first that take longest forward and backward. */
export function byCost(rows: readonly CopiesRow[]): CopiesRow[] {
  const isSingle = ({ work }: CopiesRow) => work.startsWith(EVERY);
  const both = new Map(rows.filter(({ mode }) => mode === "both").map(({ work, copies }) => [work, copies]));
  const singles = rows.filter(isSingle).sort((a, b) => (both.get(b.work) ?? 0) - (both.get(a.work) ?? 0));
  return [...rows.filter((row) => !isSingle(row)), ...singles];
}

/** What another library takes beside a transform: "2.1 copies, 0.30×, faster than augrad", or that it does something else. */
export function besideText({ copies, times: factor, problem }: BesideRow): string {
  if (copies === undefined || factor === undefined)
    return problem?.includes("differs") ? "another result" : "no figure";
  return `${copies.toFixed(1)} copies, ${times(factor)}${factor < 1 ? ", faster" : ""}`;
}

/** The libraries that stand beside transforms, in the order of the rows. */
export const besides = (rows: readonly CopiesRow[]): string[] => [
  ...new Set(rows.flatMap(({ beside }) => (beside ?? []).map(({ engine }) => engine))),
];

/** A cell for each of those libraries; empty where it does not have the transform. */
export const besideCells = ({ beside }: CopiesRow, names: readonly string[]): string[] =>
  names.map((name) => {
    const found = beside?.find(({ engine }) => engine === name);
    return found ? besideText(found) : "";
  });
