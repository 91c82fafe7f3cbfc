// The lookup table of each tile, `[plane][tile][bin]`, from its counts; or with `limits` the derivative of a table by `clipLimit`, as if
// its limit were no whole number and what is cut off were spread evenly. Levels are whole numbers where they are looked up;
// their slopes are those of the sums (`smooth`).
import package::lib::nan::is_nan;
import package::lib::thread::LINE;
import package::program::clahe::{ BINS, CLIPPED, Shape, extra, most_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> counts: array<f32>;
@group(0) @binding(3) var<storage, read_write> table: array<f32>;

// The counts of a tile's parts together, as many in all as it has pixels.
fn gathered(bins: ptr<function, array<f32, BINS>>, tile: u32, pixels: f32) {
  var all = 0.0;
  for (var k = 0u; k < BINS; k++) {
    var sum = 0.0;
    for (var part = 0u; part < shape.parts; part++) { sum += counts[(tile * shape.parts + part) * BINS + k]; }
    (*bins)[k] = sum;
    all += sum;
  }
  @if(soft) for (var k = 0u; k < BINS; k++) { (*bins)[k] /= all / pixels + 1e-10; }
}

// A sum of counts as a level. 784 · (255 / 784) may be less than 255.
@if(soft || smooth)
fn level(sum: f32, pixels: f32) -> f32 { return min(max(sum * 255.0 / pixels, 0.0), 255.0); }
@if(!soft && !smooth && !opencv)
fn level(sum: f32, pixels: f32) -> f32 { return f32(min(u32(sum) * 255u / u32(pixels), 255u)); }
@if(!soft && !smooth && opencv)
fn level(sum: f32, pixels: f32) -> f32 { return min(round(sum * (255.0 / pixels)), 255.0); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tile = id.x + id.y * LINE;
  let tiles = shape.rows * shape.columns;
  if (tile >= shape.samples * shape.channels * tiles) { return; }
  let pixels = f32(shape.tile_height * shape.tile_width);
  let clip = params[tile / (shape.channels * tiles)];
  let most = most_of(clip, pixels);
  var bins: array<f32, BINS>;
  gathered(&bins, tile, pixels);
  // Hard counts leave out values beyond 0..1, which are spread, too. The sum of soft ones is the pixels but for rounding.
  var kept = 0.0;
  var above = 0.0;
  var cut = 0.0;
  for (var k = 0u; k < BINS; k++) {
    kept += min(bins[k], most);
    above += max(bins[k] - most, 0.0);
    cut += select(0.0, 1.0, bins[k] > most);
  }
  @if(soft || opencv) let over = select(0.0, above, clip > 0.0);
  @if(!soft && !opencv) let over = select(0.0, pixels - kept, clip > 0.0);
  let spread = floor(over / 256.0);
  let rest = over - 256.0 * spread;
  @if(limits) let moves = select(0.0, 255.0 / 256.0, (clip > 0.0) & (clip * pixels >= 256.0));
  var sum = 0.0;
  @if(limits) var slope = 0.0;
  for (var k = 0u; k < BINS; k++) {
    sum += min(bins[k], most) + spread + extra(k, rest);
    @if(limits) {
      slope += select(0.0, 1.0, bins[k] > most) - cut / 256.0;
      table[tile * BINS + k] = select(moves * slope, 0.0, sum * 255.0 / pixels > CLIPPED);
    }
    // A limit that is no number gives no numbers.
    @if(!limits) { table[tile * BINS + k] = select(level(sum, pixels), clip, is_nan(clip)); }
  }
}
