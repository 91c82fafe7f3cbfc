import type { Words } from "../../src/augment/threefry.ts";

/** The lines `threefry2x32 20 ...` and `threefry2x32 13 ...` of tests/kat_vectors in DEShawResearch/random123 (commit 9545ff6). */
export const threefryVectors: { counter: Words; key: Words; expected: Words; expected13: Words }[] = [
  { counter: [0, 0], key: [0, 0], expected: [0x6b200159, 0x99ba4efe], expected13: [0x9d1c5ec6, 0x8bd50731] },
  {
    counter: [0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    expected: [0x1cb996fc, 0xbb002be7],
    expected13: [0xfd36d048, 0x2d17272c],
  },
  {
    counter: [0x243f6a88, 0x85a308d3],
    key: [0x13198a2e, 0x03707344],
    expected: [0xc4923a9c, 0x483df7a0],
    expected13: [0xba3e4725, 0xf27d669e],
  },
];
