/** The programs of the archive, each with all that it imports, as plain JavaScript. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { sourceAlias } from "../../src/node/alias.mjs";
import { wgsl } from "../../src/node/wgsl.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The programs by name: `app/<name>/index.mjs` in the archive. */
export const PROGRAMS = {
  main: "bench/pack/machine/main.ts",
  probe: "bench/pack/machine/probe.ts",
  suites: "bench/pack/machine/suites.ts",
  golden: "test/golden/cli.ts",
  // The entry without a browser and without plots, where there is one.
  bench: "bench/node-cli.ts",
};

/**
 * Bundles each program into a folder of its own; the WGSL is inside. Only Dawn's package stays outside, since it is a
 * binary. One build each: programs that share a chunk would start each other.
 */
export async function bundle(folder: string): Promise<void> {
  for (const [name, file] of Object.entries(PROGRAMS)) {
    await build({
      configFile: false,
      root,
      logLevel: "error",
      plugins: [wholeFiles, wgsl()],
      resolve: { alias: [...sourceAlias, { find: /^vitest$/, replacement: `${root}bench/pack/machine/vitest.ts` }] },
      oxc: { target: "es2022" },
      // sharp, a peer, is a binary too, and is left out: the benchmark says that it is not there.
      ssr: { noExternal: true, external: ["webgpu", "sharp"] },
      build: {
        ssr: true,
        target: "es2022",
        outDir: join(folder, name),
        emptyOutDir: true,
        copyPublicDir: false,
        minify: false,
        rolldownOptions: {
          // A name that is not there would be undefined on the machine, and found out only there.
          onLog: (_, { code, message }) => {
            if (code === "MISSING_EXPORT" || code === "UNRESOLVED_IMPORT") throw new Error(message);
          },
          input: { index: `${root}${file}` },
          output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs", codeSplitting: { groups: GROUPS } },
        },
      },
    });
  }
}

/** package.json says that no module has side effects; to be registered, or to be a test, is nothing else. */
const wholeFiles: Plugin = {
  name: "augrad:whole-files",
  transform: {
    filter: { id: /\/(src|test)\/.*\.ts$/ },
    handler: (code) => ({ code, map: null, moduleSideEffects: true }),
  },
};

/** What files of tests share lies apart from all of them: one that were merged into another would start it. */
const GROUPS = [
  { name: "packages", test: /\/node_modules\// },
  { name: "augrad", test: /\/src\// },
  { name: "helpers", test: /\/test\/(?!.*\.test\.ts$)/ },
];
