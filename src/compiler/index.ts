export { apply, type ApplyOptions } from "./apply.ts";
