// Looking between the pixels of the source.  `fetch_x` reads three channels of one pixel, counted from the first of its
// plane; the compiler generates it.
import package::generated::io::fetch_x;
import package::lib::cheap::whole2;
import package::lib::padding::resolve;
import package::lib::kernel::{ FIRST, TAPS, base, slopes, weights };
import package::lib::place::Place;
import package::lib::plane::Plane;

// What is seen at a place, and how much of it lies beyond the image.
struct Seen { value: vec3f, outside: f32 }

// The same, with the derivatives along x and y.
struct Slope { value: vec3f, dx: vec3f, dy: vec3f, outside: f32, outside_dx: f32, outside_dy: f32 }

// The four pixels around a place, and whether each is there: x runs first.
struct Square { a: vec3f, b: vec3f, c: vec3f, d: vec3f, there: vec4f }

// A pixel that has no weight is not seen, whatever it is: 0 times NaN is NaN.
fn part(w: f32, v: vec3f) -> vec3f { return select(vec3f(0.0), w * v, w != 0.0); }

// Written out, not looped, and without branches: dynamic indices and lanes that part cost SwiftShader three times as much.
// A second column or row of which nothing is seen is not looked at. Nothing is there on the horizon.
@if(!bicubic)
fn square(plane: Plane, first: vec2i, f: vec2f, place: Place) -> Square {
  let size = vec2i(plane.size);
  let x0 = resolve(first.x, size.x);
  let x1 = select(resolve(first.x + 1, size.x), -1, f.x == 0.0);
  @if(affine) let y0 = resolve(first.y, size.y);
  @if(!affine) let y0 = select(resolve(first.y, size.y), -1, place.w == 0.0);
  @if(affine) let y1 = select(resolve(first.y + 1, size.y), -1, f.y == 0.0);
  @if(!affine) let y1 = select(resolve(first.y + 1, size.y), -1, (f.y == 0.0) | (place.w == 0.0));
  let there = vec4<bool>((x0 | y0) >= 0, (x1 | y0) >= 0, (x0 | y1) >= 0, (x1 | y1) >= 0);
  let above = max(y0, 0) * size.x;
  let below = max(y1, 0) * size.x;
  let left = max(x0, 0);
  let right = max(x1, 0);
  return Square(
    select(vec3f(0.0), fetch_x(plane, u32(above + left)), there.x),
    select(vec3f(0.0), fetch_x(plane, u32(above + right)), there.y),
    select(vec3f(0.0), fetch_x(plane, u32(below + left)), there.z),
    select(vec3f(0.0), fetch_x(plane, u32(below + right)), there.w),
    select(vec4f(0.0), vec4f(1.0), there),
  );
}

@if(nearest)
fn look(plane: Plane, place: Place) -> Seen {
  let size = vec2i(plane.size);
  let at = whole2(base(place.at));
  let x = resolve(at.x, size.x);
  let y = resolve(at.y, size.y);
  if (x < 0 || y < 0 || place.w == 0.0) { return Seen(vec3f(0.0), 1.0); }
  return Seen(fetch_x(plane, u32(y * size.x + x)), 0.0);
}

@if(bilinear)
fn look(plane: Plane, place: Place) -> Seen {
  let start = floor(place.at);
  let f = place.at - start;
  let g = 1.0 - f;
  let w = vec4f(g.x * g.y, f.x * g.y, g.x * f.y, f.x * f.y);
  let s = square(plane, whole2(start), f, place);
  return Seen(w.x * s.a + w.y * s.b + w.z * s.c + w.w * s.d, 1.0 - dot(w, s.there));
}

// Value and slopes of the bilinear surface; nearest borrows the slopes (straight-through), as it has none of its own.
@if(!bicubic)
fn look_slope(plane: Plane, place: Place) -> Slope {
  let start = floor(place.at);
  let f = place.at - start;
  let g = 1.0 - f;
  // Slopes need all four pixels, also where the value does not.
  let s = square(plane, whole2(start), vec2f(1.0), place);
  let w = vec4f(g.x * g.y, f.x * g.y, g.x * f.y, f.x * f.y);
  let wx = vec4f(-g.y, g.y, -f.y, f.y);
  let wy = vec4f(-g.x, -f.x, g.x, f.x);
  @if(bilinear) let seen = Seen(part(w.x, s.a) + part(w.y, s.b) + part(w.z, s.c) + part(w.w, s.d), 1.0 - dot(w, s.there));
  @if(nearest) let seen = look(plane, place);
  return Slope(
    seen.value,
    g.y * (s.b - s.a) + f.y * (s.d - s.c),
    g.x * (s.c - s.a) + f.x * (s.d - s.b),
    seen.outside,
    -dot(wx, s.there),
    -dot(wy, s.there),
  );
}

@if(bicubic)
fn look(plane: Plane, place: Place) -> Seen {
  let s = look_slope(plane, place);
  return Seen(s.value, s.outside);
}

@if(bicubic)
fn look_slope(plane: Plane, place: Place) -> Slope {
  let start = base(place.at);
  let f = place.at - start;
  let size = vec2i(plane.size);
  let first = whole2(start) + FIRST;
  let wx = weights(f.x);
  let wy = weights(f.y);
  let sx = slopes(f.x);
  let sy = slopes(f.y);
  var s = Slope(vec3f(0.0), vec3f(0.0), vec3f(0.0), 0.0, 0.0, 0.0);
  var covered = vec3f(0.0);
  var j = 0;
  loop {
    let y = resolve(first.y + j, size.y);
    var row = vec3f(0.0);
    var row_slope = vec3f(0.0);
    var row_covered = vec2f(0.0);
    var i = 0;
    loop {
      let x = resolve(first.x + i, size.x);
      let there = ((x | y) >= 0) & (place.w != 0.0);
      let v = select(vec3f(0.0), fetch_x(plane, u32(max(y, 0) * size.x + max(x, 0))), there);
      row += part(wx[i], v);
      row_slope += part(sx[i], v);
      row_covered += select(vec2f(0.0), vec2f(wx[i], sx[i]), there);
      continuing { i++; break if i >= TAPS; }
    }
    s.value += part(wy[j], row);
    s.dx += part(wy[j], row_slope);
    s.dy += part(sy[j], row);
    covered += vec3f(wy[j] * row_covered.x, wy[j] * row_covered.y, sy[j] * row_covered.x);
    continuing { j++; break if j >= TAPS; }
  }
  s.outside = 1.0 - covered.x;
  s.outside_dx = -covered.y;
  s.outside_dy = -covered.z;
  return s;
}
