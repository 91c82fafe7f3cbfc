import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asDeveloped, emptyProject, install } from "./project.ts";

// TypeScript 6 and 7 have WebGPU in lib.dom, 5.9 with @webgpu/types only. A package must compile beside each, with its
// declarations checked (skipLibCheck: false), whether or not the project has @webgpu/types.

const COMPILERS = {
  "5.9": "typescript5@npm:typescript@5.9",
  "6": "typescript6@npm:typescript@6.0",
  "7": "typescript7@npm:typescript@7.0",
};
type Version = keyof typeof COMPILERS;
const VERSIONS = Object.keys(COMPILERS) as Version[];

const PROGRAM = `
  import { type Gpu, requestGpu, type Tensor, tensor } from "augrad";
  import { JaxBridge } from "augrad/jax-js";
  import { dawn, requestGpu as requestInNode } from "augrad/node";
  import { fromRecipe, type PipelineRecipe, toRecipe } from "augrad/recipes";
  export const gpu: Gpu = await requestGpu({ powerPreference: "low-power" });
  export const other: Gpu = await requestInNode();
  export const values: Tensor = tensor(gpu, [1, 2], [2]);
  export const bridge: JaxBridge = new JaxBridge();
  export const shared: Gpu = bridge.gpu;
  export const entry: GPU = (await dawn()).gpu;
  export const recipe: PipelineRecipe = await toRecipe(fromRecipe({}));
  // @ts-expect-error: a shape is no string, so the types are not any.
  export const wrong: string = values.shape;`;
// Where the project knows WebGPU, what augrad gives is that.
const WITH_WEBGPU = `${PROGRAM}
  export const size: number = gpu.device.limits.maxBufferSize;
  export const bytes: number = values.buffer.size;
  // @ts-expect-error: a buffer's size is a number.
  export const text: string = values.buffer.size;`;

let project: string;
beforeAll(() => {
  project = emptyProject("--omit=optional", asDeveloped("@jax-js/jax"));
  install(project, ...Object.values(COMPILERS));
});
afterAll(() => {
  if (project) rmSync(project, { recursive: true, force: true });
});

interface Settings {
  resolution?: "bundler" | "nodenext";
  types?: string[];
  // Float16Array is in the types of jax-js.
  lib?: string;
}

/** The errors of a program, by a version of TypeScript. */
function errors(version: Version, source: string, settings: Settings = {}): string[] {
  const { resolution = "bundler", types = [], lib = "es2022,dom,esnext.float16" } = settings;
  writeFileSync(join(project, "program.ts"), source);
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        noEmit: true,
        strict: true,
        skipLibCheck: false,
        target: "es2022",
        lib: lib.split(","),
        types,
        module: resolution === "nodenext" ? "nodenext" : "esnext",
        moduleResolution: resolution,
      },
      files: ["program.ts"],
    }),
  );
  const tsc = join("node_modules", `typescript${version[0]}`, "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: project, encoding: "utf8" });
  const found = stdout.split("\n").filter((line) => / error TS\d+/.test(line));
  if (status !== 0 && found.length === 0) throw new Error(`tsc ${version} fails: ${stdout}${stderr}`);
  return found;
}

describe("without @webgpu/types", () => {
  test.each(VERSIONS)("TypeScript %s compiles a page's program", (version) => {
    expect(errors(version, version === "5.9" ? PROGRAM : WITH_WEBGPU)).toEqual([]);
  });

  test.each(["5.9", "7"] as const)("TypeScript %s compiles it under nodenext", (version) => {
    expect(errors(version, PROGRAM, { resolution: "nodenext" })).toEqual([]);
  });

  test("a program for Node alone needs no types of pages", () => {
    const program = 'import { requestGpu, tensor } from "augrad/node"; tensor(await requestGpu(), [1]);';
    expect(errors("5.9", program, { resolution: "nodenext", lib: "es2022" })).toEqual([]);
  });
});

describe("with @webgpu/types", () => {
  beforeAll(() => {
    install(project, asDeveloped("@webgpu/types"));
  });
  const types = ["@webgpu/types"];

  test("TypeScript 5.9 has WebGPU from there", () => {
    expect(errors("5.9", WITH_WEBGPU, { types })).toEqual([]);
  });

  test.each(["6", "7"] as const)("TypeScript %s is not made to read it", (version) => {
    expect(errors(version, WITH_WEBGPU)).toEqual([]);
  });

  // TypeScript 6 and @webgpu/types contradict each other where a project asks for both.
  test.each(["6", "7"] as const)(
    "a project with TypeScript %s that asks for both gets no more errors by augrad",
    (version) => {
      expect(errors(version, WITH_WEBGPU, { types })).toEqual(errors(version, "export {};", { types }));
    },
  );
});
