// The histograms of parts of tiles, `[plane][tile][part][bin]`: hard counts, or soft ones.
import package::lib::nan::is_nan;
import package::lib::thread::LINE;
import package::program::clahe::{ BINS, Shape, bin_of, mirrored, near_bins, nearness, part_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> counts: array<f32>;

@if(soft)
fn add(bins: ptr<function, array<f32, BINS>>, v: f32) {
  let near = near_bins(v);
  for (var k = near.x; k <= near.y; k++) { (*bins)[k] += nearness(v, k); }
}
@if(!soft && !opencv)
fn add(bins: ptr<function, array<f32, BINS>>, v: f32) {
  if ((v >= 0.0) & (v <= 1.0)) { (*bins)[min(u32(v * 256.0), BINS - 1u)] += 1.0; }
}
// What is stored as eight bits is held within 0..1.
@if(!soft && opencv)
fn add(bins: ptr<function, array<f32, BINS>>, v: f32) { (*bins)[bin_of(v)] += select(1.0, 0.0, is_nan(v)); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  if (index >= shape.samples * shape.channels * shape.rows * shape.columns * shape.parts) { return; }
  let part = part_of(index, shape);
  var bins: array<f32, BINS>;
  for (var r = part.first; r < part.end; r++) {
    let y = mirrored(part.row * shape.tile_height + r, shape.height);
    let line = (part.plane * shape.height + y) * shape.width;
    for (var c = 0u; c < shape.tile_width; c++) {
      add(&bins, x[line + mirrored(part.column * shape.tile_width + c, shape.width)]);
    }
  }
  for (var k = 0u; k < BINS; k++) { counts[index * BINS + k] = bins[k]; }
}
