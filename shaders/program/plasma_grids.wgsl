// The grids before and after a step, where they are read.
import package::program::plasma::Step;

@group(0) @binding(0) var<uniform> shape: Step;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> coarse: array<f32>;
@group(0) @binding(3) var<storage, read_write> fine: array<f32>;

// A thread's cell: of the plane, the point of the coarse grid at its upper left corner.
struct Cell { n: u32, plane: u32, i: u32, j: u32 }

fn cell_of(index: u32) -> Cell {
  let across = (shape.out_columns + 1u) / 2u;
  let down = (shape.out_rows + 1u) / 2u;
  let line = index / across;
  let plane = line / down;
  return Cell(plane / shape.fields, plane, line - plane * down, index - line * across);
}

// Value and derivative of a point of the coarse grid.
fn point(plane: u32, i: u32, j: u32) -> vec2f {
  let at = (plane * shape.rows + min(i, shape.rows - 1u)) * shape.columns + min(j, shape.columns - 1u);
  @if(tangent) return vec2f(coarse[at], coarse[at + shape.samples * shape.fields * shape.rows * shape.columns]);
  @if(!tangent) return vec2f(coarse[at], 0.0);
}

fn place(plane: u32, i: u32, j: u32) -> u32 { return (plane * shape.out_rows + i) * shape.out_columns + j; }

// Of a point of the fine grid.
fn made(plane: u32, i: u32, j: u32) -> vec2f {
  let at = place(plane, i, j);
  @if(tangent) return vec2f(fine[at], fine[at + shape.samples * shape.fields * shape.out_rows * shape.out_columns]);
  @if(!tangent) return vec2f(fine[at], 0.0);
}

fn put(plane: u32, i: u32, j: u32, value: vec2f) {
  if ((i >= shape.out_rows) | (j >= shape.out_columns)) { return; }
  let at = place(plane, i, j);
  fine[at] = value.x;
  @if(tangent) fine[at + shape.samples * shape.fields * shape.out_rows * shape.out_columns] = value.y;
}

// m + s (u − m), and its derivative.
fn displaced(sum: vec2f, u: f32, s: vec2f) -> vec2f {
  let m = 0.25 * sum;
  return vec2f(m.x + s.x * (u - m.x), m.y - s.x * m.y + s.y * (u - m.x));
}
