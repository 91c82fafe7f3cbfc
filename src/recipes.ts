/**
 * Pipelines as documents: JSON of a pipeline, and a pipeline of JSON. Documents name transforms, so that this module brings all of them,
 * as `augrad/registry` does; an application that writes its pipelines in code is smaller without.
 *
 * @module augrad/recipes
 */
import "./registry.ts";
import { register } from "./transforms/language/declare.ts";
import * as volumes from "./volumes/transforms.ts";

register(Object.values(volumes));

export * from "./recipes/index.ts";
