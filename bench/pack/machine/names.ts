/** What the files of a run are called. */
import type { AdapterFacts } from "../../../src/node/adapter.ts";

/** Words that say how much memory or which slot, not which device. */
const DETAIL = /^(\d+gb|hbm\d\w*|pcie|sxm\d*|graphics|series)$/;

/** The device as part of a file's name: "nvidia-h100", "amd-radeon-rx-7900-xtx", "swiftshader". */
export function deviceSlug({ vendor, architecture, device, description }: AdapterFacts): string {
  const all = `${vendor} ${architecture} ${device} ${description}`;
  if (/swiftshader/i.test(all)) return "swiftshader";
  // Dawn puts Vulkan's name of the device into `device`; browsers put a number there, or nothing.
  const isName = (text: string) => /[a-z]/i.test(text) && !/^0x/.test(text);
  const name = [device, description, architecture].find(isName) ?? "unnamed";
  const words = (/^llvmpipe/i.test(name) ? "llvmpipe" : name)
    .toLowerCase()
    .replace(/\(.*?\)/g, " ")
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !DETAIL.test(word));
  const maker = vendor.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  if (maker && !words.includes(maker)) words.unshift(maker);
  return words.slice(0, 6).join("-") || "unnamed";
}

/** "2026-11-24-nvidia-h100": what all files of a run begin with. */
export function stemOf(date: Date, facts: AdapterFacts): string {
  return `${date.toISOString().slice(0, 10)}-${deviceSlug(facts)}`;
}
