// Of W × H pixels after so many quarter turns counter-clockwise, k being 0 to 3.
import package::lib::frame::Frame;

fn quarter(turns: f32) -> f32 { return turns - 4.0 * floor(0.25 * turns); }

// k = 1: x' = y, y' = W − 1 − x; k = 2: x' = W − 1 − x, y' = H − 1 − y; k = 3: x' = H − 1 − y, y' = x
fn turned(k: f32, f: Frame) -> mat3x3f {
  let last = vec2f(f.width - 1.0, f.height - 1.0);
  if (k == 1.0) { return mat3x3f(vec3f(0.0, -1.0, 0.0), vec3f(1.0, 0.0, 0.0), vec3f(0.0, last.x, 1.0)); }
  if (k == 2.0) { return mat3x3f(vec3f(-1.0, 0.0, 0.0), vec3f(0.0, -1.0, 0.0), vec3f(last, 1.0)); }
  if (k == 3.0) { return mat3x3f(vec3f(0.0, 1.0, 0.0), vec3f(-1.0, 0.0, 0.0), vec3f(last.y, 0.0, 1.0)); }
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(0.0, 0.0, 1.0));
}
