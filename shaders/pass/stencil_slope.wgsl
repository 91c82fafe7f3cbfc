// The gradient of the parameter that a stencil's neighbours have one value each of: a thread goes over its pixels once for each neighbour,
// so that it carries one sum.
import package::generated::io::{ plane_x, save_partial, shape };
import package::generated::stencil::{ CELLS, scene_of, slope };
import package::lib::share::{ next, pixel, share };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let scene = scene_of(own.n, own.lane);
  let plane = plane_x(own.n, own.lane);
  let width = shape.out_width;
  var k = 0u;
  loop {
    var sum = 0.0;
    var q = own.first;
    loop {
      var at = pixel(q * 4u, width);
      var i = 0u;
      loop {
        sum += slope(plane, at, k, scene);
        at = next(at, f32(width));
        continuing { i++; break if i >= 4u; }
      }
      continuing { q += own.step; break if q >= own.end; }
    }
    save_partial(k, own.n, own.slot, sum);
    continuing { k++; break if k >= CELLS; }
  }
}
