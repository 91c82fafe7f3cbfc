import type { Link } from "./linker.ts";

/** A WGSL file of the package, as importing it gives it. */
export interface Shader {
  /** Its module path: `color::gamma` is `shaders/color/gamma.wgsl`. */
  readonly path: string;
  /** Its text. */
  readonly source: string;
  /** The files that it imports from. */
  readonly uses: readonly Shader[];
}

/** What may be linked, by module path: `package::color::gamma`. */
const modules: Record<string, string> = {};

/** Makes a module, and all that it imports, known to the linker. */
export function provide({ path, source, uses }: Shader): void {
  if (modules[`package::${path}`] === source) return;
  modules[`package::${path}`] = source;
  for (const shader of uses) provide(shader);
}

/** What writes WGSL, loaded when it is needed; what it names is known to the linker then. */
export async function withShaders<M extends { shaders: readonly Shader[] }>(loading: Promise<M>): Promise<M> {
  const loaded = await loading;
  for (const shader of loaded.shaders) provide(shader);
  return loaded;
}

/** Whether a module of this path was provided: `color::gamma`. */
export function hasModule(path: string): boolean {
  return `package::${path}` in modules;
}

/** The source of a module that was provided. */
export function moduleSource(path: string): string | undefined {
  return modules[`package::${path}`];
}

/** The text of a module. */
export type Wgsl = string;

/** What a link may add to the package's own modules. */
export interface LinkOptions {
  /** Further modules by path: a generated root, or a transform that a user declared at run time. */
  modules?: Record<string, Wgsl | Promise<Wgsl>>;
  /** Paths under which modules of the package are imported besides their own: `generated::see` for `see::map`. */
  standIns?: Record<string, string>;
  /** `@if(name)` conditions. */
  conditions?: Record<string, boolean>;
}

let linker: Promise<Link> | null = null;

/** Loads the linker, once: it is not needed before the first kernel is. Where that fails, the next call tries again. */
export function loadLinker(): Promise<Link> {
  if (!linker) {
    linker = import("./linker.ts").then(({ linkerOf }) => linkerOf(modules));
    linker.catch(() => {
      linker = null;
    });
  }
  return linker;
}

/**
 * Links a module and all that it imports to one WGSL text.
 * @param root the module, or its path
 * @throws Error with the place and its line where the WGSL is wrong
 */
export async function linkShader(root: Shader | string, options: LinkOptions = {}): Promise<string> {
  if (typeof root !== "string") provide(root);
  const link = await loadLinker();
  return link(typeof root === "string" ? root : root.path, options);
}
