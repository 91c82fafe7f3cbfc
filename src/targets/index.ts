export { type Motion, type MotionImageOptions, motionOf } from "./motion.ts";
