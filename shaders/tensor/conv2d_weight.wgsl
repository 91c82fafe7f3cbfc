// The gradient of a convolution in its weight, and in its bias: partial sums over chunks of the rows of the output.
// partial[chunk] = outputs x taps sums of g[n, o, r, c] x[n, i, r stride + ky dilation - top, ...], then outputs sums of g.
// A thread sums for four channels of the output and four taps; the bias is one tap more, whose x is 1.
import package::tensor::index::{ THREADS };
import package::tensor::conv::{ Conv, ceil4 };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> c: Conv;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= c.threads) { return; }
  let inputs = c.channels / c.groups;
  let outputs = c.outputs / c.groups;
  let taps = inputs * c.kernel_height * c.kernel_width;
  let all = taps + c.bias;
  let blocks = ceil4(all);
  let tap = vec4u((thread % blocks) * 4u) + vec4u(0u, 1u, 2u, 3u);
  var rest = thread / blocks;
  let block = rest % ceil4(outputs);
  rest /= ceil4(outputs);
  let group = rest % c.groups;
  let chunk = rest / c.groups;
  let first = group * outputs + block * 4u;
  let count = min(4u, outputs - block * 4u);
  let lane = vec4u(first) + min(vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));

  // What a tap sees of x: its channel, and how far it lies from the pixel of the output.
  let is_tap = tap < vec4u(taps);
  let is_bias = (tap == vec4u(taps)) & vec4<bool>(c.bias == 1u);
  let known = select(vec4u(0u), tap, is_tap);
  let channel = vec4u(group * inputs) + known / (c.kernel_height * c.kernel_width);
  let down = vec4i((known / c.kernel_width % c.kernel_height) * c.dilation_y) - c.top;
  let across = vec4i((known % c.kernel_width) * c.dilation_x) - c.left;

  var sums = array<vec4f, 4>();
  let end = min((chunk + 1u) * c.rows_per_chunk, c.rows);
  for (var r = chunk * c.rows_per_chunk; r < end; r++) {
    let sample = r / c.out_height;
    let out_row = r % c.out_height;
    let row = vec4i(i32(out_row * c.stride_y)) + down;
    let row_inside = is_tap & (row >= vec4i(0)) & (row < vec4i(i32(c.height)));
    let image = ((vec4u(sample * c.channels) + channel) * c.height + vec4u(select(vec4i(0), row, row_inside))) * c.width;
    var at = ((vec4u(sample * c.outputs) + lane) * c.out_height + out_row) * c.out_width;
    var column = across;
    // A row by itself first: shorter sums have smaller rounding errors.
    var of_row = array<vec4f, 4>();
    for (var k = 0u; k < c.out_width; k++) {
      let inside = row_inside & (column >= vec4i(0)) & (column < vec4i(i32(c.width)));
      let seen = image + vec4u(select(vec4i(0), column, inside));
      let outside = select(vec4f(0.0), vec4f(1.0), is_bias);
      let v = select(outside, vec4f(x[seen.x], x[seen.y], x[seen.z], x[seen.w]), inside);
      of_row[0] = fma(vec4f(g[at.x]), v, of_row[0]);
      of_row[1] = fma(vec4f(g[at.y]), v, of_row[1]);
      of_row[2] = fma(vec4f(g[at.z]), v, of_row[2]);
      of_row[3] = fma(vec4f(g[at.w]), v, of_row[3]);
      at += vec4u(1u);
      column += vec4i(i32(c.stride_x));
    }
    for (var j = 0u; j < 4u; j++) { sums[j] += of_row[j]; }
  }
  let start = chunk * c.outputs * all;
  for (var j = 0u; j < count; j++) {
    for (var k = 0u; k < 4u; k++) {
      if (is_tap[k]) { partial[start + (first + j) * taps + tap[k]] = sums[j][k]; }
      if (is_bias[k]) { partial[start + c.outputs * taps + first + j] = sums[j][k]; }
    }
  }
}
