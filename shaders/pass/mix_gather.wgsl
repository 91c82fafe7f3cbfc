// The gradient of a mix's input: what the outputs that see a sample give back to it, in the order of the table (`mix_table`), so
// that nothing races and two runs give equal bits.
import package::generated::io::{ plane_g, plane_y, shape, store, table_at };
import package::generated::seen::{ Eye, SOURCES, eye_of, frame, given };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, join };
import package::lib::share::{ next, pixel, share };

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
  let f = frame();
  let first = table_at(own.n);
  let last = table_at(own.n + 1u);
  let width = shape.width;
  var q = own.first;
  loop {
    let at = pixel(q * 4u, width);
    var sum: Quad;
    // The sample itself is always there.
    var e = first;
    loop {
      let who = table_at(e);
      let n = who / SOURCES;
      let g = four(plane_g(n, own.lane), who - n * SOURCES, at, f32(width), eye_of(n), f);
      sum = Quad(sum.a + g.a, sum.b + g.b, sum.c + g.c);
      continuing { e += 1u; break if e >= last; }
    }
    store(py, q, sum);
    continuing { q += own.step; break if q >= own.end; }
  }
}
