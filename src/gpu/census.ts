/** More tensors than this, alive and outside of every scope, are hardly meant. */
const MANY = 500;

let warned = false;

/** Bundlers put the word in; where there is no bundler, there may be no `process`. */
const isProduction = (): boolean => typeof process !== "undefined" && process.env?.NODE_ENV === "production";

/**
 * Counts tensors that only their maker can free: those made outside of every scope, but for parameters and what augrad keeps
 * itself. A loop that frees what it makes holds few of them; one that forgets gets a warning, once, and not in production.
 */
export class Census {
  readonly #counted = new WeakSet<object>();
  #alive = 0;

  add(resource: object): void {
    this.#counted.add(resource);
    if (++this.#alive < MANY || warned || isProduction()) return;
    warned = true;
    console.warn(
      `augrad: ${this.#alive} tensors are alive that no scope will free, and their memory stays taken on the GPU. ` +
        "Open a scope in every step (using scope = gpu.scope()), or dispose of tensors; parameters do not count. " +
        "This is said once, and not in production.",
    );
  }

  remove(resource: object): void {
    if (this.#counted.delete(resource)) this.#alive--;
  }
}
