// Boxes around points, cut off at the edges of the image, in the format that they are to have, and the gradients of it; and which of
// them have enough left in the image. A thread for each box.
import package::lib::nan::is_nan;
import package::targets::box::{ edges_of, edges_back, box_of, box_back };
import package::tensor::index::THREADS;

// 0: the boxes; 1: the gradient of the points; 2: that of the rows; 3: 1 for each box that is left, else 0
override op: u32 = 0u;
// Whether images have sizes of their own.
override listed: u32 = 0u;

// `points` around each box: without, the edges are those of the rows; `size`: width and height of the images before, and behind
struct Sizes {
  boxes: u32, columns: u32, points: u32, format: u32,
  normalized: u32, clip: u32, oriented: u32, threads: u32,
  size: vec4f,
  least_area: f32, least_visibility: f32, least_width: f32, least_height: f32,
  // 0 for any
  most_aspect: f32,
}

@group(0) @binding(0) var<storage, read> points: array<f32>;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
// [n][width, height] before, and behind
@group(0) @binding(2) var<storage, read> sizes: array<f32>;
// of the boxes
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> u: Sizes;

fn size_of(box: u32) -> vec4f {
  if (listed == 0u) { return u.size; }
  let n = 4u * (box / u.boxes);
  return vec4f(sizes[n], sizes[n + 1u], sizes[n + 2u], sizes[n + 3u]);
}

fn scale_of(size: vec2f) -> vec4f { return select(vec4f(1.0), size.xyxy, u.normalized == 1u); }

fn point(box: u32, i: u32) -> vec2f {
  let at = 2u * (box * u.points + i);
  return vec2f(points[at], points[at + 1u]);
}

fn own_edges(box: u32, size: vec4f) -> vec4f {
  let r = box * u.columns;
  return edges_of(vec4f(rows[r], rows[r + 1u], rows[r + 2u], rows[r + 3u]), u.format, scale_of(size.xy));
}

// The first and the last place along either axis; NaN where one is.
fn extent_of(box: u32) -> vec4f {
  var low = point(box, 0u);
  var high = low;
  for (var i = 1u; i < u.points; i++) {
    let p = point(box, i);
    let none = vec2<bool>(is_nan(p.x), is_nan(p.y));
    low = select(low, p, (p < low) | none);
    high = select(high, p, (p > high) | none);
  }
  return vec4f(low, high);
}

fn hull_of(box: u32, size: vec4f) -> vec4f {
  if (u.points == 0u) { return own_edges(box, size); }
  return extent_of(box) + 0.5;
}

fn clipped(e: vec4f, size: vec4f) -> vec4f {
  let far = size.zwzw;
  return select(select(e, far, e > far), vec4f(0.0), e < vec4f(0.0));
}

// The gradient of the hull.
fn hull_back(box: u32, size: vec4f) -> vec4f {
  let r = box * u.columns;
  let back = box_back(vec4f(g[r], g[r + 1u], g[r + 2u], g[r + 3u]), u.format, scale_of(size.zw));
  if (u.clip == 0u) { return back; }
  let e = hull_of(box, size);
  return select(back, vec4f(0.0), (e < vec4f(0.0)) | (e > size.zwzw));
}

fn put_box(box: u32) {
  let size = size_of(box);
  var e = hull_of(box, size);
  if (u.clip == 1u) { e = clipped(e, size); }
  let made = box_of(e, u.format, scale_of(size.zw));
  for (var c = 0u; c < u.columns; c++) {
    let at = box * u.columns + c;
    if (c < 4u) { y[at] = made[c]; } else { y[at] = rows[at]; }
  }
}

// Points that share an extreme share its gradient.
fn pull_points(box: u32) {
  let size = size_of(box);
  let back = hull_back(box, size);
  let extent = extent_of(box);
  var holders = vec4f(0.0);
  for (var i = 0u; i < u.points; i++) {
    holders += select(vec4f(0.0), vec4f(1.0), point(box, i).xyxy == extent);
  }
  let shares = back / holders;
  for (var i = 0u; i < u.points; i++) {
    let own = select(vec4f(0.0), shares, point(box, i).xyxy == extent);
    let at = 2u * (box * u.points + i);
    y[at] = own.x + own.z;
    y[at + 1u] = own.y + own.w;
  }
}

fn pull_row(box: u32) {
  var back = vec4f(0.0);
  if (u.points == 0u) {
    let size = size_of(box);
    back = edges_back(hull_back(box, size), u.format, scale_of(size.xy));
  }
  for (var c = 0u; c < u.columns; c++) {
    let at = box * u.columns + c;
    if (c < 4u) { y[at] = back[c]; } else { y[at] = g[at]; }
  }
}

// A box before that is finite and has a width and a height.
fn is_proper(box: u32, size: vec4f) -> bool {
  if (u.oriented == 1u) {
    let r = box * u.columns;
    return rows[r + 2u] > 0.0 && rows[r + 3u] > 0.0;
  }
  let e = own_edges(box, size);
  let sides = e.zw - e.xy;
  return all(e.zw > e.xy) && all(sides <= vec2f(3.4e38));
}

fn is_left(box: u32) -> bool {
  let size = size_of(box);
  let hull = hull_of(box, size);
  let seen = clipped(hull, size);
  let sides = seen.zw - seen.xy;
  let area = sides.x * sides.y;
  let whole = hull.zw - hull.xy;
  let total = select(0.0, whole.x * whole.y, all(whole > vec2f(0.0)));
  let slim = u.most_aspect == 0.0 || (sides.x <= sides.y * u.most_aspect && sides.y <= sides.x * u.most_aspect);
  return is_proper(box, size) && all(sides > vec2f(0.0)) && slim && area >= u.least_area
    && (u.least_visibility == 0.0 || area >= total * u.least_visibility)
    && sides.x >= u.least_width && sides.y >= u.least_height;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u.threads) { return; }
  switch (op) {
    case 0u: { put_box(i); }
    case 1u: { pull_points(i); }
    case 2u: { pull_row(i); }
    default: { y[i] = select(0.0, 1.0, is_left(i)); }
  }
}
