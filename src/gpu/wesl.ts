import { linkerOf } from "./linker.ts";

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

/** Links one of the package's modules, or of those that are given with it. */
export type Link = (path: string, options: LinkOptions) => Promise<string>;

const ownLinker = linkerOf(modules);
let linker = async (): Promise<Link> => ownLinker;

/** From here on wesl links: what a user writes may be any WESL, and its errors name the line. It is loaded with the next kernel. */
export function linkWithWesl(): void {
  let loading: Promise<Link> | null = null;
  linker = () => {
    if (!loading) {
      loading = import("./wesl-linker.ts").then((wesl) => wesl.linkerOf(modules));
      // Where that fails, the next kernel tries again.
      loading.catch(() => {
        loading = null;
      });
    }
    return loading;
  };
}

/**
 * Links a module and all that it imports to one WGSL text.
 * @param root the module, or its path
 * @throws Error with the place and its line where the WGSL is wrong
 */
export async function linkShader(root: Shader | string, options: LinkOptions = {}): Promise<string> {
  if (typeof root !== "string") provide(root);
  const link = await linker();
  return link(typeof root === "string" ? root : root.path, options);
}
