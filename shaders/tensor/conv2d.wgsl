// y[n, o, r, c] = bias[o] + sum over i, ky, kx of weight[o, i, ky, kx] x[n, i, r stride + ky dilation - top, ...], zeros outside.
// A thread computes four columns of four channels, so that what it reads is used four times.
import package::tensor::index::{ THREADS };
import package::tensor::conv::{ Conv, tile_of, lanes_of };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> c: Conv;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= c.threads) { return; }
  let inputs = c.channels / c.groups;
  let tile = tile_of(thread, c.groups, c.outputs / c.groups, c.out_height, c.out_width);
  let lane = lanes_of(tile);
  let taps = c.kernel_height * c.kernel_width;
  let kernel = lane * inputs * taps;
  let plane = c.height * c.width;
  let image = (tile.sample * c.channels + tile.group * inputs) * plane;
  let columns = vec4i((vec4u(tile.column) + vec4u(0u, 1u, 2u, 3u)) * c.stride_x) - c.left;
  var sums = array<vec4f, 4>();
  if (c.bias == 1u) {
    for (var j = 0u; j < 4u; j++) { sums[j] = vec4f(bias[lane[j]]); }
  }
  for (var ky = 0u; ky < c.kernel_height; ky++) {
    let row = i32(tile.row * c.stride_y + ky * c.dilation_y) - c.top;
    if (row < 0 || row >= i32(c.height)) { continue; }
    for (var kx = 0u; kx < c.kernel_width; kx++) {
      let column = columns + i32(kx * c.dilation_x);
      let inside = (column >= vec4i(0)) & (column < vec4i(i32(c.width)));
      var at = vec4u(image + u32(row) * c.width) + vec4u(select(vec4i(0), column, inside));
      var tap = kernel + ky * c.kernel_width + kx;
      for (var i = 0u; i < inputs; i++) {
        let v = select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
        sums[0] = fma(vec4f(weight[tap.x]), v, sums[0]);
        sums[1] = fma(vec4f(weight[tap.y]), v, sums[1]);
        sums[2] = fma(vec4f(weight[tap.z]), v, sums[2]);
        sums[3] = fma(vec4f(weight[tap.w]), v, sums[3]);
        at += vec4u(plane);
        tap += vec4u(taps);
      }
    }
  }
  let last = min(4u, c.out_width - tile.column);
  for (var j = 0u; j < tile.count; j++) {
    let to = ((tile.sample * c.outputs + tile.first + j) * c.out_height + tile.row) * c.out_width + tile.column;
    for (var k = 0u; k < last; k++) { y[to + k] = sums[j][k]; }
  }
}
