// The reading pass of a statistic: the chain up to the transform that needs it, and the sum of its measure.
import package::generated::io::{ load_x, plane_x, save_sum, shape };
import package::generated::chain::{ load_row, measure };
import package::lib::quad::{ first, fourth, second, third };
import package::lib::share::{ next, pixel, share };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let width = shape.width;
  let pixels = shape.pixels;
  var sum = 0.0;
  var q = own.first;
  loop {
    let x = load_x(px, q);
    let a = pixel(q * 4u, width);
    let b = next(a, f32(width));
    let c = next(b, f32(width));
    let d = next(c, f32(width));
    let values = vec4f(measure(first(x), row, a), measure(second(x), row, b), measure(third(x), row, c), measure(fourth(x), row, d));
    // What is read beyond the last pixel does not count.
    let there = vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(pixels);
    sum += dot(select(vec4f(0.0), values, there), vec4f(1.0));
    continuing { q += own.step; break if q >= own.end; }
  }
  save_sum(sum, own.n, own.slot);
}
