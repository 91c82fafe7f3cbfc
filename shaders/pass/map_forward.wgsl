// A row of maps, composed to one, and the points that follow: where does this output pixel look, what does it see there.
import package::generated::io::{ GROUPS, plane_x, shape, store };
import package::generated::chain::{ Row, load_row, run };
import package::generated::maps::source_matrix;
import package::lib::pixel::Pixel;
import package::lib::place::place;
import package::lib::quad::{ Quad, turn };
import package::lib::sample::look;
import package::generated::fill::show;
import package::lib::thread::{ LINE, next, pixel };

fn see(plane: u32, at: Pixel, m: mat3x3f, row: Row) -> vec3f {
  let seen = look(plane, place(m, at), vec2i(i32(shape.width), i32(shape.height)));
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
  let plane = plane_x(n, lane);
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    var v: Quad;
    var at = pixel(q * 4u, shape.out_width);
    for (var k = 0; k < 4; k++) {
      v = turn(v, see(plane, at, m, row));
      at = next(at, shape.out_width);
    }
    store(n, lane, q, v);
  }
}
