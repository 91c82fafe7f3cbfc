import type { Plugin } from "vite";

export declare const kinds: Plugin;
