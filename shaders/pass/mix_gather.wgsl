// The gradient of a mix's input: what the outputs that see a sample give back to it, its own and then those in its list
// (`mix_table`), in order, so that nothing races and two runs give equal bits. What is the same for all quads is loaded once.
import package::generated::io::{ CHANNELS, plane_g, plane_y, shape, store, table_at };
import package::generated::seen::{ Eye, SOURCES, eye_of, frame, given };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, join };
import package::lib::share::{ next, pixel, share };

const NOBODY: u32 = 0xffffffffu;

fn four(plane: Plane, source: u32, a: Pixel, width: f32, s: Eye, f: Frame) -> Quad {
  let b = next(a, width);
  let c = next(b, width);
  let d = next(c, width);
  return join(given(plane, source, a, s, f), given(plane, source, b, s, f), given(plane, source, c, s, f), given(plane, source, d, s, f));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let py = plane_y(own.n, own.lane);
  let pg = plane_g(own.n, own.lane);
  let eye = eye_of(own.n);
  let f = frame();
  let first = table_at(own.n);
  let width = shape.width;
  var q = own.first;
  loop {
    let at = pixel(q * 4u, width);
    var sum = four(pg, 0u, at, f32(width), eye, f);
    // The loop asks at its end, and has a first turn where there is nobody: then it takes itself as a source that it has not.
    var entry = first;
    loop {
      let there = entry != NOBODY;
      let who = select(own.n * SOURCES, entry, there);
      let n = who / SOURCES;
      var plane = pg;
      plane.first = pg.first + (n - own.n) * CHANNELS * pg.step;
      let source = select(SOURCES, who - n * SOURCES, there);
      let following = select(NOBODY, table_at(shape.samples + who - n - 1u), there);
      let g = four(plane, source, at, f32(width), eye_of(n), f);
      sum = Quad(sum.a + g.a, sum.b + g.b, sum.c + g.c);
      entry = following;
      continuing { break if entry == NOBODY; }
    }
    store(py, q, sum);
    continuing { q += own.step; break if q >= own.end; }
  }
}
