// What the gradient of a statistic adds to the gradients of the image and of the parameters: every pixel has a share in it.
import package::generated::io::{ GROUPS, load_x, shape, store };
import package::generated::chain::{ Grads, load_row, pull_statistic, save_grads };
import package::lib::quad::{ first, fourth, join, second, third };
import package::lib::thread::{ LINE, next, pixel };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let group = owner % GROUPS;
  let lane = group * 3u;
  let row = load_row(n, lane);
  var grads: Grads;
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    let x = load_x(n, lane, q);
    let a = pixel(q * 4u, shape.width);
    let b = next(a, shape.width);
    let c = next(b, shape.width);
    let d = next(c, shape.width);
    // What is read beyond the last pixel has none.
    let there = select(vec4f(0.0), vec4f(1.0), vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(shape.pixels));
    let ga = pull_statistic(first(x), row, a, there.x, &grads);
    let gb = pull_statistic(second(x), row, b, there.y, &grads);
    let gc = pull_statistic(third(x), row, c, there.z, &grads);
    let gd = pull_statistic(fourth(x), row, d, there.w, &grads);
    @if(image_gradient) store(n, lane, q, join(ga, gb, gc, gd));
  }
  save_grads(grads, n, lane, group * shape.threads + index % shape.threads);
}
