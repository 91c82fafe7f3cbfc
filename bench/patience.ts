/** Waiting for what other people wrote. */

/** Something did not end; it may still run, and disturb what comes after. */
export class Hang extends Error {}

/** A promise, or a {@link Hang} when it takes longer than anybody waits. */
export function within<T>(milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Hang(`it did not ${what} in ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The first line of what was thrown. */
export const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 300) || "no reason given";
