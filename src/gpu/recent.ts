/**
 * A map that keeps what was used last: two generations of half the limit each. What is used moves to the young one; when that
 * is full, the old one is dropped. A loop that needs no more than half of the limit never loses anything, and a hit costs one
 * look-up.
 */
export class Recent<V, K = string> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(
    private readonly limit: number,
    /** Frees a value that is dropped; one that says false is still needed, and stays. */
    private readonly drop: (value: V) => boolean = () => true,
  ) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size * 2 < this.limit) return;
    const dropped = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    for (const [name, old] of dropped) if (!this.drop(old)) this.#old.set(name, old);
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Drops everything that is not needed. */
  clear(): void {
    for (const generation of [this.#young, this.#old])
      for (const [key, value] of generation) if (this.drop(value)) generation.delete(key);
  }
}
