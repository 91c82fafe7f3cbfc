// The gradient of the image through soft counts: a pixel counts in its own tile, and where it is seen once more beyond the image.
import package::lib::thread::LINE;
import package::program::clahe::{ BINS, Shape, near_bins, nearness };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> of_counts: array<f32>;
@group(0) @binding(3) var<storage, read_write> image: array<f32>;

fn counted(v: f32, tile: u32) -> f32 {
  let near = near_bins(v);
  var sum = 0.0;
  for (var k = near.x; k <= near.y; k++) {
    sum += of_counts[tile * BINS + k] * nearness(v, k) * (f32(k) / 255.0 - v) * 1e6;
  }
  return sum;
}

// The place beyond the image where it is seen again, or one that is not there.
fn again(i: u32, size: u32, padded: u32) -> u32 {
  let there = 2u * (size - 1u) - i;
  return select(padded, there, (there >= size) & (there < padded));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let row = i / shape.width;
  let plane = row / shape.height;
  if (plane >= shape.samples * shape.channels) { return; }
  let own = vec2u(i - row * shape.width, row - plane * shape.height);
  let tile = vec2u(shape.tile_width, shape.tile_height);
  let padded = tile * vec2u(shape.columns, shape.rows);
  let other = vec2u(again(own.x, shape.width, padded.x), again(own.y, shape.height, padded.y));
  let v = x[i];
  var sum = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let at = vec2u(select(own.x, other.x, (k & 1u) == 1u), select(own.y, other.y, (k & 2u) == 2u));
    if ((at.x < padded.x) & (at.y < padded.y)) {
      let t = at / tile;
      sum += counted(v, (plane * shape.rows + t.y) * shape.columns + t.x);
    }
  }
  image[i] = sum;
}
