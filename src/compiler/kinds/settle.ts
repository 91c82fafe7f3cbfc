import type { Transform } from "../../transforms/index.ts";

/** Sizes given as one number, as the [height, width] that they stand for. */
export function sidesSettled(transform: Transform): Transform {
  const options: Record<string, unknown> = { ...transform.options };
  for (const [name, { allowed }] of Object.entries(transform.declaration.options ?? {})) {
    const value = options[name];
    if ((allowed === "anyKernelSize" || allowed === "kernelSize") && value !== undefined)
      options[name] =
        typeof value === "number"
          ? [value, value]
          : (value as number[]).length === 1
            ? [(value as number[])[0], (value as number[])[0]]
            : value;
  }
  return { ...transform, options };
}
