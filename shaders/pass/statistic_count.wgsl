// The reading pass of a histogram: what is seen, the chain up to the transform that needs it, and how many pixels of each channel are in each
// bin. Whole numbers are added in any order with one result.
@if(own_place) import package::generated::io::load_x;
@if(!own_place) import package::generated::see::scene_of;
@if(!own_place) import package::lib::seen::seen;
import package::generated::io::{ plane_x, shape };
import package::generated::chain::{ Row, load_row, measure };
@if(some) import package::generated::chain::asks;
import package::lib::cheap::whole_of;
import package::lib::nan::is_nan3;
import package::lib::pixel::Pixel;
import package::lib::quad::{ Quad, first, fourth, pick, second, third };
import package::lib::share::{ next, pixel, share };
import package::generated::io::{ BINS, CHANNELS, counts };

// NaN is in no bin; what is beyond the first or last one is in it.
fn count(at: vec3f, base: u32, lanes: u32, there: bool) {
  let counted = !is_nan3(at) & vec3<bool>(there);
  let last = vec3f(f32(BINS) - 1.0);
  let bin = whole_of(select(select(vec3f(0.0), at, at > vec3f(0.0)), last, at > last));
  let one = select(vec3u(0u), vec3u(1u), counted);
  atomicAdd(&counts[base + bin.x], one.x);
  if (lanes > 1u) { atomicAdd(&counts[base + BINS + bin.y], one.y); }
  if (lanes > 2u) { atomicAdd(&counts[base + 2u * BINS + bin.z], one.z); }
}

@if(!rolled)
fn four(x: Quad, row: Row, base: u32, lanes: u32, left: u32, a: Pixel, width: f32) {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  count(measure(first(x), row, a), base, lanes, true);
  count(measure(second(x), row, b), base, lanes, left > 1u);
  count(measure(third(x), row, c), base, lanes, left > 2u);
  count(measure(fourth(x), row, d), base, lanes, left > 3u);
}

@if(rolled)
fn four(x: Quad, row: Row, base: u32, lanes: u32, left: u32, a: Pixel, width: f32) {
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    count(measure(pick(x, i), row, at), base, lanes, left > i);
    at = next(at, width);
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  @if(some) if (!asks(row)) { return; }
  @if(!own_place) let scene = scene_of(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  @if(own_place) let width = shape.width;
  @if(!own_place) let width = shape.out_width;
  let base = (own.n * CHANNELS + own.lane) * BINS;
  var q = own.first;
  loop {
    @if(own_place) four(load_x(px, q), row, base, px.lanes, shape.pixels - q * 4u, pixel(q * 4u, width), f32(width));
    @if(!own_place) four(seen(px, scene, row, pixel(q * 4u, width), f32(width)), row, base, px.lanes, shape.pixels - q * 4u, pixel(q * 4u, width), f32(width));
    continuing { q += own.step; break if q >= own.end; }
  }
}
