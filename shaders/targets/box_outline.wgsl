// Points around boxes, as places in pixels (the edge e is the place e − 0.5), and their gradient. A place is a mean of two edges along
// either axis: (1 − t) start + t end − 0.5.
import package::lib::math::cos_sin;
import package::targets::box::{ edges_of, edges_back };
import package::tensor::index::THREADS;

// 0: the points, a thread each; 1: the gradient of the boxes, a thread each
override op: u32 = 0u;
// Whether images have sizes of their own.
override listed: u32 = 0u;

// `stretches` of each side, or 0 for an ellipse; `size`: the width and height that images have
struct Sizes {
  boxes: u32, columns: u32, points: u32, stretches: u32,
  format: u32, normalized: u32, threads: u32, free: u32,
  size: vec4f,
}

@group(0) @binding(0) var<storage, read> rows: array<f32>;
// [n][width, height] before, and behind
@group(0) @binding(1) var<storage, read> sizes: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> u: Sizes;

fn scale_of(box: u32) -> vec4f {
  if (u.normalized == 0u) { return vec4f(1.0); }
  if (listed == 0u) { return u.size.xyxy; }
  let n = 4u * (box / u.boxes);
  return vec2f(sizes[n], sizes[n + 1u]).xyxy;
}

// Where a point lies in the square from 0 to 1.
fn share_of(i: u32) -> vec2f {
  if (u.stretches == 0u) { return 0.5 + 0.5 * cos_sin(360.0 * f32(i) / f32(u.points)); }
  let t = f32(i / 4u) / f32(u.stretches);
  switch (i % 4u) {
    case 0u: { return vec2f(t, 0.0); }
    case 1u: { return vec2f(1.0, t); }
    case 2u: { return vec2f(1.0 - t, 1.0); }
    default: { return vec2f(0.0, 1.0 - t); }
  }
}

fn put_point(i: u32) {
  let box = i / u.points;
  let r = box * u.columns;
  let e = edges_of(vec4f(rows[r], rows[r + 1u], rows[r + 2u], rows[r + 3u]), u.format, scale_of(box));
  let t = share_of(i % u.points);
  let at = (1.0 - t) * e.xy + t * e.zw - 0.5;
  y[2u * i] = at.x;
  y[2u * i + 1u] = at.y;
}

fn pull_box(box: u32) {
  var sum = vec4f(0.0);
  for (var i = 0u; i < u.points; i++) {
    let at = 2u * (box * u.points + i);
    let t = share_of(i);
    let own = vec2f(g[at], g[at + 1u]);
    sum += vec4f((1.0 - t) * own, t * own);
  }
  let back = edges_back(sum, u.format, scale_of(box));
  for (var c = 0u; c < u.columns; c++) {
    let at = box * u.columns + c;
    if (c < 4u) { y[at] = back[c]; } else { y[at] = 0.0; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u.threads) { return; }
  if (op == 0u) { put_point(i); } else { pull_box(i); }
}
