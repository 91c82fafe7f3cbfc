import { type AugradError, PassError } from "./errors.ts";
import { Recent } from "./recent.ts";

/** So many pipelines are kept: some hundred are in use at once at most, and one costs a compilation. */
const PIPELINES = 2048;

/** How a kernel sees a binding: `r` read-only storage, `w` read-write storage, `u` uniform. */
export type Access = "r" | "w" | "u";

/** What a kernel is made of. `source` is called only when the pipeline is not yet in the cache. */
export interface PipelineRequest {
  /** Identifies it: equal keys mean equal WGSL, and equal constants. */
  key: string;
  label: string;
  /** One letter per binding of group 0, in order: for example `rrwu`. */
  access: string;
  constants?: Record<string, number>;
  source: () => string | Promise<string>;
}

/** The accesses that ever were, by number: there are as many as kernels have shapes. */
const accessIds = new Map<string, number>();

function accessIdOf(access: string): number {
  let id = accessIds.get(access);
  if (id === undefined) accessIds.set(access, (id = accessIds.size));
  return id;
}

/** A pipeline that compiles in the background. */
export class Pipeline {
  static #ids = 0;
  readonly id = ++Pipeline.#ids;
  compiled: GPUComputePipeline | null = null;
  error: AugradError | null = null;
  /** The linked WGSL, for people who want to read it. */
  code = "";
  /** A number that pipelines of equal access share. */
  readonly accessId: number;
  ready: Promise<void> = Promise.resolve();
  constructor(
    readonly label: string,
    readonly access: string,
  ) {
    this.accessId = accessIdOf(access);
  }
}

/** Pipelines by their key, compiled asynchronously. */
export class PipelineCache {
  readonly #pipelines = new Recent<Pipeline>(PIPELINES);
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  created = 0;

  constructor(
    private readonly device: GPUDevice,
    /** The error of a device that is lost; it may take a moment to say so. */
    private readonly loss: () => Promise<AugradError | null>,
  ) {}

  /** The pipeline of a key, where it was made. */
  known(key: string): Pipeline | undefined {
    return this.#pipelines.get(key);
  }

  get(request: PipelineRequest): Pipeline {
    const { key } = request;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = new Pipeline(request.label, request.access);
      this.#pipelines.set(key, pipeline);
      this.created++;
      const made = pipeline;
      pipeline.ready = this.#compile(request, made).catch(async (error) => {
        const own =
          error instanceof PassError
            ? error
            : new PassError(`${request.label}: ${String(error?.message ?? error).trim()}`);
        made.error = (await this.loss()) ?? own;
        // What is wrong with the shader will not change; all else may.
        if (own !== error) this.#pipelines.delete(key);
      });
    }
    return pipeline;
  }

  layout(access: string): GPUBindGroupLayout {
    let layout = this.#layouts.get(access);
    if (!layout) {
      const type = { r: "read-only-storage", w: "storage", u: "uniform" } as const;
      layout = this.device.createBindGroupLayout({
        entries: [...access].map((letter, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: type[letter as Access] },
        })),
      });
      this.#layouts.set(access, layout);
    }
    return layout;
  }

  async #compile(request: PipelineRequest, pipeline: Pipeline): Promise<void> {
    const code = await request.source();
    pipeline.code = code;
    // The scope keeps a defect in a user's WGSL from surfacing as an uncaptured error of the device.
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ code, label: request.label });
    const scope = this.device.popErrorScope();
    const layout = this.device.createPipelineLayout({ bindGroupLayouts: [this.layout(request.access)] });
    try {
      pipeline.compiled = await this.device.createComputePipelineAsync({
        label: request.label,
        layout,
        compute: { module, entryPoint: "main", constants: request.constants },
      });
      await scope;
    } catch (error) {
      await scope;
      const info = await module.getCompilationInfo();
      const lines = code.split("\n");
      const errors = info.messages.filter((message) => message.type === "error");
      const where = errors
        .slice(0, 3)
        .map((m) => `line ${m.lineNum}: ${m.message.trim()}\n    ${lines[m.lineNum - 1]?.trim() ?? ""}`)
        .join("\n");
      if (!where) throw error;
      throw new PassError(`The shader of "${request.label}" does not compile. ${where}`);
    }
  }
}
