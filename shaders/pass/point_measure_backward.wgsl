// What the gradient of a statistic adds to the gradients of the image and of the parameters: every pixel has a share in it.
import package::generated::io::{ load_x, plane_x, plane_y, shape, store };
import package::generated::chain::{ Grads, load_row, pull_statistic, save_grads };
import package::lib::quad::{ first, fourth, join, second, third };
import package::lib::share::{ next, pixel, share };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  @if(image_gradient) let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var grads: Grads;
  var q = own.first;
  loop {
    let x = load_x(px, q);
    let a = pixel(q * 4u, width);
    let b = next(a, f32(width));
    let c = next(b, f32(width));
    let d = next(c, f32(width));
    let ga = pull_statistic(first(x), row, a, &grads);
    let gb = pull_statistic(second(x), row, b, &grads);
    let gc = pull_statistic(third(x), row, c, &grads);
    let gd = pull_statistic(fourth(x), row, d, &grads);
    @if(image_gradient) store(py, q, join(ga, gb, gc, gd));
    continuing { q += own.step; break if q >= own.end; }
  }
  save_grads(grads, own.n, own.lane, own.slot);
}
