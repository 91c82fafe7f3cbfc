import { composeResolvers, linkWithResolver, RecordResolver, withLoggerAsync } from "wesl";

/** Every WGSL file of the package, by module path: `package::color::gamma` is `shaders/color/gamma.wgsl`. */
const files = import.meta.glob("/shaders/**/*.wgsl", { query: "?raw", import: "default", eager: true }) as Record<
  string,
  string
>;

const modules: Record<string, string> = {};
for (const [path, text] of Object.entries(files)) {
  modules[`package::${path.slice("/shaders/".length, -".wgsl".length).replaceAll("/", "::")}`] = text;
}

/** What it has parsed is parsed: the kernels of one chain share most of their modules. */
const packaged = new RecordResolver(modules);

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

let last: Promise<unknown> = Promise.resolve();

/**
 * Keeps what wesl says from the console, and puts it into the error: it has the line of WGSL that the error lacks. One at
 * a time, because its logger is one for all.
 */
function quietly<T>(work: () => Promise<T>): Promise<T> {
  const said: string[] = [];
  const turn = last.then(() => withLoggerAsync((...words) => said.push(words.join(" ")), work));
  last = turn.catch(() => {});
  return turn.catch((error) => {
    throw said.length > 0 ? new Error(said.join("\n"), { cause: error }) : error;
  });
}

/**
 * Links the module at `path` and all that it imports to one WGSL text.
 * @throws Error with the place and its line where the WGSL is wrong
 */
export async function linkShader(path: string, options: LinkOptions = {}): Promise<string> {
  const own = Object.entries(options.modules ?? {}).map(([name, text]) => [`package::${name}`, text]);
  const resolver = composeResolvers(new RecordResolver(Object.fromEntries(own)), packaged);
  const { conditions } = options;
  const linked = await quietly(() =>
    linkWithResolver({ resolver, rootModuleName: `package::${path}`, conditions, sourceMap: false }),
  );
  return linked.dest;
}
