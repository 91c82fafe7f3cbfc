// A chain of point transforms: read a pixel once, apply all of them in registers, write once.
// A thread owns every `threads`-th quad of one sample (and of one group of three channels), so that parameters are loaded once.
import package::generated::io::{ GROUPS, load_x, shape, store };
import package::generated::chain::{ load_row, run };
import package::lib::quad::{ first, fourth, join, second, third };
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
    let v = load_x(n, lane, q);
    let a = pixel(q * 4u, shape.width);
    let b = next(a, shape.width);
    let c = next(b, shape.width);
    let d = next(c, shape.width);
    store(n, lane, q, join(run(first(v), row, a), run(second(v), row, b), run(third(v), row, c), run(fourth(v), row, d)));
  }
}
