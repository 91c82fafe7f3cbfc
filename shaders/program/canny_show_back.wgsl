// From the gradient of the result to that of the slopes; suppressed pixels have none. A step of an edge counts as straight, as half of
// (m − threshold) for either threshold: with `limits`, −1/2 of the gradients of edges, as sums of threads.
import package::lib::thread::LINE;
import package::program::canny::Shape;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> magnitude: array<f32>;
@if(limits) @group(0) @binding(3) var<storage, read_write> partial: array<f32>;
@if(!limits) @group(0) @binding(3) var<storage, read> across: array<f32>;
@if(!limits) @group(0) @binding(4) var<storage, read> down: array<f32>;
@if(!limits) @group(0) @binding(5) var<storage, read_write> of_across: array<f32>;
@if(!limits) @group(0) @binding(6) var<storage, read_write> of_down: array<f32>;

@if(limits)
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let pixels = shape.height * shape.width;
  var sum = 0.0;
  for (var k = index - n * shape.threads; k < pixels; k += shape.threads) {
    let i = n * pixels + k;
    @if(edges) sum += select(0.0, gradient[i + (n + 1u) * (shape.out_channels - 1u) * pixels], magnitude[i] > 0.0);
  }
  partial[index] = -0.5 * sum;
}

@if(!limits)
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let m = magnitude[i];
  var g = 0.0;
  for (var c = 0u; c < shape.out_channels; c++) { g += gradient[i + (n * (shape.out_channels - 1u) + c) * pixels]; }
  let scale = select(0.0, g / m, m > 0.0);
  of_across[i] = scale * across[i];
  of_down[i] = scale * down[i];
}
