// Pixels as a copy from a texture leaves them, in rows of a multiple of 256 bytes, to a tensor.

// 0: rgba8 to rgba8 pixels; 1: bgra8 to rgba8 pixels; 2: rgba16float, 3: rgba32float to planes of f32
override format: u32 = 0u;

@group(0) @binding(0) var<storage, read> rows: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
// [0] width, height, words per row, channels; [1] the image's first word in y
@group(0) @binding(2) var<uniform> u: array<vec4u, 2>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u) {
  let column = global.x;
  let row = global.y;
  if (column >= u[0].x) { return; }
  let plane = u[0].x * u[0].y;
  let to = u[1].x + row * u[0].x + column;
  let start = row * u[0].z;
  if (format < 2u) {
    let pixel = rows[start + column];
    if (format == 0u) {
      y[to] = pixel;
    } else {
      y[to] = (pixel & 0xff00ff00u) | ((pixel >> 16u) & 0xffu) | ((pixel & 0xffu) << 16u);
    }
    return;
  }
  for (var c = 0u; c < u[0].w; c++) {
    if (format == 2u) {
      let two = unpack2x16float(rows[start + 2u * column + c / 2u]);
      y[to + c * plane] = bitcast<u32>(two[c % 2u]);
    } else {
      y[to + c * plane] = rows[start + 4u * column + c];
    }
  }
}
