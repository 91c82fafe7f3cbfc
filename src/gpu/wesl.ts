import { link } from "wesl";

/** Every WGSL file of the package, by module path: `package::color::gamma` is `shaders/color/gamma.wgsl`. */
const files = import.meta.glob("/shaders/**/*.wgsl", { query: "?raw", import: "default", eager: true }) as Record<
  string,
  string
>;

const modules: Record<string, string> = {};
for (const [path, text] of Object.entries(files)) {
  modules[`package::${path.slice("/shaders/".length, -".wgsl".length).replaceAll("/", "::")}`] = text;
}

/** Whether the package has a module: `color::gamma`. */
export function hasModule(path: string): boolean {
  return `package::${path}` in modules;
}

/** The source of one of the package's modules. */
export function moduleSource(path: string): string | undefined {
  return modules[`package::${path}`];
}

/** What a link may add to the package's own modules. */
export interface LinkOptions {
  /** Further modules by path: a generated root, or a transform that a user declared at run time. */
  modules?: Record<string, string>;
  /** `@if(name)` conditions. */
  conditions?: Record<string, boolean>;
}

/** Links the module at `path` and all that it imports to one WGSL text. */
export async function linkShader(path: string, options: LinkOptions = {}): Promise<string> {
  const weslSrc = { ...modules };
  for (const [name, text] of Object.entries(options.modules ?? {})) weslSrc[`package::${name}`] = text;
  const linked = await link({
    weslSrc,
    rootModuleName: `package::${path}`,
    conditions: options.conditions,
    sourceMap: false,
  });
  return linked.dest;
}
