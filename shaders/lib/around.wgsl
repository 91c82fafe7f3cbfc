// The three by three samples of chroma around one, as pairs of blue and red, and what is seen of them at the pixels around it.
import package::lib::halves::Halves;

// A row or a column of three.
struct Three { a: vec2f, b: vec2f, c: vec2f }
struct Around { top: Three, middle: Three, bottom: Three }

// At the pixel 2k − 1 + t along an axis, of the samples k − 1, k and k + 1.
fn along(t: u32, v: Three) -> vec2f {
  if (t == 0u) { return 0.75 * v.a + 0.25 * v.b; }
  if (t == 1u) { return 0.25 * v.a + 0.75 * v.b; }
  if (t == 2u) { return 0.75 * v.b + 0.25 * v.c; }
  return 0.25 * v.b + 0.75 * v.c;
}

fn row_at(t: u32, v: Around) -> Three {
  return Three(
    along(t, Three(v.top.a, v.middle.a, v.bottom.a)),
    along(t, Three(v.top.b, v.middle.b, v.bottom.b)),
    along(t, Three(v.top.c, v.middle.c, v.bottom.c)),
  );
}
