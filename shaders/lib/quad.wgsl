// Four neighbouring pixels of up to three channels: what a thread reads and writes at a time. A quad is worked on as a
// ring: take the first pixel, append what becomes of it; after four turns the results are in order. A loop over it keeps
// a long chain in the program once, not four times, and needs no dynamic index.
struct Quad { a: vec4f, b: vec4f, c: vec4f }

fn first(q: Quad) -> vec3f { return vec3f(q.a.x, q.b.x, q.c.x); }

fn turn(q: Quad, last: vec3f) -> Quad {
  return Quad(vec4f(q.a.yzw, last.x), vec4f(q.b.yzw, last.y), vec4f(q.c.yzw, last.z));
}
