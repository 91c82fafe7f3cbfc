// The gradient of a statistic: the incoming gradient pulled back to the transform that uses it, summed over the image.
import package::generated::io::{ load_g, load_x, save_sum, shape };
import package::generated::chain::{ load_row, pull_statistic };
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
    let g = load_g(n, 0u, q);
    let at0 = pixel(q * 4u, shape.width);
    let at1 = next(at0, shape.width);
    let at2 = next(at1, shape.width);
    let at3 = next(at2, shape.width);
    sum += pull_statistic(vec3f(x.a.x, x.b.x, x.c.x), row, at0, vec3f(g.a.x, g.b.x, g.c.x));
    sum += pull_statistic(vec3f(x.a.y, x.b.y, x.c.y), row, at1, vec3f(g.a.y, g.b.y, g.c.y));
    sum += pull_statistic(vec3f(x.a.z, x.b.z, x.c.z), row, at2, vec3f(g.a.z, g.b.z, g.c.z));
    sum += pull_statistic(vec3f(x.a.w, x.b.w, x.c.w), row, at3, vec3f(g.a.w, g.b.w, g.c.w));
  }
  save_sum(sum, n, index % shape.threads);
}
