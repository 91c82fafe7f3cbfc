// Which pixels of the output look into a box of the source: which rows, and which columns of each. Rather too many than too few:
// how far rounding may have moved a place is taken from the matrix itself, and the weight of a place decides.
import package::lib::cheap::{ at_least, at_most, whole2, within2 };
import package::lib::images::OPEN;
import package::lib::pixel::Pixel;
@if(pad_border) import package::lib::place::{ Source, along, start_of };
@if(!pad_border) import package::lib::place::{ Source, place };
import package::lib::projective::inverse;

struct Box { low: vec2f, high: vec2f }

// The map from the output (of `size`) to the source, w being positive on the side of the horizon that is asked about; its inverse;
// what rounding does to homogeneous coordinates of the source (`error`) and of the output (`slip`); bounds of all places; and
// whether the horizon crosses the output, so that there is another side, and no bounds. Sums start at `zero`, which is NaN where
// the matrix is no number.
struct View {
  m: mat3x3f, back: mat3x3f, size: vec2f, last: vec2i, error: vec3f, slip: vec3f, seen: Box, crossed: bool, zero: f32,
}

// Some units in the last place of a sum of products.
const ROUNDING: f32 = 1e-6;

fn lowest(v: vec4f) -> f32 { return at_most(at_most(v.x, v.y), at_most(v.z, v.w)); }
fn highest(v: vec4f) -> f32 { return at_least(at_least(v.x, v.y), at_least(v.z, v.w)); }

// As large as a product can be.
fn largest(m: mat3x3f, v: vec3f) -> vec3f { return abs(m[0]) * v.x + abs(m[1]) * v.y + abs(m[2]) * v.z; }

fn view_of(source: Source, pixels: vec2u) -> View {
  let size = vec2f(pixels);
  let m = source.m * select(1.0, -1.0, source.m[2].z < 0.0);
  let back = inverse(m);
  let error = ROUNDING * largest(m, vec3f(size, 1.0));
  @if(affine) let crossed = false;
  @if(!affine) let crossed = m[2].z + at_most(m[0].z * size.x, 0.0) + at_most(m[1].z * size.y, 0.0) <= error.z;
  let slip = largest(back, error);
  let zero = source.sound - 1.0;
  return View(m, back, size, vec2i(pixels) - 1, error, slip, bounds(m, size, error, crossed), crossed, zero);
}

// The same from the other side of the horizon.
fn facing(v: View, side: f32) -> View {
  return View(v.m * side, v.back * side, v.size, v.last, v.error, v.slip, v.seen, v.crossed, v.zero);
}

// A corner's place. A border is seen from however far, and its rows and columns are found by where places would lie if they were
// not held back.
@if(pad_border) fn corner(m: mat3x3f, at: Pixel) -> vec2f { return along(m, start_of(m, at.y), at.x).at; }
@if(!pad_border) fn corner(m: mat3x3f, at: Pixel) -> vec2f { return place(m, at).at; }

// Of all taps: places are farthest apart in the corners.
fn bounds(m: mat3x3f, size: vec2f, error: vec3f, crossed: bool) -> Box {
  let a = corner(m, Pixel(0.0, 0.0));
  let b = corner(m, Pixel(size.x - 1.0, 0.0));
  let c = corner(m, Pixel(0.0, size.y - 1.0));
  let d = corner(m, Pixel(size.x - 1.0, size.y - 1.0));
  let low = vec2f(lowest(vec4f(a.x, b.x, c.x, d.x)), lowest(vec4f(a.y, b.y, c.y, d.y)));
  let high = vec2f(highest(vec4f(a.x, b.x, c.x, d.x)), highest(vec4f(a.y, b.y, c.y, d.y)));
  @if(affine) let margin = 2.0 + error.xy;
  @if(!affine) let margin = 2.0 + 1e-5 * (abs(low) + abs(high));
  if (crossed) { return Box(vec2f(-OPEN), vec2f(OPEN)); }
  return Box(low - margin, high + margin);
}

@if(affine)
fn rows_of(box: Box, v: View) -> vec2f {
  let middle = 0.5 * (box.low + box.high);
  let half = 0.5 * (box.high - box.low);
  let at = v.back[0].y * middle.x + v.back[1].y * middle.y + v.back[2].y;
  let reach = abs(v.back[0].y) * half.x + abs(v.back[1].y) * half.y + v.slip.y + 1e-3;
  return vec2f(at - reach, at + reach);
}

@if(!affine)
fn rows_of(box: Box, v: View) -> vec2f {
  let a = v.back * vec3f(box.low, 1.0);
  let b = v.back * vec3f(box.high.x, box.low.y, 1.0);
  let c = v.back * vec3f(box.low.x, box.high.y, 1.0);
  let d = v.back * vec3f(box.high, 1.0);
  let z = vec4f(a.z, b.z, c.z, d.z);
  let nearest = lowest(z);
  let error = ROUNDING * largest(v.back, vec3f(max(abs(box.low), abs(box.high)), 1.0));
  // What a box beyond the output's own horizon is seen from has no bounds.
  if (!(nearest > 4.0 * error.z && v.slip.z < 0.25)) { return vec2f(0.0, v.size.y - 1.0); }
  let y = vec4f(a.y, b.y, c.y, d.y) / z;
  let low = lowest(y);
  let high = highest(y);
  let far = at_least(-low, high);
  let reach = (error.y + far * error.z) / nearest + v.slip.y + far * v.slip.z + 1e-3;
  return vec2f(low - reach, high + reach);
}

// Floats as the first and the last of so many whole numbers, which are in bounds whatever they were, so that every loop ends.
fn ends(range: vec2f, last: i32) -> vec2i {
  let most = vec2f(f32(last) + 1.0, f32(last));
  let v = whole2(within2(vec2f(ceil(range.x), floor(range.y)), vec2f(0.0, -1.0), most));
  let raised = select(v, vec2i(0, -1), v < vec2i(0, -1));
  return select(raised, vec2i(last + 1, last), raised > vec2i(last + 1, last));
}

// Each side of a box is a line: it cuts row y of the output in the column `at` + `per_row` · y, and what looks inside lies to the
// right of it (`begins`) or to the left. What looks inside of all four has a positive w.
struct Sides { at: vec4f, per_row: vec4f, begins: vec4<bool> }

// `grow` is 1 for what may look inside, −1 for what is sure to.
fn sides(box: Box, v: View, grow: f32) -> Sides {
  let m = v.m;
  let z = vec4f(box.low.x, -box.high.x, box.low.y, -box.high.y);
  let error = vec4f(v.error.xx, v.error.yy) + abs(z) * v.error.z;
  let slope = vec4f(m[0].x, -m[0].x, m[0].y, -m[0].y) - z * m[0].z;
  let per_row = vec4f(m[1].x, -m[1].x, m[1].y, -m[1].y) - z * m[1].z;
  let at = vec4f(m[2].x, -m[2].x, m[2].y, -m[2].y) - z * m[2].z + grow * error;
  // A row that runs along a side is cut far away.
  let flat = 0.1 * error / v.size.x;
  let steep = select(slope, flat, abs(slope) < flat);
  let scale = -1.0 / steep;
  @if(pad_zeros) return Sides(at * scale, per_row * scale, steep > vec4f(0.0));
  // A strip without an end has no side there.
  @if(!pad_zeros) {
    let open = z < vec4f(-0.5 * OPEN);
    let nothing = vec4f(0.0);
    return Sides(select(at * scale, nothing, open), select(per_row * scale, nothing, open), open | (steep > nothing));
  }
}

fn columns_of(s: Sides, y: f32, last: i32) -> vec2i {
  let cuts = s.at + s.per_row * y;
  let right = vec4f(f32(last));
  return ends(vec2f(highest(select(vec4f(0.0), cuts, s.begins)), lowest(select(cuts, right, s.begins))), last);
}
