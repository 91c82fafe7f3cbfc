import type { Shader } from "./wesl.ts";

/** What the WGSL of a user's own transform may import: all of `shaders/lib/`. */
export const library = Object.values(
  import.meta.glob<Shader>("/shaders/lib/*.wgsl", { import: "default", eager: true }),
);
