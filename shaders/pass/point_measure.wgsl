// The reading pass of a statistic: the chain up to the transform that needs it, and the sum of its measure.
import package::generated::io::{ load_x, save_sum, shape };
import package::generated::chain::{ load_row, measure };
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
    let i = q * 4u;
    let at0 = pixel(i, shape.width);
    let at1 = next(at0, shape.width);
    let at2 = next(at1, shape.width);
    let at3 = next(at2, shape.width);
    let m = vec4f(
      measure(vec3f(x.a.x, x.b.x, x.c.x), row, at0),
      measure(vec3f(x.a.y, x.b.y, x.c.y), row, at1),
      measure(vec3f(x.a.z, x.b.z, x.c.z), row, at2),
      measure(vec3f(x.a.w, x.b.w, x.c.w), row, at3),
    );
    sum += dot(m, select(vec4f(0.0), vec4f(1.0), vec4u(i) + vec4u(0u, 1u, 2u, 3u) < vec4u(shape.pixels)));
  }
  save_sum(sum, n, index % shape.threads);
}
