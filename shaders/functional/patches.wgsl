// Windows of images, as patches, and patches added up to images: each is the adjoint of the other. A thread has a value.
import package::tensor::index::THREADS;

// 0: patches of images; 1: images of patches
override op: u32 = 0u;
// Whether a pixel's value is divided by the number of windows that see it
override averaged: bool = false;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
// [0] values of the result, channels, height, width; [1] height and width of a window, strides down and across;
// [2] rows and columns of windows, padding above and to the left
@group(0) @binding(2) var<uniform> u: array<vec4u, 3>;

// The windows along an axis that see a padded place: first, and how many.
fn windows(at: u32, size: u32, stride: u32, all: u32) -> vec2u {
  var first = 0u;
  if (at >= size) { first = (at - size) / stride + 1u; }
  let end = min(at / stride + 1u, all);
  return vec2u(first, select(0u, end - first, end > first));
}

fn down(row: u32) -> vec2u { return windows(row + u[2].z, u[1].x, u[1].z, u[2].x); }
fn across(column: u32) -> vec2u { return windows(column + u[2].w, u[1].y, u[1].w, u[2].y); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u[0].x) { return; }
  let channels = u[0].y;
  let size = u[0].zw;
  let window = u[1].xy;
  let stride = u[1].zw;
  let count = u[2].xy;
  let area = window.x * window.y;
  if (op == 0u) {
    let inside = i % area;
    let plane = i / area;
    let c = plane % channels;
    let n = (plane / channels) % (count.x * count.y);
    let b = plane / (channels * count.x * count.y);
    let place = vec2u(n / count.y, n % count.y) * stride + vec2u(inside / window.y, inside % window.y);
    let at = place - u[2].zw;
    var value = 0.0;
    if (all(place >= u[2].zw) && all(at < size)) {
      value = x[((b * channels + c) * size.x + at.x) * size.y + at.y];
      if (averaged) { value /= f32(down(at.x).y * across(at.y).y); }
    }
    y[i] = value;
    return;
  }
  let column = i % size.y;
  let row = (i / size.y) % size.x;
  let plane = i / (size.x * size.y);
  let c = plane % channels;
  let b = plane / channels;
  let rows = down(row);
  let columns = across(column);
  var sum = 0.0;
  for (var r = rows.x; r < rows.x + rows.y; r++) {
    for (var k = columns.x; k < columns.x + columns.y; k++) {
      let inside = (row + u[2].z - r * stride.x) * window.y + column + u[2].w - k * stride.y;
      sum += x[((b * count.x * count.y + r * count.y + k) * channels + c) * area + inside];
    }
  }
  let seen = rows.y * columns.y;
  y[i] = select(sum, sum / f32(max(seen, 1u)), averaged);
}
