// The reading pass of a statistic: the chain up to the transform that needs it, and the sum of its measure.
import package::generated::io::{ load_x, save_sum, shape };
import package::generated::chain::{ load_row, measure };
import package::lib::thread::{ LINE, pixel };

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
    let m = vec4f(
      measure(vec3f(x.a.x, x.b.x, x.c.x), row, pixel(i, shape.width)),
      measure(vec3f(x.a.y, x.b.y, x.c.y), row, pixel(i + 1u, shape.width)),
      measure(vec3f(x.a.z, x.b.z, x.c.z), row, pixel(i + 2u, shape.width)),
      measure(vec3f(x.a.w, x.b.w, x.c.w), row, pixel(i + 3u, shape.width)),
    );
    sum += dot(m, select(vec4f(0.0), vec4f(1.0), vec4u(i) + vec4u(0u, 1u, 2u, 3u) < vec4u(shape.pixels)));
  }
  save_sum(sum, n, index % shape.threads);
}
