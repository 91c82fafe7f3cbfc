// The pull-back of a row of maps to the matrix, and of the points that follow to their parameters. The gradient at the
// resample itself is stored where the gradient of the input is wanted too: `map_gather` reads it.
import package::generated::io::{ GROUPS, load_g, plane_x, shape, store };
import package::generated::chain::{ Grads, Row, load_row, pull, save_grads };
import package::generated::maps::{ save_matrix_grads, source_matrix };
import package::generated::fill::{ show, show_backward };
import package::lib::pixel::Pixel;
import package::lib::place::{ place, place_backward };
import package::lib::quad::{ first, turn };
import package::lib::sample::look_slope;
import package::lib::thread::{ LINE, next, pixel };

fn back(
  plane: u32, at: Pixel, m: mat3x3f, row: Row, gy: vec3f,
  gm: ptr<function, mat3x3f>, grads: ptr<function, Grads>,
) -> vec3f {
  let there = place(m, at);
  let s = look_slope(plane, there, vec2i(i32(shape.width), i32(shape.height)));
  let g = pull(show(s.value, s.outside, row), row, at, gy, grads);
  let outside = show_backward(g, s.outside, row, grads);
  let h = place_backward(m, at, there, vec2f(dot(g, s.dx) + outside * s.outside_dx, dot(g, s.dy) + outside * s.outside_dy));
  (*gm)[0] += h * at.x;
  (*gm)[1] += h * at.y;
  (*gm)[2] += h;
  return g;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let owner = index / shape.threads;
  if (owner >= shape.samples * GROUPS) { return; }
  let n = owner / GROUPS;
  let group = owner % GROUPS;
  let lane = group * 3u;
  let row = load_row(n, lane);
  let m = source_matrix(n);
  let plane = plane_x(n, lane);
  var gm = mat3x3f();
  var grads: Grads;
  for (var q = index % shape.threads; q < shape.quads; q += shape.threads) {
    var g = load_g(n, lane, q);
    var at = pixel(q * 4u, shape.out_width);
    for (var k = 0; k < 4; k++) {
      g = turn(g, back(plane, at, m, row, first(g), &gm, &grads));
      at = next(at, shape.out_width);
    }
    @if(resample_gradient) store(n, lane, q, g);
  }
  let slot = group * shape.threads + index % shape.threads;
  save_grads(grads, n, lane, slot);
  save_matrix_grads(gm, n, slot);
}
