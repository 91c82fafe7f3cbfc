import type { Plugin } from "vite";

export declare function wgsl(options?: { strip?: boolean }): Plugin;
export declare function stripped(wgsl: string): string;
