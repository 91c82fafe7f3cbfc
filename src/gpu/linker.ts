// What links WGSL: wesl, and the text of the kernels. More than half of augrad's bytes, so that a page loads it beside its first
// work instead of before it; `wesl.ts` asks for it.
import { composeResolvers, linkWithResolver, RecordResolver, withLoggerAsync } from "wesl";
import type { LinkOptions, Shader } from "./wesl.ts";

/** The kernels around transforms, and what is generated around transforms may import; everything else comes with who uses it. */
const kernels = import.meta.glob<Shader>(
  ["/shaders/pass/**/*.wgsl", "/shaders/see/**/*.wgsl", "/shaders/lib/**/*.wgsl", "/shaders/statistic/**/*.wgsl"],
  {
    import: "default",
    eager: true,
  },
);

/** Every module by path, `package::lib::math`; `provided` gets more while a program runs. */
const modulesWith = (provided: Record<string, string>): Record<string, string> => {
  for (const { path, source } of Object.values(kernels)) provided[`package::${path}`] ??= source;
  return provided;
};

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

/** Links one of the package's modules, or of those that are given with it. */
export type Link = (path: string, options: LinkOptions) => Promise<string>;

/** A linker of the modules that are in a record, now or later, and of the kernels. */
export function linkerOf(provided: Record<string, string>): Link {
  // What it has parsed is parsed: the kernels of one chain share most of their modules.
  const known = modulesWith(provided);
  const packaged = new RecordResolver(known);
  return async (path, { modules = {}, standIns = {}, conditions }) => {
    const texts = await Promise.all(Object.values(modules));
    const own = [
      ...Object.keys(modules).map((name, i) => [`package::${name}`, texts[i]]),
      ...Object.entries(standIns).map(([name, other]) => [`package::${name}`, known[`package::${other}`]]),
    ];
    const resolver = composeResolvers(new RecordResolver(Object.fromEntries(own)), packaged);
    const linked = await quietly(() =>
      linkWithResolver({ resolver, rootModuleName: `package::${path}`, conditions, sourceMap: false }),
    );
    return linked.dest;
  };
}
