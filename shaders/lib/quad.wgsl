// Four neighbouring pixels of up to three channels: what a thread reads and writes at a time.
struct Quad { a: vec4f, b: vec4f, c: vec4f }

fn gather(y0: vec3f, y1: vec3f, y2: vec3f, y3: vec3f) -> Quad {
  return Quad(vec4f(y0.x, y1.x, y2.x, y3.x), vec4f(y0.y, y1.y, y2.y, y3.y), vec4f(y0.z, y1.z, y2.z, y3.z));
}
