// How far the output pixels of each sample look: the farthest tap to each side. The largest of whole numbers is the same in any order.
import package::generated::io::{ reach, shape };
import package::generated::see::{ Scene, scene_of, spot };
import package::lib::kernel::{ FIRST, TAPS, base };
import package::lib::pixel::Pixel;
import package::lib::share::{ next, pixel, share };

// The first tap from the pixel, at its least and at its most.
struct Range { low: vec2f, high: vec2f }

// Between two pixels, another kernel may round to the other one. Where weights are continuous, it has none.
@if(nearest) const TIE: f32 = 1e-3;
@if(!nearest) const TIE: f32 = 0.0;

// A place that is none has no taps, and neither has a pixel behind the last one.
fn widened(r: Range, at: Pixel, i: u32, scene: Scene) -> Range {
  let there = spot(at, scene);
  let own = vec2f(at.x, at.y);
  let low = base(there.place.at - TIE) - own;
  let high = base(there.place.at + TIE) - own;
  let counts = vec2<bool>(there.seen & (i < shape.pixels));
  return Range(select(r.low, low, counts & (low < r.low)), select(r.high, high, counts & (high > r.high)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let scene = scene_of(own.n, 0u);
  let width = shape.out_width;
  var r = Range(vec2f(-f32(FIRST)), vec2f(-f32(FIRST + TAPS - 1)));
  var q = own.first;
  loop {
    let i = q * 4u;
    let at0 = pixel(i, width);
    let at1 = next(at0, f32(width));
    let at2 = next(at1, f32(width));
    let at3 = next(at2, f32(width));
    r = widened(widened(widened(widened(r, at0, i, scene), at1, i + 1u, scene), at2, i + 2u, scene), at3, i + 3u, scene);
    continuing { q += own.step; break if q >= own.end; }
  }
  let before = vec2u(-(r.low + f32(FIRST)));
  let behind = vec2u(r.high + f32(FIRST + TAPS - 1));
  // A mirror turns the side around.
  @if(pad_reflection || pad_symmetric) let most = max(before, behind);
  @if(pad_reflection || pad_symmetric) let ends = vec4u(most.x, most.x, most.y, most.y);
  @if(!pad_reflection && !pad_symmetric) let ends = vec4u(before.x, behind.x, before.y, behind.y);
  let first = own.n * 4u;
  atomicMax(&reach[first], ends.x);
  atomicMax(&reach[first + 1u], ends.y);
  atomicMax(&reach[first + 2u], ends.z);
  atomicMax(&reach[first + 3u], ends.w);
}
