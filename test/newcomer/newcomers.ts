/** Every newcomer: those of the guide, which it prints, and one of each further kind. */
import { readFileSync } from "node:fs";
import { type Newcomer, newcomersOf } from "./pieces.ts";

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");

export const ofGuide = (): Newcomer[] => newcomersOf(read("../../CONTRIBUTING.md"));
export const ofKinds = (): Newcomer[] => newcomersOf(read("kinds.md"));
