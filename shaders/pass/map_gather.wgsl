// The gradient of a resample's input, gathered: source pixels look up the output pixels that looked at them, so that
// nothing races and two runs give equal bits. Padding makes a pixel visible at further places, its images: beyond the
// border as a half-infinite strip, in mirrors as single points. The taps of each image are disjoint.
// Four neighbours of two rows do so together: they share most of the output pixels, and reading is what takes time. On
// SwiftShader, 4x3x224x224, affine: 21 ms with one row and 18 with two in Node; 12.8 with a column at a time and 10.7 with
// two in Chromium.
@if(whole_quads) import package::generated::io::store;
@if(!whole_quads) import package::generated::io::store_row;
import package::generated::io::{ fetch_g, plane_g, plane_y, shape };
import package::generated::maps::{ destination_matrix, source_matrix };
import package::lib::cheap::{ at_least, at_least4, at_most, whole2, within2 };
import package::lib::images::{ NOWHERE, Strips, image_count, image_strips, only };
import package::lib::kernel::{ RADIUS, weights };
import package::lib::pixel::Pixel;
import package::lib::place::place;
import package::lib::plane::Plane;
import package::lib::quad::Quad;
import package::lib::share::share;

// Sums of the weights of the taps at `pos` that lie on each strip.
@if(bilinear && pad_zeros)
fn strip_weights(pos: f32, s: Strips) -> vec4f { return at_least4(1.0 - abs(pos - s.low), 0.0); }

@if(bilinear && !pad_zeros)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let below = s.low - pos;
  let above = pos - s.high;
  return at_least4(1.0 - at_least4(select(above, below, below > above), 0.0), 0.0);
}

@if(nearest)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let tap = vec4f(floor(pos + 0.5));
  return select(vec4f(0.0), vec4f(1.0), (tap >= s.low) & (tap <= s.high));
}

@if(bicubic)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let start = floor(pos);
  let w = weights(pos - start);
  var sum = vec4f(0.0);
  for (var k = 0; k < 4; k++) {
    let tap = vec4f(start + f32(k) - 1.0);
    sum += select(vec4f(0.0), vec4f(w[k]), (tap >= s.low) & (tap <= s.high));
  }
  return sum;
}

// The same for the two rows.
@if(bilinear && pad_zeros)
fn row_weights(pos: f32, s: Strips) -> vec2f {
  let w = 1.0 - abs(pos - s.low.xy);
  return select(w, vec2f(0.0), w < vec2f(0.0));
}

@if(!bilinear || !pad_zeros)
fn row_weights(pos: f32, s: Strips) -> vec2f { return strip_weights(pos, s).xy; }

// A little wider than exact: rounding may put a position on the wrong side, and its weight decides.
fn slack(size: vec2f) -> f32 { return 1e-3 + 1e-6 * at_least(size.x, size.y); }

@if(affine)
fn rows_of(low: vec2f, high: vec2f, dest: mat3x3f) -> vec2f {
  let middle = 0.5 * (low + high);
  let half = 0.5 * (high - low);
  let at = dest[0].y * middle.x + dest[1].y * middle.y + dest[2].y;
  let reach = abs(dest[0].y) * half.x + abs(dest[1].y) * half.y;
  return vec2f(at - reach, at + reach);
}

@if(!affine)
fn rows_of(low: vec2f, high: vec2f, dest: mat3x3f) -> vec2f {
  let a = dest * vec3f(low, 1.0);
  let b = dest * vec3f(high.x, low.y, 1.0);
  let c = dest * vec3f(low.x, high.y, 1.0);
  let d = dest * vec3f(high, 1.0);
  // Beyond the horizon a box has no bounds: look at everything.
  let s = vec4f(a.z, b.z, c.z, d.z);
  if (!(all(s > vec4f(0.0)) || all(s < vec4f(0.0)))) { return vec2f(-NOWHERE, NOWHERE); }
  let y = vec4f(a.y, b.y, c.y, d.y) / s;
  return vec2f(min(min(y.x, y.y), min(y.z, y.w)), max(max(y.x, y.y), max(y.z, y.w)));
}

// The columns of the output's rows that look into a box. Each side of the box is a line: it cuts row y in the column
// `at` + `per_row` · y, and what looks inside lies to the right of it (`begins`) or to the left.
struct Sides { at: vec4f, per_row: vec4f, begins: vec4<bool> }

fn sides(low: vec2f, high: vec2f, m: mat3x3f) -> Sides {
  let z = vec4f(low.x, -high.x, low.y, -high.y);
  let slope = vec4f(m[0].x, -m[0].x, m[0].y, -m[0].y) - z * m[0].z;
  let steep = select(slope, vec4f(1e-20), abs(slope) < vec4f(1e-20));
  let per_row = vec4f(m[1].x, -m[1].x, m[1].y, -m[1].y) - z * m[1].z;
  let at = vec4f(m[2].x, -m[2].x, m[2].y, -m[2].y) - z * m[2].z;
  let scale = -1.0 / steep;
  return Sides(at * scale, per_row * scale, steep > vec4f(0.0));
}

fn columns_of(s: Sides, y: f32, last: f32) -> vec2f {
  let cuts = s.at + s.per_row * y;
  return vec2f(highest(select(vec4f(0.0), cuts, s.begins)), lowest(select(cuts, vec4f(last), s.begins)));
}

// Between which taps the output looks at all.
fn extent(source: mat3x3f) -> vec4f {
  let w = f32(shape.out_width) - 1.0;
  let h = f32(shape.out_height) - 1.0;
  let a = place(source, Pixel(0.0, 0.0));
  let b = place(source, Pixel(w, 0.0));
  let c = place(source, Pixel(0.0, h));
  let d = place(source, Pixel(w, h));
  return vec4f(min(min(a, b), min(c, d)) - 2.0, max(max(a, b), max(c, d)) + 2.0);
}

// What the output pixels look through: the map, its inverse, and whether the horizon crosses the output. Then neither
// extents nor boxes bound anything.
struct View { source: mat3x3f, dest: mat3x3f, beyond: bool, seen: vec4f }

fn view(n: u32) -> View {
  var source = source_matrix(n);
  var beyond = false;
  @if(!affine) {
    let w = f32(shape.out_width) - 1.0;
    let h = f32(shape.out_height) - 1.0;
    source *= select(1.0, -1.0, source[2].z < 0.0);
    let s = vec4f(source[2].z, source[2].z + source[0].z * w, source[2].z + source[1].z * h, source[2].z + source[0].z * w + source[1].z * h);
    beyond = !all(s > vec4f(0.0));
  }
  return View(source, destination_matrix(n), beyond, extent(source));
}

fn lowest(v: vec4f) -> f32 { return at_most(at_most(v.x, v.y), at_most(v.z, v.w)); }
fn highest(v: vec4f) -> f32 { return at_least(at_least(v.x, v.y), at_least(v.z, v.w)); }

// Four pixels of a row, and those below them.
struct Pair { top: Quad, bottom: Quad }

// What one output pixel gives: its gradient, and the weights of the four columns and the two rows.
struct Term { g: vec3f, columns: vec4f, rows: vec2f }

fn added(a: Quad, w: vec4f, g: vec3f) -> Quad { return Quad(a.a + w * g.x, a.b + w * g.y, a.c + w * g.z); }
fn with_term(a: Pair, t: Term) -> Pair {
  return Pair(added(a.top, t.columns * t.rows.x, t.g), added(a.bottom, t.columns * t.rows.y, t.g));
}
fn plus(a: Quad, b: Quad) -> Quad { return Quad(a.a + b.a, a.b + b.b, a.c + b.c); }

// The term of column x of an output row, whose pixel 0 lies at `at` in the plane and looks from `start`; none behind `last`.
fn term(plane: Plane, at: u32, start: vec3f, x: i32, last: i32, columns: Strips, pair: Strips, v: View) -> Term {
  let h = start + v.source[0] * f32(x);
  @if(affine) let pos = h.xy;
  @if(!affine) let pos = h.xy / h.z;
  let g = select(vec3f(0.0), fetch_g(plane, at + u32(x)), x <= last);
  return Term(g, strip_weights(pos.x, columns), row_weights(pos.y, pair));
}

// What one image of the pixels has given to the output; `pair` holds the two rows, each twice. What does not change is taken
// out of the loops by hand: a GPU's compiler does so itself, SwiftShader's does not. Sums that a loop carries cost it much, so
// two columns go at a time.
fn visit(plane: Plane, columns: Strips, pair: Strips, v: View) -> Pair {
  let size = vec2f(plane.size);
  let reach = RADIUS + slack(size);
  let low = vec2f(lowest(columns.low), at_most(pair.low.x, pair.low.y)) - reach;
  let high = vec2f(highest(columns.high), at_least(pair.high.x, pair.high.y)) + reach;
  var rows = vec2f(0.0, size.y - 1.0);
  if (!v.beyond) {
    let seen = rows_of(low, high, v.dest);
    rows = vec2f(at_least(ceil(seen.x - slack(size)), 0.0), at_most(floor(seen.y + slack(size)), size.y - 1.0));
  }
  let box = sides(low, high, v.source);
  var sum: Pair;
  // Each loop runs at least once: a term decides whether it counts.
  var y = rows.x;
  loop {
    var range = vec2f(0.0, size.x - 1.0);
    if (!v.beyond) { range = columns_of(box, y, size.x - 1.0); }
    range.y = select(-1.0, range.y, y <= rows.y);
    let ends = whole2(within2(vec2f(ceil(range.x), floor(range.y)), vec2f(0.0, -1.0), vec2f(size.x, size.x - 1.0)));
    let start = v.source[2] + v.source[1] * y;
    let at = u32(y) * plane.size.x;
    var x = ends.x;
    loop {
      let one = term(plane, at, start, x, ends.y, columns, pair, v);
      let two = term(plane, at, start, x + 1, ends.y, columns, pair, v);
      sum = with_term(with_term(sum, one), two);
      continuing {
        x += 2;
        break if x > ends.y;
      }
    }
    continuing { y += 1.0; break if !(y <= rows.y); }
  }
  return sum;
}

@if(pad_zeros || pad_border)
fn collect(plane: Plane, x: vec4f, y: vec4f, size: vec2f, v: View) -> Pair {
  let columns = only(image_strips(x, size.x, 0, v.seen.x, v.seen.z), x < vec4f(size.x));
  return visit(plane, columns, only(image_strips(y, size.y, 0, v.seen.y, v.seen.w), y < vec4f(size.y)), v);
}

@if(!pad_zeros && !pad_border)
fn collect(plane: Plane, x: vec4f, y: vec4f, size: vec2f, v: View) -> Pair {
  let across = image_count(size.x, v.seen.x, v.seen.z);
  let down = image_count(size.y, v.seen.y, v.seen.w);
  var sum: Pair;
  for (var j = down.x; j <= down.y; j++) {
    let pair = only(image_strips(y, size.y, j, v.seen.y, v.seen.w), y < vec4f(size.y));
    if (highest(pair.high) < v.seen.y || lowest(pair.low) > v.seen.w) { continue; }
    for (var i = across.x; i <= across.y; i++) {
      let columns = only(image_strips(x, size.x, i, v.seen.x, v.seen.z), x < vec4f(size.x));
      if (highest(columns.high) < v.seen.x || lowest(columns.low) > v.seen.z) { continue; }
      let more = visit(plane, columns, pair, v);
      sum = Pair(plus(sum.top, more.top), plus(sum.bottom, more.bottom));
    }
  }
  return sum;
}

// A thread's share are blocks of four pixels in each of two rows.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let v = view(own.n);
  let pg = plane_g(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  let height = shape.height;
  let size = vec2f(f32(width), f32(height));
  let across = (width + 3u) / 4u;
  let end = across * ((height + 1u) / 2u);
  var b = own.first;
  loop {
    let row = b / across;
    let x = (b - row * across) * 4u;
    let y = row * 2u;
    let sum = collect(pg, f32(x) + vec4f(0.0, 1.0, 2.0, 3.0), f32(y) + vec4f(0.0, 1.0, 0.0, 1.0), size, v);
    let at = y * width + x;
    @if(whole_quads) {
      store(py, at / 4u, sum.top);
      if (y + 1u < height) { store(py, (at + width) / 4u, sum.bottom); }
    }
    @if(!whole_quads) {
      store_row(py, at, width - x, sum.top);
      if (y + 1u < height) { store_row(py, at + width, width - x, sum.bottom); }
    }
    continuing { b += own.step; break if b >= end; }
  }
}
