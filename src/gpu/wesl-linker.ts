// What links WGSL in a program that declares transforms of its own: wesl. `wesl.ts` asks for it.
import { composeResolvers, linkWithResolver, RecordResolver, withLoggerAsync } from "wesl";
import type { Link } from "./wesl.ts";

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

/** A linker of the modules that are in a record, now or later. */
export function linkerOf(provided: Record<string, string>): Link {
  // What it has parsed is parsed: the kernels of one chain share most of their modules.
  const packaged = new RecordResolver(provided);
  return async (path, { modules = {}, standIns = {}, conditions }) => {
    const texts = await Promise.all(Object.values(modules));
    const own = [
      ...Object.keys(modules).map((name, i) => [`package::${name}`, texts[i]]),
      ...Object.entries(standIns).map(([name, other]) => [`package::${name}`, provided[`package::${other}`]]),
    ];
    const resolver = composeResolvers(new RecordResolver(Object.fromEntries(own)), packaged);
    const linked = await quietly(() =>
      linkWithResolver({ resolver, rootModuleName: `package::${path}`, conditions, sourceMap: false }),
    );
    return linked.dest;
  };
}
