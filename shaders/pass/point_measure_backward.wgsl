// The gradient of a statistic: the incoming gradient pulled back to the transform that uses it, summed over the image.
import package::generated::io::{ load_g, load_x, save_sum, shape };
import package::generated::chain::{ load_row, pull_statistic };
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
    let g = load_g(n, 0u, q);
    let i = q * 4u;
    sum += pull_statistic(vec3f(x.a.x, x.b.x, x.c.x), row, pixel(i, shape.width), vec3f(g.a.x, g.b.x, g.c.x));
    sum += pull_statistic(vec3f(x.a.y, x.b.y, x.c.y), row, pixel(i + 1u, shape.width), vec3f(g.a.y, g.b.y, g.c.y));
    sum += pull_statistic(vec3f(x.a.z, x.b.z, x.c.z), row, pixel(i + 2u, shape.width), vec3f(g.a.z, g.b.z, g.c.z));
    sum += pull_statistic(vec3f(x.a.w, x.b.w, x.c.w), row, pixel(i + 3u, shape.width), vec3f(g.a.w, g.b.w, g.c.w));
  }
  save_sum(sum, n, index % shape.threads);
}
