/** A file of `shaders/` is a module, with those that it imports (src/node/wgsl.mjs). */
declare module "*.wgsl" {
  const shader: import("./gpu/wesl.ts").Shader;
  export default shader;
}
