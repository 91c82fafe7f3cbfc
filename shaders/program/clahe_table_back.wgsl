// From the gradients of tables to those of soft counts before they were scaled, `[plane][tile][bin]`. What is cut off adds as a whole
// number to every bin, and so has no gradient, as in Kornia.
import package::lib::thread::LINE;
import package::program::clahe::{ BINS, CLIPPED, Shape, extra, most_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> counts: array<f32>;
@group(0) @binding(3) var<storage, read> votes: array<f32>;
@group(0) @binding(4) var<storage, read_write> of_counts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tile = id.x + id.y * LINE;
  let tiles = shape.rows * shape.columns;
  if (tile >= shape.samples * shape.channels * tiles) { return; }
  let pixels = f32(shape.tile_height * shape.tile_width);
  let most = most_of(params[tile / (shape.channels * tiles)], pixels);
  var bins: array<f32, BINS>;
  var all = 0.0;
  for (var k = 0u; k < BINS; k++) {
    for (var part = 0u; part < shape.parts; part++) { bins[k] += counts[(tile * shape.parts + part) * BINS + k]; }
    all += bins[k];
  }
  let scale = all / pixels + 1e-10;
  var above = 0.0;
  for (var k = 0u; k < BINS; k++) { above += max(bins[k] / scale - most, 0.0); }
  let spread = floor(above / 256.0);
  let rest = above - 256.0 * spread;
  // Of entries that are clipped at 255 no gradient comes: what is added is more than what was cut off.
  var sum = 0.0;
  var entries: array<f32, BINS>;
  for (var k = 0u; k < BINS; k++) {
    sum += min(bins[k] / scale, most) + spread + extra(k, rest);
    for (var part = 0u; part < shape.parts; part++) { entries[k] += votes[(tile * shape.parts + part) * BINS + k]; }
    if (sum * 255.0 / pixels > CLIPPED) { entries[k] = 0.0; }
  }
  // An entry is a sum up to its bin: a bin gets the gradients of all entries from it on.
  var later = 0.0;
  var together = 0.0;
  for (var i = 0u; i < BINS; i++) {
    let k = BINS - 1u - i;
    later += entries[k];
    let g = select(0.0, later * 255.0 / pixels, bins[k] / scale <= most);
    together += g * bins[k];
    of_counts[tile * BINS + k] = g / scale;
  }
  let shared_part = together / (scale * scale * pixels);
  for (var k = 0u; k < BINS; k++) { of_counts[tile * BINS + k] -= shared_part; }
}
