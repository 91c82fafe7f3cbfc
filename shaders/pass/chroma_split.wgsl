// From images to planes of luma and of chroma with half the sides: a thread for each sample of chroma.
import package::lib::halves::{ halves_of, halving, seen_at, spot_of };
import package::lib::thread::LINE;
import package::lib::tile::Shape;
import package::lib::ycbcr::ycbcr_of;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> planes: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let p = spot_of(id.x + id.y * LINE, shape);
  if (p.n >= shape.samples) { return; }
  let h = halves_of(p.n, shape);
  let pixels = shape.width * shape.height;
  let columns = vec4u(
    seen_at(i32(2u * p.i) - 1, h.width, shape.width), seen_at(i32(2u * p.i), h.width, shape.width),
    seen_at(i32(2u * p.i) + 1, h.width, shape.width), seen_at(i32(2u * p.i) + 2, h.width, shape.width),
  );
  var sum = vec3f(0.0);
  for (var t = 0u; t < 4u; t++) {
    let row = p.n * 3u * pixels + seen_at(i32(2u * p.j + t) - 1, h.height, shape.height) * shape.width;
    var line = vec3f(0.0);
    for (var k = 0u; k < 4u; k++) {
      let at = row + columns[k];
      let rgb = vec3f(x[at], x[at + pixels], x[at + 2u * pixels]);
      line += halving(k) * rgb;
      if (((t == 1u) | (t == 2u)) & ((k == 1u) | (k == 2u))) {
        planes[h.luma + (2u * p.j + t - 1u) * h.width + 2u * p.i + k - 1u] = ycbcr_of(rgb).x;
      }
    }
    sum += halving(t) * line;
  }
  let mean = ycbcr_of(sum);
  planes[h.blue + p.own] = mean.y;
  planes[h.red + p.own] = mean.z;
}
