// One image of a tensor as rgba8 pixels, for a canvas: clipped to 0..1, rounded to the nearest of 256 levels.

// How the tensor is stored. 0: f32; 1: f16; 2: u8; 3: rgba8
override dtype: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
// [0] width, height, words per row of y, channels; [1] the image's first value in x, values from plane to plane
@group(0) @binding(2) var<uniform> u: array<vec4u, 2>;

fn value(i: u32) -> f32 {
  if (dtype == 0u) { return bitcast<f32>(x[i]); }
  if (dtype == 1u) { return unpack2x16float(x[i / 2u])[i % 2u]; }
  return f32((x[i / 4u] >> (8u * (i % 4u))) & 0xffu) / 255.0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u) {
  if (global.x >= u[0].x) { return; }
  let i = global.y * u[0].x + global.x;
  let to = global.y * u[0].z + global.x;
  if (dtype == 3u) {
    let pixel = x[u[1].x + i];
    y[to] = select(pixel, pixel | 0xff000000u, u[0].w == 3u);
    return;
  }
  let first = u[1].x + i;
  let stride = u[1].y;
  var color = vec4f(value(first), 0.0, 0.0, 1.0);
  if (u[0].w < 3u) {
    color = vec4f(color.xxx, 1.0);
  } else {
    color = vec4f(color.x, value(first + stride), value(first + 2u * stride), 1.0);
    if (u[0].w == 4u) { color.w = value(first + 3u * stride); }
  }
  y[to] = pack4x8unorm(clamp(color, vec4f(0.0), vec4f(1.0)));
}
