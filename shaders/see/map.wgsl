// What a row of maps sees at an output pixel: the source, where the inverse of the row's matrix leads.
import package::generated::chain::{ Grads, Row };
import package::generated::fill::{ show, show_slope };
import package::generated::maps::{ save_matrix_grads, source_matrix };
import package::lib::pixel::Pixel;
import package::lib::place::{ MatrixSum, Place, Source, place, place_backward, source_of, through, whole_sum };
import package::lib::plane::Plane;
import package::lib::sample::{ Slope, look, look_slope };

struct Scene { source: Source }

fn scene_of(n: u32, lane: u32) -> Scene { return Scene(source_of(source_matrix(n))); }

fn see(plane: Plane, at: Pixel, scene: Scene, row: Row) -> vec3f {
  let seen = look(plane, place(scene.source.m, at));
  return through(scene.source, show(seen.value, seen.outside, row));
}

struct Seen { value: vec3f, place: Place, slope: Slope }

fn see_again(plane: Plane, at: Pixel, scene: Scene, row: Row) -> Seen {
  let there = place(scene.source.m, at);
  let s = look_slope(plane, there);
  return Seen(through(scene.source, show(s.value, s.outside, row)), there, s);
}

struct SeeSum { matrix: MatrixSum }

fn see_back(seen: Seen, g: vec3f, at: Pixel, scene: Scene, row: Row, sum: ptr<function, SeeSum>, grads: ptr<function, Grads>) {
  let h = place_backward(seen.place, show_slope(g, seen.slope, row, grads));
  (*sum).matrix[0] += h * at.x;
  (*sum).matrix[1] += h * at.y;
  (*sum).matrix[2] += h;
}

fn save_see(sum: SeeSum, scene: Scene, n: u32, lane: u32, slot: u32) {
  let g = whole_sum(sum.matrix);
  let source = scene.source;
  save_matrix_grads(mat3x3f(through(source, g[0]), through(source, g[1]), through(source, g[2])), n, slot);
}
