// A chain of point transforms: read a pixel once, apply all of them in registers, write once.
// A thread owns every `threads`-th quad of one sample (and of one group of three channels), so that parameters are loaded once.
import package::generated::io::{ GROUPS, load_x, shape, store };
import package::generated::chain::{ load_row, run };
import package::lib::quad::gather;
import package::lib::thread::{ LINE, next, pixel };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let lane = (owner % GROUPS) * 3u;
  let row = load_row(n, lane);
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    let x = load_x(n, lane, q);
    let at0 = pixel(q * 4u, shape.width);
    let at1 = next(at0, shape.width);
    let at2 = next(at1, shape.width);
    let at3 = next(at2, shape.width);
    store(n, lane, q, gather(
      run(vec3f(x.a.x, x.b.x, x.c.x), row, at0),
      run(vec3f(x.a.y, x.b.y, x.c.y), row, at1),
      run(vec3f(x.a.z, x.b.z, x.c.z), row, at2),
      run(vec3f(x.a.w, x.b.w, x.c.w), row, at3),
    ));
  }
}
