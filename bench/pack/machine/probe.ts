/** Opens Dawn as this process's environment says, and prints the adapter as a line of JSON; else says why there is none. */
import { dawn } from "../../../src/node/dawn.ts";

const LIBRARIES =
  "This system's C or C++ library is too old for Dawn, or missing: glibc 2.34 and libstdc++6 are needed (Ubuntu 22.04, Debian 12, Fedora 35, RHEL 9 or later).";

try {
  const { gpu, adapter, description } = await dawn();
  const found = await gpu.requestAdapter({ powerPreference: "high-performance" });
  const limits = found?.limits;
  console.log(
    JSON.stringify({
      adapter,
      description,
      features: [...(found?.features ?? [])].sort(),
      limits: {
        maxBufferSize: limits?.maxBufferSize,
        maxStorageBufferBindingSize: limits?.maxStorageBufferBindingSize,
        maxComputeInvocationsPerWorkgroup: limits?.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupStorageSize: limits?.maxComputeWorkgroupStorageSize,
      },
    }),
  );
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(/GLIBC|libstdc\+\+|libgcc/.test(message) ? LIBRARIES : message);
  process.exitCode = 1;
}
