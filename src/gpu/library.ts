import { linkWithWesl, provide, type Shader } from "./wesl.ts";

/** What the WGSL of a user's own transform may import: all of `shaders/lib/`. */
const library = Object.values(import.meta.glob<Shader>("/shaders/lib/*.wgsl", { import: "default", eager: true }));

let isReady = false;

/** Makes ready for WGSL that users write. */
export function readyForUsers(): void {
  if (isReady) return;
  isReady = true;
  for (const shader of library) provide(shader);
  linkWithWesl();
}
