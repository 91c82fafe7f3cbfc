import type { Plugin } from "vite";

export declare const pure: Plugin;
