// Motion blur: what its kernels share. A line is crossed step by step along the axis that it is closer to. It is less than 1.42 pixels
// wide to either side across that axis, so that at each step no more than three neighbouring cells have a weight.
import package::lib::beside::{ beside, there };

struct Shape {
  samples: u32, channels: u32, height: u32, width: u32,
  // Steps of the line before its middle.
  radius: u32,
  // Pixels that are worked on beyond the image, on each side.
  margin: u32,
  // Strips of a plane: as many as there are along the axis that has more of them.
  strips: u32,
  threads: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;

// Of each sample the table says whether steps go along x (1) or y (0), and for each step which cell across it is the first of three;
// then their weights, and the weights' derivatives by the angle and by the direction.
const STEP: u32 = 10u;
fn table_of(n: u32) -> u32 { return n * (1u + STEP * (2u * shape.radius + 1u)); }

struct Step { first: i32, weights: vec3f }
fn three(at: u32) -> vec3f { return vec3f(table[at], table[at + 1u], table[at + 2u]); }
fn step_at(at: u32) -> Step { return Step(i32(table[at]), three(at + 1u)); }

// A plane as a line goes through it: how many pixels there are along the axis of its steps and across, and how far they lie apart.
struct Way { length: i32, breadth: i32, along: i32, across: i32 }
fn way_of(along_x: bool, width: i32, height: i32) -> Way {
  if (along_x) { return Way(width, height, 1, width); }
  return Way(height, width, width, 1);
}

// Neighbours across a line: a thread's pixels, of which the first lies at `c`.
const STRIP: u32 = 8u;
struct Strip { m: i32, c: i32 }
// Where steps go along x, neighbouring threads have neighbouring columns.
fn strip_of(k: u32, along_x: bool, w: Way) -> Strip {
  let row = select((u32(w.breadth) + STRIP - 1u) / STRIP, u32(w.length), along_x);
  let i = k / row;
  let j = k - i * row;
  return Strip(i32(select(i, j, along_x)), i32(STRIP * select(j, i, along_x)));
}
fn is_there(s: Strip, w: Way) -> bool { return (s.m < w.length) & (s.c < w.breadth); }

// A value for each of them, and what lies under the three cells of all.
struct Values { v0: vec4f, v1: vec4f }
struct Under { p0: f32, p1: f32, p2: f32, p3: f32, p4: f32, p5: f32, p6: f32, p7: f32, p8: f32, p9: f32 }
fn nothing() -> Values { return Values(vec4f(0.0), vec4f(0.0)); }

// What has no weight is not seen, whatever it is: 0 times NaN is NaN. By bits, which takes SwiftShader a quarter of a select.
fn part(w: f32, mask: u32, v: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4u>(w * v) & vec4u(mask)); }
// s[i] + Σ_j w[j] u[i + j].
fn slide(s: Values, w: vec3f, v: Under) -> Values {
  let mask = select(vec3u(0xffffffffu), vec3u(0u), (bitcast<vec3u>(w) & vec3u(0x7fffffffu)) == vec3u(0u));
  return Values(
    s.v0 + part(w.x, mask.x, vec4f(v.p0, v.p1, v.p2, v.p3)) + part(w.y, mask.y, vec4f(v.p1, v.p2, v.p3, v.p4)) + part(w.z, mask.z, vec4f(v.p2, v.p3, v.p4, v.p5)),
    s.v1 + part(w.x, mask.x, vec4f(v.p4, v.p5, v.p6, v.p7)) + part(w.y, mask.y, vec4f(v.p5, v.p6, v.p7, v.p8)) + part(w.z, mask.z, vec4f(v.p6, v.p7, v.p8, v.p9)),
  );
}

// A row of pixels across, shown by padding: where it begins, and how many there are, or none.
struct Row { start: i32, left: u32 }
fn row_at(start: i32, m: i32, w: Way) -> Row {
  let i = beside(m, w.length);
  return Row(start + there(i) * w.along, select(0u, u32(w.breadth), i >= 0));
}
// Where nothing is shown, what is read in its place is not used.
@if(pad_zeros)
fn shown(row: Row, c: i32, w: Way) -> f32 { return select(0.0, x[u32(row.start + c * w.across)], u32(c) < row.left); }
@if(!pad_zeros)
fn shown(row: Row, c: i32, w: Way) -> f32 { return x[u32(row.start + beside(c, w.breadth) * w.across)]; }

// What lies under the cells from `c` on, for all of the strip. Places are added up, as products take longer.
@if(pad_zeros)
fn under(row: Row, c: i32, w: Way) -> Under {
  let i0 = row.start + c * w.across;
  let i1 = i0 + w.across;
  let i2 = i1 + w.across;
  let i3 = i2 + w.across;
  let i4 = i3 + w.across;
  let i5 = i4 + w.across;
  let i6 = i5 + w.across;
  let i7 = i6 + w.across;
  let i8 = i7 + w.across;
  let i9 = i8 + w.across;
  return Under(
    select(0.0, x[u32(i0)], u32(c) < row.left),
    select(0.0, x[u32(i1)], u32(c + 1) < row.left),
    select(0.0, x[u32(i2)], u32(c + 2) < row.left),
    select(0.0, x[u32(i3)], u32(c + 3) < row.left),
    select(0.0, x[u32(i4)], u32(c + 4) < row.left),
    select(0.0, x[u32(i5)], u32(c + 5) < row.left),
    select(0.0, x[u32(i6)], u32(c + 6) < row.left),
    select(0.0, x[u32(i7)], u32(c + 7) < row.left),
    select(0.0, x[u32(i8)], u32(c + 8) < row.left),
    select(0.0, x[u32(i9)], u32(c + 9) < row.left),
  );
}
@if(!pad_zeros)
fn under(row: Row, c: i32, w: Way) -> Under {
  return Under(
    shown(row, c, w),
    shown(row, c + 1, w),
    shown(row, c + 2, w),
    shown(row, c + 3, w),
    shown(row, c + 4, w),
    shown(row, c + 5, w),
    shown(row, c + 6, w),
    shown(row, c + 7, w),
    shown(row, c + 8, w),
    shown(row, c + 9, w),
  );
}
