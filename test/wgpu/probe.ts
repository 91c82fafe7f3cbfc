/** Prints, under Deno, what its WebGPU runs on; exits with 1 where it has no adapter. */
import { dawn } from "./dawn.ts";

try {
  console.log((await dawn()).description);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
