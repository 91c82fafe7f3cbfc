// The gradients of the tables, `[plane][tile][part][bin]`: a thread adds up those pixels around a tile that it says something of.
import package::lib::thread::LINE;
import package::program::clahe::{ BINS, Shape, between, bin_of, share_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> votes: array<f32>;

// The pixels of a line on which tile `k` shows: [first, end).
fn reach(k: u32, tile: u32, tiles: u32, size: u32) -> vec2u {
  let half = (tile + 1u) / 2u;
  let first = select(k * tile - min(half, k * tile), 0u, k == 0u);
  return vec2u(min(first, size), select(min((k + 1u) * tile + half, size), size, k + 1u == tiles));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let part = index % shape.parts;
  let tile = index / shape.parts;
  let column = tile % shape.columns;
  let row = (tile / shape.columns) % shape.rows;
  let plane = tile / (shape.columns * shape.rows);
  if (plane >= shape.samples * shape.channels) { return; }
  let down = reach(row, shape.tile_height, shape.rows, shape.height);
  let across = reach(column, shape.tile_width, shape.columns, shape.width);
  var bins: array<f32, BINS>;
  for (var y = down.x + part; y < down.y; y += shape.parts) {
    let of_row = share_of(between(y, shape.tile_height, shape.rows), row);
    for (var c = across.x; c < across.y; c++) {
      let at = (plane * shape.height + y) * shape.width + c;
      let share = of_row * share_of(between(c, shape.tile_width, shape.columns), column);
      bins[bin_of(x[at])] += share * gradient[at] / 255.0;
    }
  }
  for (var k = 0u; k < BINS; k++) { votes[index * BINS + k] = bins[k]; }
}
