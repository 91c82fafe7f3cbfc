/** Numbers that the works name. */

export const MEAN = [0.485, 0.456, 0.406];
export const STD = [0.229, 0.224, 0.225];
export const LUMA = [0.299, 0.587, 0.114];
