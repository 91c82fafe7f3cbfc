// The gradient of a convolution in its input: every pixel gathers from the outputs that have seen it.
// gx[n, i, r, c] = sum over o, ky, kx of weight[o, i, ky, kx] g[n, o, (r + top - ky dilation) / stride, ...] where that is whole.
import package::tensor::index::{ THREADS };
import package::tensor::conv::{ Conv, tile_of, lanes_of };

@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> gx: array<f32>;
@group(0) @binding(3) var<uniform> c: Conv;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= c.threads) { return; }
  let inputs = c.channels / c.groups;
  let outputs = c.outputs / c.groups;
  let tile = tile_of(thread, c.groups, inputs, c.height, c.width);
  let taps = c.kernel_height * c.kernel_width;
  // Weights count the channels of their own group.
  let kernel = (vec4u(tile.group * outputs * inputs) + lanes_of(tile) - vec4u(tile.group * inputs)) * taps;
  let plane = c.out_height * c.out_width;
  let image = (tile.sample * c.outputs + tile.group * outputs) * plane;
  let columns = vec4i(vec4u(tile.column) + vec4u(0u, 1u, 2u, 3u)) + c.left;
  let stride = vec2i(i32(c.stride_x), i32(c.stride_y));
  var sums = array<vec4f, 4>();
  for (var ky = 0u; ky < c.kernel_height; ky++) {
    let down = i32(tile.row) + c.top - i32(ky * c.dilation_y);
    let row = down / stride.y;
    if (down < 0 || row * stride.y != down || row >= i32(c.out_height)) { continue; }
    for (var kx = 0u; kx < c.kernel_width; kx++) {
      let across = columns - i32(kx * c.dilation_x);
      let column = across / stride.x;
      let inside = (across >= vec4i(0)) & (column * stride.x == across) & (column < vec4i(i32(c.out_width)));
      var at = vec4u(image + u32(row) * c.out_width) + vec4u(select(vec4i(0), column, inside));
      var tap = kernel + ky * c.kernel_width + kx;
      for (var o = 0u; o < outputs; o++) {
        let v = select(vec4f(0.0), vec4f(g[at.x], g[at.y], g[at.z], g[at.w]), inside);
        sums[0] = fma(vec4f(weight[tap.x]), v, sums[0]);
        sums[1] = fma(vec4f(weight[tap.y]), v, sums[1]);
        sums[2] = fma(vec4f(weight[tap.z]), v, sums[2]);
        sums[3] = fma(vec4f(weight[tap.w]), v, sums[3]);
        at += vec4u(plane);
        tap += vec4u(inputs * taps);
      }
    }
  }
  let last = min(4u, c.width - tile.column);
  for (var j = 0u; j < tile.count; j++) {
    let to = ((tile.sample * c.channels + tile.first + j) * c.height + tile.row) * c.width + tile.column;
    for (var k = 0u; k < last; k++) { gx[to + k] = sums[j][k]; }
  }
}
