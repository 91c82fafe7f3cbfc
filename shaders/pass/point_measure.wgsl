// The reading pass of a statistic: the chain up to the transform that needs it, and the sum of its measure.
import package::generated::io::{ load_x, save_sum, shape };
import package::generated::chain::{ load_row, measure };
import package::lib::quad::{ first, fourth, second, third };
import package::lib::thread::{ LINE, next, pixel };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let row = load_row(n, 0u);
  var sum = 0.0;
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    let x = load_x(n, 0u, q);
    let a = pixel(q * 4u, shape.width);
    let b = next(a, shape.width);
    let c = next(b, shape.width);
    let d = next(c, shape.width);
    let values = vec4f(measure(first(x), row, a), measure(second(x), row, b), measure(third(x), row, c), measure(fourth(x), row, d));
    // What is read beyond the last pixel does not count.
    let there = vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(shape.pixels);
    sum += dot(select(vec4f(0.0), values, there), vec4f(1.0));
  }
  save_sum(sum, n, index % shape.threads);
}
