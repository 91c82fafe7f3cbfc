/** Disposes of everything made while it was open, but for what was kept. For synchronous stretches of code. */
export class Scope {
  #resources = new Set<{ dispose(): void }>();
  constructor(private readonly ended: (scope: Scope) => void) {}

  add(resource: { dispose(): void }): void {
    this.#resources.add(resource);
  }

  /** Lets a resource outlive the scope. */
  keep<T extends { dispose(): void }>(resource: T): T {
    this.#resources.delete(resource);
    return resource;
  }

  dispose(): void {
    this.ended(this);
    for (const resource of this.#resources) resource.dispose();
    this.#resources.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
