// A row of maps, composed to one, and the points that follow: where does this output pixel look, what does it see there.
import package::generated::io::{ GROUPS, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::generated::maps::source_matrix;
import package::lib::place::place;
import package::lib::quad::gather;
import package::lib::sample::look;
import package::generated::fill::show;
import package::lib::thread::{ LINE, pixel };

fn see(n: u32, lane: u32, i: u32, m: mat3x3f, row: Row) -> vec3f {
  let at = pixel(i, shape.out_width);
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
    let i = q * 4u;
    store(n, lane, q, gather(
      see(n, lane, i, m, row), see(n, lane, i + 1u, m, row), see(n, lane, i + 2u, m, row), see(n, lane, i + 3u, m, row),
    ));
  }
}
