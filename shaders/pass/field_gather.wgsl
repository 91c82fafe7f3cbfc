// The gradient of the image where output pixels look near where they lie: source pixels go through those that may see them, ask
// where they look, and take their share. Padding brings a tap no farther from the pixel that looks, so that all of them lie in one
// window. Four neighbours of two rows do so together, as in `map_gather`; samples whose places lie farther are scattered.
// On SwiftShader, 4x3x128x128, 24 output pixels for the eight took 12 ms; 16 with four columns at a time, 15 with four rows.
@if(whole_quads) import package::generated::io::store;
@if(!whole_quads) import package::generated::io::store_row;
import package::generated::io::{ fetch_g, near_of, plane_g, plane_y, shape };
import package::generated::see::{ Scene, scene_of, spot };
@if(!pad_zeros && !pad_border) import package::lib::cheap::whole2;
import package::lib::eight::{ Eight, added, eight_of };
@if(pad_zeros || pad_border) import package::lib::images::{ Strips, strips_of };
@if(pad_zeros || pad_border) import package::lib::strip_weights::{ row_weights, strip_weights };
@if(!pad_zeros && !pad_border) import package::lib::kernel::{ FIRST, base, weights };
import package::lib::near::is_near;
@if(!pad_zeros && !pad_border) import package::lib::padding::resolve;
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::share::share;

// Rows or columns of output pixels: the first one, and how many from there.
struct Window { first: i32, count: i32 }

fn window(low: i32, high: i32, size: i32) -> Window {
  let first = select(low, 0, low < 0);
  return Window(first, select(high, size - 1, high >= size) - first + 1);
}

// The columns and rows of the eight pixels.
@if(pad_zeros || pad_border) struct Own { columns: Strips, rows: Strips, size: vec2i }
@if(!pad_zeros && !pad_border) struct Own { columns: vec4i, rows: vec2i, size: vec2i }

@if(pad_zeros || pad_border)
fn own_of(x: i32, y: i32, size: vec2i) -> Own {
  let columns = vec4f(f32(x)) + vec4f(0.0, 1.0, 2.0, 3.0);
  let rows = vec4f(f32(y)) + vec4f(0.0, 1.0, 0.0, 1.0);
  return Own(strips_of(columns, f32(size.x)), strips_of(rows, f32(size.y)), size);
}
@if(!pad_zeros && !pad_border)
fn own_of(x: i32, y: i32, size: vec2i) -> Own { return Own(vec4i(x) + vec4i(0, 1, 2, 3), vec2i(y) + vec2i(0, 1), size); }

@if(pad_zeros || pad_border)
fn term_of(g: vec3f, at: vec2f, own: Own) -> Term {
  return Term(g, strip_weights(at.x, own.columns), row_weights(at.y, own.rows));
}
@if(!pad_zeros && !pad_border)
fn term_of(g: vec3f, at: vec2f, own: Own) -> Term {
  let start = base(at);
  let f = at - start;
  let corner = whole2(start) + FIRST;
  return Term(g, shares4(weights(f.x), corner.x, own.size.x, own.columns), shares2(weights(f.y), corner.y, own.size.y, own.rows));
}

@if(!pad_zeros && !pad_border)
fn tap4(w: f32, i: i32, size: i32, own: vec4i) -> vec4f {
  return select(vec4f(0.0), vec4f(w), own == vec4i(resolve(i, size)));
}
@if(!pad_zeros && !pad_border)
fn tap2(w: f32, i: i32, size: i32, own: vec2i) -> vec2f {
  return select(vec2f(0.0), vec2f(w), own == vec2i(resolve(i, size)));
}

@if(nearest && !pad_zeros && !pad_border) fn shares4(w: vec4f, i: i32, size: i32, own: vec4i) -> vec4f { return tap4(w.x, i, size, own); }
@if(nearest && !pad_zeros && !pad_border) fn shares2(w: vec4f, i: i32, size: i32, own: vec2i) -> vec2f { return tap2(w.x, i, size, own); }
@if(bilinear && !pad_zeros && !pad_border)
fn shares4(w: vec4f, i: i32, size: i32, own: vec4i) -> vec4f {
  return tap4(w.x, i, size, own) + tap4(w.y, i + 1, size, own);
}
@if(bilinear && !pad_zeros && !pad_border)
fn shares2(w: vec4f, i: i32, size: i32, own: vec2i) -> vec2f {
  return tap2(w.x, i, size, own) + tap2(w.y, i + 1, size, own);
}
@if(bicubic && !pad_zeros && !pad_border)
fn shares4(w: vec4f, i: i32, size: i32, own: vec4i) -> vec4f {
  return tap4(w.x, i, size, own) + tap4(w.y, i + 1, size, own) + tap4(w.z, i + 2, size, own) + tap4(w.w, i + 3, size, own);
}
@if(bicubic && !pad_zeros && !pad_border)
fn shares2(w: vec4f, i: i32, size: i32, own: vec2i) -> vec2f {
  return tap2(w.x, i, size, own) + tap2(w.y, i + 1, size, own) + tap2(w.z, i + 2, size, own) + tap2(w.w, i + 3, size, own);
}

// What one output pixel gives: its gradient, and the shares of the columns and rows. Nothing comes back from a place that is none.
struct Term { g: vec3f, columns: vec4f, rows: vec2f }

fn term(plane: Plane, x: i32, y: i32, last: i32, own: Own, scene: Scene) -> Term {
  let there = spot(Pixel(f32(x), f32(y)), scene);
  let g = select(vec3f(0.0), fetch_g(plane, u32(y * own.size.x + x)), there.seen & (x <= last));
  return term_of(g, there.place.at, own);
}

fn with_term(a: Eight, t: Term) -> Eight {
  return Eight(added(a.top, t.columns * t.rows.x, t.g), added(a.bottom, t.columns * t.rows.y, t.g));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let near = near_of(own.n);
  let scene = scene_of(own.n, own.lane);
  // What is left alone is copied (`scatter_finish`).
  if (!is_near(near) || !scene.on) { return; }
  let pg = plane_g(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  let height = shape.height;
  let size = vec2i(i32(width), i32(height));
  let across = (width + 3u) / 4u;
  let end = across * ((height + 1u) / 2u);
  var b = own.first;
  loop {
    let row = b / across;
    let x = (b - row * across) * 4u;
    let y = row * 2u;
    let pixels = own_of(i32(x), i32(y), size);
    let rows = window(i32(y - near.down), i32(y + 1u + near.up), size.y);
    let columns = window(i32(x - near.right), i32(x + 3u + near.left), size.x);
    var sum = eight_of(0.0);
    let last = columns.first + columns.count - 1;
    var j = rows.first;
    loop {
      var i = columns.first;
      loop {
        let one = term(pg, i, j, last, pixels, scene);
        let two = term(pg, i + 1, j, last, pixels, scene);
        sum = with_term(with_term(sum, one), two);
        continuing { i += 2; break if i > last; }
      }
      continuing { j++; break if j >= rows.first + rows.count; }
    }
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
