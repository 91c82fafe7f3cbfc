/**
 * The platform's interfaces that augrad's declarations name. TypeScript 6 knows WebGPU (lib.dom), earlier versions with
 * `@webgpu/types`, and a project for Node alone has neither canvas nor image. A package that brings one of these forces it on
 * projects that have another, and they clash. Empty interfaces merge with whichever there is, and where there is none the
 * declarations still compile. A type that is no interface (GPUPowerPreference) cannot merge, and is written out where it is used.
 */
declare global {
  interface GPU {}
  interface GPUAdapterInfo {}
  interface GPUBindGroup {}
  interface GPUBindGroupLayout {}
  interface GPUBuffer {}
  interface GPUCanvasContext {}
  interface GPUCommandEncoder {}
  interface GPUComputePassTimestampWrites {}
  interface GPUComputePipeline {}
  interface GPUDevice {}
  interface GPUQuerySet {}
  interface GPUSupportedLimits {}
  interface GPUTexture {}
  interface HTMLCanvasElement {}
  interface HTMLImageElement {}
  interface HTMLVideoElement {}
  interface ImageBitmap {}
  interface ImageData {}
  interface OffscreenCanvas {}
  interface VideoFrame {}
}

export {};
