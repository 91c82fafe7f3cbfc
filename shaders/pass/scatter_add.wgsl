// The gradient of the image where nobody knows which output pixels look at a pixel: each output pixel adds its gradient, times the
// weights with which it looks, to the pixels that it sees. In fixed point (`lib/fixed.wgsl`), so that the order does not matter.
import package::generated::io::{ CHANNELS, extent, high, load_g, low, plane_g, shape };
import package::generated::see::{ Scene, scene_of, spot };
import package::lib::cheap::whole2;
import package::lib::fixed::{ Scale, dither, scale_of };
@if(near) import package::generated::io::near_of;
@if(near) import package::lib::near::is_near;
import package::lib::kernel::{ FIRST, TAPS, base, weights };
import package::lib::padding::resolve;
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, second, third };
import package::lib::share::{ next, pixel, share };

// Where the planes of a thread's channels begin, how far apart they are, and how many there are.
struct Target { first: u32, step: u32, lanes: u32, size: vec2i }

// What does not fit into the lower word: it has wrapped around, up or down. That is rare, and asked for three channels at once.
fn carry(i: u32, over: i32, d: i32) {
  if (over < 0) { atomicAdd(&high[i], select(1, -1, d < 0)); }
}

fn add3(to: Target, i: u32, v: vec3f, u: f32) {
  let d = vec3i(floor(v + u));
  let at = to.first + i;
  var old = vec3i(0);
  old.x = atomicAdd(&low[at], d.x);
  if (CHANNELS % 3u == 0u || to.lanes > 1u) { old.y = atomicAdd(&low[at + to.step], d.y); }
  if (CHANNELS % 3u == 0u || to.lanes > 2u) { old.z = atomicAdd(&low[at + 2u * to.step], d.z); }
  let sum = old + d;
  let over = (old ^ sum) & (d ^ sum);
  if ((over.x | over.y | over.z) < 0) {
    carry(at, over.x, d.x);
    carry(at + to.step, over.y, d.y);
    carry(at + 2u * to.step, over.z, d.z);
  }
}

@if(nearest)
fn scatter(to: Target, at: vec2f, g: vec3f, u: f32) {
  let there = whole2(base(at));
  let x = resolve(there.x, to.size.x);
  let y = resolve(there.y, to.size.y);
  if ((x | y) >= 0) { add3(to, u32(y * to.size.x + x), g, u); }
}

@if(bilinear)
fn scatter(to: Target, at: vec2f, g: vec3f, u: f32) {
  let start = floor(at);
  let f = at - start;
  let e = 1.0 - f;
  let corner = whole2(start);
  let x0 = resolve(corner.x, to.size.x);
  let x1 = resolve(corner.x + 1, to.size.x);
  let y0 = resolve(corner.y, to.size.y);
  let y1 = resolve(corner.y + 1, to.size.y);
  if ((x0 | y0) >= 0) { add3(to, u32(y0 * to.size.x + x0), e.x * e.y * g, u); }
  if ((x1 | y0) >= 0) { add3(to, u32(y0 * to.size.x + x1), f.x * e.y * g, u); }
  if ((x0 | y1) >= 0) { add3(to, u32(y1 * to.size.x + x0), e.x * f.y * g, u); }
  if ((x1 | y1) >= 0) { add3(to, u32(y1 * to.size.x + x1), f.x * f.y * g, u); }
}

@if(bicubic)
fn scatter(to: Target, at: vec2f, g: vec3f, u: f32) {
  let start = base(at);
  let f = at - start;
  let corner = whole2(start) + FIRST;
  let wx = weights(f.x);
  let wy = weights(f.y);
  var j = 0;
  loop {
    let y = resolve(corner.y + j, to.size.y);
    var i = 0;
    loop {
      let x = resolve(corner.x + i, to.size.x);
      if ((x | y) >= 0) { add3(to, u32(y * to.size.x + x), wy[j] * wx[i] * g, u); }
      continuing { i++; break if i >= TAPS; }
    }
    continuing { j++; break if j >= TAPS; }
  }
}

fn drop(to: Target, g: vec3f, at: Pixel, i: u32, scene: Scene, a: vec3f, b: vec3f) {
  let there = spot(at, scene);
  // Nothing comes back from a place that is none.
  if (i < shape.pixels && there.seen) { scatter(to, there.place.at, g * a * b, dither(i)); }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  @if(near) if (is_near(near_of(own.n))) { return; }
  let scene = scene_of(own.n, own.lane);
  let pg = plane_g(own.n, own.lane);
  let width = shape.out_width;
  let size = vec2u(shape.width, shape.height);
  let c = own.n * CHANNELS + own.lane;
  let to = Target(c * size.x * size.y, size.x * size.y, min(3u, CHANNELS - own.lane), vec2i(size));
  let sx = scale_of(extent(c));
  let sy = scale_of(extent(c + min(1u, to.lanes - 1u)));
  let sz = scale_of(extent(c + min(2u, to.lanes - 1u)));
  let a = vec3f(sx.a, sy.a, sz.a);
  let b = vec3f(sx.b, sy.b, sz.b);
  // With no scale, nothing: what is infinite or NaN times 0 would be NaN.
  let lost = vec3<bool>(sx.a == 0.0, sy.a == 0.0, sz.a == 0.0);
  var q = own.first;
  loop {
    let g = load_g(pg, q);
    let i = q * 4u;
    let at0 = pixel(i, width);
    let at1 = next(at0, f32(width));
    let at2 = next(at1, f32(width));
    let at3 = next(at2, f32(width));
    drop(to, select(first(g), vec3f(0.0), lost), at0, i, scene, a, b);
    drop(to, select(second(g), vec3f(0.0), lost), at1, i + 1u, scene, a, b);
    drop(to, select(third(g), vec3f(0.0), lost), at2, i + 2u, scene, a, b);
    drop(to, select(fourth(g), vec3f(0.0), lost), at3, i + 3u, scene, a, b);
    continuing { q += own.step; break if q >= own.end; }
  }
}
