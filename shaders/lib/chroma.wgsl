// The samples of chroma as a kernel with a thread for each reads them; the first two bindings of such kernels are these.
import package::lib::around::{ Around, Three };
import package::lib::halves::{ Halves, Spot };
import package::lib::tile::Shape;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> planes: array<f32>;

fn pair(h: Halves, row: u32, column: u32) -> vec2f {
  let at = row * h.across + column;
  return vec2f(planes[h.blue + at], planes[h.red + at]);
}

fn three(h: Halves, row: u32, i: u32) -> Three {
  return Three(pair(h, row, i - min(i, 1u)), pair(h, row, i), pair(h, row, min(i + 1u, h.across - 1u)));
}

fn around_of(h: Halves, p: Spot) -> Around {
  return Around(three(h, p.j - min(p.j, 1u), p.i), three(h, p.j, p.i), three(h, min(p.j + 1u, h.down - 1u), p.i));
}
