// A step: grids of twice the resolution. A thread makes the point that was there already, those to its right and below, and the one
// between; its random numbers are three of one block, whose counter is the step and the place in the coarse grid.
import package::lib::draw::upper;
import package::lib::thread::LINE;
import package::lib::threefry::threefry2x32;
import package::program::plasma::{ Step, strength };

@group(0) @binding(0) var<uniform> shape: Step;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<vec2u>;
@group(0) @binding(3) var<storage, read> coarse: array<f32>;
@group(0) @binding(4) var<storage, read_write> fine: array<f32>;

// Value and derivative of a point of the coarse grid.
fn point(plane: u32, i: u32, j: u32) -> vec2f {
  let at = (plane * shape.rows + min(i, shape.rows - 1u)) * shape.columns + min(j, shape.columns - 1u);
  @if(tangent) return vec2f(coarse[at], coarse[at + shape.samples * shape.fields * shape.rows * shape.columns]);
  @if(!tangent) return vec2f(coarse[at], 0.0);
}

// Three numbers of a cell: of the point in its middle, of the one on its upper side, and of the one on its left side.
fn drawn(key: vec2u, i: u32, j: u32) -> vec3f {
  let bits = threefry2x32(key, vec2u(j | (shape.number << 27u), i));
  let low = vec2f(bitcast<vec2i>(bits & vec2u(0x7ffu, 0x3ffu))) * vec2f(0.00048828125, 4.76837158203125e-7);
  return vec3f(upper(bits.x), upper(bits.y), low.x + low.y);
}

// m + s (u − m), and its derivative.
fn displaced(sum: vec2f, u: f32, s: vec2f) -> vec2f {
  let m = 0.25 * sum;
  return vec2f(m.x + s.x * (u - m.x), m.y - s.x * m.y + s.y * (u - m.x));
}

fn put(plane: u32, i: u32, j: u32, value: vec2f) {
  if ((i >= shape.out_rows) | (j >= shape.out_columns)) { return; }
  let at = (plane * shape.out_rows + i) * shape.out_columns + j;
  fine[at] = value.x;
  @if(tangent) fine[at + shape.samples * shape.fields * shape.out_rows * shape.out_columns] = value.y;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let across = (shape.out_columns + 1u) / 2u;
  let down = (shape.out_rows + 1u) / 2u;
  let line = index / across;
  let plane = line / down;
  let n = plane / shape.fields;
  if (n >= shape.samples) { return; }
  let j = index - line * across;
  let i = line - plane * down;
  let key = keys[plane];
  let s = strength(params[n], shape.number);
  // The cells above and to the left; beyond a border is its mirror.
  let above = select(i - 1u, 0u, i == 0u);
  let left = select(j - 1u, 0u, j == 0u);
  let here = point(plane, i, j);
  let right = point(plane, i, j + 1u);
  let below = point(plane, i + 1u, j);
  let own = drawn(key, i, j);
  let upper_pair = point(plane, above, j) + point(plane, above, j + 1u);
  let lower_pair = select(here + right, below + point(plane, i + 1u, j + 1u), i == 0u);
  let left_pair = point(plane, i, left) + point(plane, i + 1u, left);
  let across_sum = here + right + below + point(plane, i + 1u, j + 1u);
  let centre = displaced(across_sum, own.x, s);
  let centre_above = displaced(upper_pair + lower_pair, drawn(key, above, j).x, s);
  let right_pair = select(here + below, right + point(plane, i + 1u, j + 1u), j == 0u);
  let centre_left = displaced(left_pair + right_pair, drawn(key, i, left).x, s);
  put(plane, 2u * i, 2u * j, here);
  if (j < shape.last_column) {
    let other = select(centre, centre_above, i == shape.last_row);
    put(plane, 2u * i, 2u * j + 1u, displaced(here + right + centre_above + other, own.y, s));
  }
  if (i < shape.last_row) {
    let other = select(centre, centre_left, j == shape.last_column);
    put(plane, 2u * i + 1u, 2u * j, displaced(here + below + centre_left + other, own.z, s));
  }
  if ((i < shape.last_row) & (j < shape.last_column)) { put(plane, 2u * i + 1u, 2u * j + 1u, centre); }
}
