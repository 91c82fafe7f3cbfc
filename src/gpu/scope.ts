import { disposeKey } from "./disposable.ts";
import { check, having } from "./options.ts";

const DISPOSABLE = having("something with dispose(), such as a tensor", "dispose");

/** Disposes of everything made while it was open, but for what was kept. For synchronous stretches of code. */
export class Scope {
  #resources = new Set<{ dispose(): void }>();
  /** @internal */
  constructor(private readonly ended: (scope: Scope) => void) {}

  /** Puts a resource into the scope; tensors do it by themselves. */
  add(resource: { dispose(): void }): void {
    this.#resources.add(check("resource", resource, DISPOSABLE));
  }

  /**
   * {@link add} and {@link keep} of what is known to be a tensor: each is put into scopes and taken out of them.
   * @internal
   */
  hold(resource: { dispose(): void }): void {
    this.#resources.add(resource);
  }

  /** @internal */
  letGo(resource: { dispose(): void }): void {
    this.#resources.delete(resource);
  }

  /** Lets a resource outlive the scope. */
  keep<T extends { dispose(): void }>(resource: T): T {
    this.#resources.delete(check("resource", resource, DISPOSABLE));
    return resource;
  }

  /**
   * Ends the scope without freeing anything, and returns what it held.
   * @internal
   */
  release(): Iterable<{ dispose(): void }> {
    this.ended(this);
    return this.#resources;
  }

  /** Ends the scope, and frees what it holds. */
  dispose(): void {
    this.ended(this);
    for (const resource of this.#resources) resource.dispose();
    this.#resources.clear();
  }

  /** Ends the scope: for `using scope = gpu.scope()`. */
  [disposeKey](): void {
    this.dispose();
  }
}
