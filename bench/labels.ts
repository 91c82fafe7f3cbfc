/** Where texts of plots go so that none lies on another. */

/** Width of a letter at 12 px, generously. */
export const LETTER = 6.8;

/** Pixels that the longest of some texts takes. */
export const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length)) * LETTER;

/** How many ticks of a linear axis fit into so many pixels. */
export const ticksFor = (pixels: number, most: number): number =>
  Math.max(1, Math.min(5, Math.floor(pixels / (String(Math.round(most)).length * LETTER + 24))));

/** Where a logarithmic axis of so many pixels has room for ticks: 1, 2 and 5 of each decade, or 1 alone, or every so many. */
export function decades([from, to]: readonly [number, number], pixels: number): number[] {
  const perDecade = pixels / Math.max(Math.log10(to / from), 0.1);
  const room = 5 * LETTER;
  const digits = perDecade * Math.log10(2) > room ? [1, 2, 5] : [1];
  const step = Math.max(1, Math.ceil(room / perDecade));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++)
    if (power % step === 0) ticks.push(...digits.map((digit) => digit * 10 ** power));
  return ticks.filter((tick) => tick >= from && tick <= to);
}

/**
 * Rows for labels that are centred at places in pixels: each in the first row in which it touches none before it.
 * @returns the row of each label, 0 being the nearest
 */
export function rowsFor(labels: readonly { at: number; text: string }[], letter = LETTER): number[] {
  const taken: [left: number, right: number][][] = [];
  return labels.map(({ at, text }) => {
    const half = (text.length * letter) / 2 + 1;
    const free = (row: readonly (readonly [number, number])[]) =>
      row.every(([left, right]) => at + half <= left || right <= at - half);
    let row = taken.findIndex(free);
    if (row < 0) row = taken.push([]) - 1;
    taken[row].push([at - half, at + half]);
    return row;
  });
}
