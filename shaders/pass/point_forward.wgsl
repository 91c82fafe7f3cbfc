// A chain of point transforms: read a pixel once, apply all of them in registers, write once.
// A thread owns every `threads`-th quad of one sample (and of one group of three channels), so that parameters are loaded once.
import package::generated::io::{ load_x, plane_x, plane_y, shape, store };
import package::generated::chain::{ load_row, run };
import package::lib::quad::{ first, fourth, join, second, third };
import package::lib::share::{ next, pixel, share };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let row = load_row(own.n, own.lane);
  let px = plane_x(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var q = own.first;
  loop {
    let v = load_x(px, q);
    let a = pixel(q * 4u, width);
    let b = next(a, f32(width));
    let c = next(b, f32(width));
    let d = next(c, f32(width));
    store(py, q, join(run(first(v), row, a), run(second(v), row, b), run(third(v), row, c), run(fourth(v), row, d)));
    continuing { q += own.step; break if q >= own.end; }
  }
}
