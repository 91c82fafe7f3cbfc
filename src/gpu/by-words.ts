import { Recent } from "./recent.ts";

interface Entry<V> {
  tag: number;
  words: readonly number[];
  value: V;
}

/**
 * Values by a whole number and a list of them, the last used ones ({@link Recent}). A number that is made of the list leads to them: to
 * join a list to a text and to look that up took longer than all else in recording a dispatch.
 */
export class ByWords<V> {
  readonly #kept: Recent<Entry<V>, number>;

  constructor(limit: number, drop?: (value: V) => boolean) {
    this.#kept = new Recent(limit, drop && (({ value }) => drop(value)));
  }

  get size(): number {
    return this.#kept.size;
  }

  get(tag: number, words: ArrayLike<number>): V | undefined {
    return this.#kept.get(this.#place(tag, words))?.value;
  }

  /** The words are copied. */
  set(tag: number, words: ArrayLike<number>, value: V): void {
    this.#kept.set(this.#place(tag, words), { tag, words: Array.from(words), value });
  }

  clear(): void {
    this.#kept.clear();
  }

  /** Where a list is, or would be: of lists that lead to one number, each has the next that is free. */
  #place(tag: number, words: ArrayLike<number>): number {
    let place = placeOf(tag, words);
    for (let entry = this.#kept.get(place); entry && !holds(entry, tag, words); entry = this.#kept.get(place)) place++;
    return place;
  }
}

/** Fowler, Noll and Vo's hash (1991), of words in place of bytes; at most 30 bits, which engines keep as they are. */
function placeOf(tag: number, words: ArrayLike<number>): number {
  let hash = 0x811c9dc5 ^ tag;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i], 0x01000193);
    // Words differ in their high bits, too, which a product of theirs does not take down.
    hash ^= hash >>> 15;
  }
  return hash >>> 2;
}

function holds({ tag, words }: Entry<unknown>, asked: number, list: ArrayLike<number>): boolean {
  if (tag !== asked || words.length !== list.length) return false;
  for (let i = 0; i < words.length; i++) if (words[i] !== list[i]) return false;
  return true;
}
