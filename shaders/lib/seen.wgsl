// What a pass sees at the four pixels of a quad, for kernels that only read; one after the other, as seeing takes much code.
import package::generated::chain::Row;
import package::generated::see::{ Scene, see };
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, put };
import package::lib::share::next;

fn seen(plane: Plane, scene: Scene, row: Row, a: Pixel, width: f32) -> Quad {
  var quad: Quad;
  var at = a;
  for (var i = 0u; i < 4u; i++) {
    quad = put(quad, i, see(plane, at, scene, row));
    at = next(at, width);
  }
  return quad;
}
