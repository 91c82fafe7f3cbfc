// Magnitudes, but 0 where a neighbour across the edge is as large: to the side to which the slope points, of eight, or the other one.
import package::lib::nan::is_nan;
import package::lib::thread::LINE;
import package::program::canny::{ Place, Shape, place_of };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> across: array<f32>;
@group(0) @binding(2) var<storage, read> down: array<f32>;
@group(0) @binding(3) var<storage, read_write> magnitude: array<f32>;

const EPS: f32 = 1e-6;

fn square(i: u32) -> f32 { return across[i] * across[i] + down[i] * down[i] + EPS; }

// Of the pixel at a step from a place; beyond the image it is 0.
fn neighbour(p: Place, step: vec2i) -> f32 {
  let at = vec2i(i32(p.x), i32(p.y)) + step;
  let there = (at.x >= 0) & (at.y >= 0) & (at.x < i32(shape.width)) & (at.y < i32(shape.height));
  let k = (p.n * shape.height + select(p.y, u32(at.y), there)) * shape.width + select(p.x, u32(at.x), there);
  return select(0.0, square(k), there);
}

// The nearest of eight directions: half of 45 degrees to either side of it.
fn direction(v: vec2f) -> vec2i {
  let t = 0.41421356;
  let steep = abs(v.x) <= t * abs(v.y);
  let flat = abs(v.y) <= t * abs(v.x);
  return vec2i(select(select(1, -1, v.x < 0.0), 0, steep & !flat), select(select(1, -1, v.y < 0.0), 0, flat));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let p = place_of(i, shape);
  if (p.n >= shape.samples) { return; }
  let own = square(i);
  let step = direction(vec2f(across[i], down[i]));
  let before = neighbour(p, -step);
  let behind = neighbour(p, step);
  let suppressed = (own <= before) | (own <= behind) | is_nan(before) | is_nan(behind);
  magnitude[i] = select(sqrt(own), 0.0, suppressed & !is_nan(own));
}
