import type { OperationName } from "./operations.ts";

/** An operation of a sub-policy: its name, how likely it is applied, and its level from 0 to 9, if it has levels. */
export type PolicyStep = readonly [name: OperationName, p: number, level?: number];

/** Operations that run one after the other. */
export type SubPolicy = readonly PolicyStep[];

/** A policy that the paper found, by the data that it was found on. */
export type PolicyName = "imagenet" | "cifar10" | "svhn";

/**
 * The policies that Cubuk et al., "AutoAugment: Learning Augmentation Strategies from Data" (2019), found, as their appendix lists them.
 * An image gets one sub-policy of a policy, which is drawn.
 */
export const POLICIES: Readonly<Record<PolicyName, readonly SubPolicy[]>> = {
  imagenet: [
    [
      ["posterize", 0.4, 8],
      ["rotate", 0.6, 9],
    ],
    [
      ["solarize", 0.6, 5],
      ["autoContrast", 0.6],
    ],
    [
      ["equalize", 0.8],
      ["equalize", 0.6],
    ],
    [
      ["posterize", 0.6, 7],
      ["posterize", 0.6, 6],
    ],
    [
      ["equalize", 0.4],
      ["solarize", 0.2, 4],
    ],
    [
      ["equalize", 0.4],
      ["rotate", 0.8, 8],
    ],
    [
      ["solarize", 0.6, 3],
      ["equalize", 0.6],
    ],
    [
      ["posterize", 0.8, 5],
      ["equalize", 1],
    ],
    [
      ["rotate", 0.2, 3],
      ["solarize", 0.6, 8],
    ],
    [
      ["equalize", 0.6],
      ["posterize", 0.4, 6],
    ],
    [
      ["rotate", 0.8, 8],
      ["color", 0.4, 0],
    ],
    [
      ["rotate", 0.4, 9],
      ["equalize", 0.6],
    ],
    [
      ["equalize", 0],
      ["equalize", 0.8],
    ],
    [
      ["invert", 0.6],
      ["equalize", 1],
    ],
    [
      ["color", 0.6, 4],
      ["contrast", 1, 8],
    ],
    [
      ["rotate", 0.8, 8],
      ["color", 1, 2],
    ],
    [
      ["color", 0.8, 8],
      ["solarize", 0.8, 7],
    ],
    [
      ["sharpness", 0.4, 7],
      ["invert", 0.6],
    ],
    [
      ["shearX", 0.6, 5],
      ["equalize", 1],
    ],
    [
      ["color", 0.4, 0],
      ["equalize", 0.6],
    ],
    [
      ["equalize", 0.4],
      ["solarize", 0.2, 4],
    ],
    [
      ["solarize", 0.6, 5],
      ["autoContrast", 0.6],
    ],
    [
      ["invert", 0.6],
      ["equalize", 1],
    ],
    [
      ["color", 0.6, 4],
      ["contrast", 1, 8],
    ],
    [
      ["equalize", 0.8],
      ["equalize", 0.6],
    ],
  ],
  cifar10: [
    [
      ["invert", 0.1],
      ["contrast", 0.2, 6],
    ],
    [
      ["rotate", 0.7, 2],
      ["translateX", 0.3, 9],
    ],
    [
      ["sharpness", 0.8, 1],
      ["sharpness", 0.9, 3],
    ],
    [
      ["shearY", 0.5, 8],
      ["translateY", 0.7, 9],
    ],
    [
      ["autoContrast", 0.5],
      ["equalize", 0.9],
    ],
    [
      ["shearY", 0.2, 7],
      ["posterize", 0.3, 7],
    ],
    [
      ["color", 0.4, 3],
      ["brightness", 0.6, 7],
    ],
    [
      ["sharpness", 0.3, 9],
      ["brightness", 0.7, 9],
    ],
    [
      ["equalize", 0.6],
      ["equalize", 0.5],
    ],
    [
      ["contrast", 0.6, 7],
      ["sharpness", 0.6, 5],
    ],
    [
      ["color", 0.7, 7],
      ["translateX", 0.5, 8],
    ],
    [
      ["equalize", 0.3],
      ["autoContrast", 0.4],
    ],
    [
      ["translateY", 0.4, 3],
      ["sharpness", 0.2, 6],
    ],
    [
      ["brightness", 0.9, 6],
      ["color", 0.2, 8],
    ],
    [
      ["solarize", 0.5, 2],
      ["invert", 0],
    ],
    [
      ["equalize", 0.2],
      ["autoContrast", 0.6],
    ],
    [
      ["equalize", 0.2],
      ["equalize", 0.6],
    ],
    [
      ["color", 0.9, 9],
      ["equalize", 0.6],
    ],
    [
      ["autoContrast", 0.8],
      ["solarize", 0.2, 8],
    ],
    [
      ["brightness", 0.1, 3],
      ["color", 0.7, 0],
    ],
    [
      ["solarize", 0.4, 5],
      ["autoContrast", 0.9],
    ],
    [
      ["translateY", 0.9, 9],
      ["translateY", 0.7, 9],
    ],
    [
      ["autoContrast", 0.9],
      ["solarize", 0.8, 3],
    ],
    [
      ["equalize", 0.8],
      ["invert", 0.1],
    ],
    [
      ["translateY", 0.7, 9],
      ["autoContrast", 0.9],
    ],
  ],
  svhn: [
    [
      ["shearX", 0.9, 4],
      ["invert", 0.2],
    ],
    [
      ["shearY", 0.9, 8],
      ["invert", 0.7],
    ],
    [
      ["equalize", 0.6],
      ["solarize", 0.6, 6],
    ],
    [
      ["invert", 0.9],
      ["equalize", 0.6],
    ],
    [
      ["equalize", 0.6],
      ["rotate", 0.9, 3],
    ],
    [
      ["shearX", 0.9, 4],
      ["autoContrast", 0.8],
    ],
    [
      ["shearY", 0.9, 8],
      ["invert", 0.4],
    ],
    [
      ["shearY", 0.9, 5],
      ["solarize", 0.2, 6],
    ],
    [
      ["invert", 0.9],
      ["autoContrast", 0.8],
    ],
    [
      ["equalize", 0.6],
      ["rotate", 0.9, 3],
    ],
    [
      ["shearX", 0.9, 4],
      ["solarize", 0.3, 3],
    ],
    [
      ["shearY", 0.8, 8],
      ["invert", 0.7],
    ],
    [
      ["equalize", 0.9],
      ["translateY", 0.6, 6],
    ],
    [
      ["invert", 0.9],
      ["equalize", 0.6],
    ],
    [
      ["contrast", 0.3, 3],
      ["rotate", 0.8, 4],
    ],
    [
      ["invert", 0.8],
      ["translateY", 0, 2],
    ],
    [
      ["shearY", 0.7, 6],
      ["solarize", 0.4, 8],
    ],
    [
      ["invert", 0.6],
      ["rotate", 0.8, 4],
    ],
    [
      ["shearY", 0.3, 7],
      ["translateX", 0.9, 3],
    ],
    [
      ["shearX", 0.1, 6],
      ["invert", 0.6],
    ],
    [
      ["solarize", 0.7, 2],
      ["translateY", 0.6, 7],
    ],
    [
      ["shearY", 0.8, 4],
      ["invert", 0.8],
    ],
    [
      ["shearX", 0.7, 9],
      ["translateY", 0.8, 3],
    ],
    [
      ["shearY", 0.8, 5],
      ["autoContrast", 0.7],
    ],
    [
      ["shearX", 0.7, 2],
      ["invert", 0.1],
    ],
  ],
};
