// The soft distance of every pixel to what is not 0, a kernel's radius further out with every step. A thread has a pixel.
//
// The state has three planes for each of the image: in which step a pixel got its distance, from 1 on, or 0; the least distance m
// within the kernel to what is not 0; and the sum s of what is there, with weights exp((m − d) / h), of which one is 1, so that
// no h is too small. The distance of the step is m − h ln s.
import package::tensor::index::THREADS;
import package::lib::nan::{ is_nan, nan_from };

// 0: a step; 1: distances of the state; 2: the gradient of the image
override op: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> state: array<f32>;
// Of a distance
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// [0] pixels, height, width, radius; [1] the step, h
@group(0) @binding(4) var<uniform> u: array<vec4u, 2>;

struct Place { first: u32, row: i32, column: i32 }

// The first pixel of a pixel's plane, and where it lies there.
fn place_of(i: u32) -> Place {
  let area = u[0].y * u[0].z;
  let inside = i % area;
  return Place(i - inside, i32(inside / u[0].z), i32(inside % u[0].z));
}

fn length_of(row: i32, column: i32) -> f32 { return sqrt(f32(row * row + column * column)); }

// exp((m − d) / h): 1 where they are equal, which exp() of 0 need not be. What would not fit into f32 is cut off.
fn weight_of(least: f32, row: i32, column: i32, h: f32) -> f32 {
  let nearer = least - length_of(row, column);
  return select(exp(min(nearer / h, 80.0)), 1.0, nearer == 0.0);
}

// The pixel that is seen at a place, which may lie beyond the edges.
fn seen_at(first: u32, row: i32, column: i32) -> u32 {
  let inside = vec2u(clamp(vec2i(row, column), vec2i(0), vec2i(u[0].yz) - vec2i(1)));
  return first + inside.x * u[0].z + inside.y;
}

// What is there in a step: the image, or 1 where a step before found a distance.
fn value(i: u32, now: f32) -> f32 {
  let when = state[i];
  return select(x[i], 1.0, (when > 0.0) & (when < now));
}

fn grow(i: u32) {
  let pixels = u[0].x;
  let now = f32(u[1].x);
  let h = bitcast<f32>(u[1].y);
  let radius = i32(u[0].w);
  let when = state[i];
  if (when > 0.0) {
    y[i] = when;
    y[pixels + i] = state[pixels + i];
    y[2u * pixels + i] = state[2u * pixels + i];
    return;
  }
  let at = place_of(i);
  var least = 1e30;
  for (var r = -radius; r <= radius; r++) {
    for (var c = -radius; c <= radius; c++) {
      let v = value(seen_at(at.first, at.row + r, at.column + c), now);
      let d = length_of(r, c);
      if ((is_nan(v) | (v != 0.0)) & (d < least)) { least = d; }
    }
  }
  var sum = 0.0;
  if (least < 1e30) {
    for (var r = -radius; r <= radius; r++) {
      for (var c = -radius; c <= radius; c++) {
        let v = value(seen_at(at.first, at.row + r, at.column + c), now);
        // Not 0 times infinity where nothing is left of a weight.
        if (is_nan(v) || v != 0.0) { sum += v * weight_of(least, r, c, h); }
      }
    }
  }
  // Where nothing is near, or all together is 1 or more, there is no distance; NaN is one, so that it is seen.
  // log() of 1 need not be 0.
  let far = select(least - h * log(sum) > 0.0, sum < 1.0, least == 0.0);
  let found = is_nan(sum) || (sum > 0.0 && far);
  y[i] = select(0.0, now, found);
  y[pixels + i] = select(0.0, least, found);
  y[2u * pixels + i] = select(0.0, sum, found);
}

fn distance_of(i: u32) -> f32 {
  let pixels = u[0].x;
  let when = state[i];
  if (when == 0.0) { return 0.0; }
  let sum = state[2u * pixels + i];
  if (is_nan(sum)) { return nan_from(sum); }
  return (when - 1.0) * f32(u[0].w) + state[pixels + i] - bitcast<f32>(u[1].y) * log(sum);
}

// What comes to a pixel of the distances p that were found while it was still as in the image: of d(p), −h w / Σ w.
fn gather(i: u32) -> f32 {
  let pixels = u[0].x;
  let h = bitcast<f32>(u[1].y);
  let radius = i32(u[0].w);
  let side = vec2i(u[0].yz);
  let when = state[i];
  let at = place_of(i);
  // A pixel at an edge is also what is seen beyond it.
  let from_row = select(at.row, -radius, at.row == 0);
  let to_row = select(at.row, side.x - 1 + radius, at.row == side.x - 1);
  let from_column = select(at.column, -radius, at.column == 0);
  let to_column = select(at.column, side.y - 1 + radius, at.column == side.y - 1);
  var sum = 0.0;
  for (var r = max(at.row - radius, 0); r <= min(at.row + radius, side.x - 1); r++) {
    for (var c = max(at.column - radius, 0); c <= min(at.column + radius, side.y - 1); c++) {
      let p = at.first + u32(r) * u[0].z + u32(c);
      let found = state[p];
      if (found == 0.0 || g[p] == 0.0 || (when > 0.0 && when < found)) { continue; }
      let least = state[pixels + p];
      var weight = 0.0;
      for (var row = max(from_row, r - radius); row <= min(to_row, r + radius); row++) {
        for (var column = max(from_column, c - radius); column <= min(to_column, c + radius); column++) {
          weight += weight_of(least, row - r, column - c, h);
        }
      }
      sum -= g[p] * h * weight / state[2u * pixels + p];
    }
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u[0].x) { return; }
  switch (op) {
    case 0u: { grow(i); }
    case 1u: { y[i] = distance_of(i); }
    default: { y[i] = gather(i); }
  }
}
