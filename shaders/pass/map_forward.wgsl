// A row of maps, composed to one, and the points that follow: where does this output pixel look, what does it see there.
import package::generated::io::{ GROUPS, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::generated::maps::source_matrix;
import package::lib::pixel::Pixel;
import package::lib::place::place;
import package::lib::quad::gather;
import package::lib::sample::look;
import package::generated::fill::show;
import package::lib::thread::{ LINE, next, pixel };

fn see(n: u32, lane: u32, at: Pixel, m: mat3x3f, row: Row) -> vec3f {
  let seen = look(n, lane, place(m, at), vec2i(i32(shape.width), i32(shape.height)));
  return run(show(seen.value, seen.outside, row), row, at);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let lane = (owner % GROUPS) * 3u;
  let row = load_row(n, lane);
  let m = source_matrix(n);
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    let at0 = pixel(q * 4u, shape.out_width);
    let at1 = next(at0, shape.out_width);
    let at2 = next(at1, shape.out_width);
    let at3 = next(at2, shape.out_width);
    store(n, lane, q, gather(
      see(n, lane, at0, m, row), see(n, lane, at1, m, row), see(n, lane, at2, m, row), see(n, lane, at3, m, row),
    ));
  }
}
