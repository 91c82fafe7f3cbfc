/** What is written for every pixel pass, to be loaded as one. */
import type { Shader } from "../../gpu/index.ts";
import { shaders as ofChain } from "./chain.ts";
import { shaders as ofIo } from "./io.ts";

export { chainModule } from "./chain.ts";
export { ioModule } from "./io.ts";

/** What is linked with it. */
export const shaders: readonly Shader[] = [...ofIo, ...ofChain];
