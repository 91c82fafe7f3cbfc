/**
 * All of augrad's transforms, by name. An application's bundle has only the transforms that it imports, and `registry` of `augrad`
 * knows those; importing this module brings the rest: for a playground, for tools, for pipelines that are made from names.
 *
 * @module augrad/registry
 */
import "./globals.ts";
import * as transforms from "./transforms/index.ts";
import { register } from "./transforms/language/declare.ts";

register(Object.values(transforms));

export type { Declaration } from "./transforms/index.ts";
export { registry } from "./transforms/index.ts";
