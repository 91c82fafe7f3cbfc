// What the tiles around a pixel say of a bin.
import package::program::clahe::{ BINS, Between, Shape, between };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> table: array<f32>;

// Where a pixel lies among the tiles, and where the tables of its plane begin.
struct Place { down: Between, across: Between, tables: u32 }

fn place_of(index: u32) -> Place {
  let row = index / shape.width;
  let plane = row / shape.height;
  return Place(
    between(row - plane * shape.height, shape.tile_height, shape.rows),
    between(index - row * shape.width, shape.tile_width, shape.columns),
    plane * shape.rows * shape.columns,
  );
}

// Of two values that are equal but for rounding, a level may be on either side of a half: OpenCV's operations, in its order.
@if(opencv)
fn mixed(a: f32, b: f32, share: f32) -> f32 { return a * (1.0 - share) + b * share; }
@if(!opencv)
fn mixed(a: f32, b: f32, share: f32) -> f32 { return a + share * (b - a); }

fn along(p: Place, row: u32, bin: u32) -> f32 {
  let tiles = p.tables + row * shape.columns;
  let first = table[(tiles + p.across.first) * BINS + bin];
  return mixed(first, table[(tiles + p.across.second) * BINS + bin], p.across.share);
}

fn seen(p: Place, bin: u32) -> f32 {
  return mixed(along(p, p.down.first, bin), along(p, p.down.second, bin), p.down.share);
}
