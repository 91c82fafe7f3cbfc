// The gradient of the tensor that a field looks through, from those of its values at points: a thread for each pixel goes through
// all points of its sample, so that they are added in their order.
import package::generated::io::{ gradient, points, result, shape };
import package::lib::between::between;
import package::lib::cheap::within2;
import package::lib::thread::LINE;

// The share of a pixel's value in what lies `t` behind `low`.
fn share(at: f32, low: f32, t: f32) -> f32 { return select(0.0, 1.0 - t, at == low) + select(0.0, t, at == low + 1.0); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.pixels) { return; }
  let n = i / shape.pixels;
  let pixel = i % shape.pixels;
  let at = vec2f(f32(pixel % shape.out_width), f32(pixel / shape.out_width));
  let size = vec2f(f32(shape.out_width), f32(shape.out_height));
  var sum = vec2f(0.0);
  for (var k = n * shape.threads; k < (n + 1u) * shape.threads; k++) {
    let q = within2(vec2f(points[2u * k], points[2u * k + 1u]), vec2f(0.0), size - 1.0);
    let b = between(q, size);
    let part = share(at.x, b.low.x, b.t.x) * share(at.y, b.low.y, b.t.y);
    if (part != 0.0) { sum += part * vec2f(gradient[2u * k], gradient[2u * k + 1u]); }
  }
  result[n * 2u * shape.pixels + pixel] = sum.x;
  result[(n * 2u + 1u) * shape.pixels + pixel] = sum.y;
}
