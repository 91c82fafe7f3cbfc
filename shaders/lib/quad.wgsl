// Four neighbouring pixels of up to three channels: what a thread reads and writes at a time. A quad is worked on as a
// ring: take the first pixel, append what becomes of it; after four turns the results are in order. A loop over it keeps
// a long chain in the program once, not four times, and needs no dynamic index.
struct Quad { a: vec4f, b: vec4f, c: vec4f }

fn first(q: Quad) -> vec3f { return vec3f(q.a.x, q.b.x, q.c.x); }

fn turn(q: Quad, last: vec3f) -> Quad {
  return Quad(vec4f(q.a.yzw, last.x), vec4f(q.b.yzw, last.y), vec4f(q.c.yzw, last.z));
}

fn second(q: Quad) -> vec3f { return vec3f(q.a.y, q.b.y, q.c.y); }
fn third(q: Quad) -> vec3f { return vec3f(q.a.z, q.b.z, q.c.z); }
fn fourth(q: Quad) -> vec3f { return vec3f(q.a.w, q.b.w, q.c.w); }
fn join(a: vec3f, b: vec3f, c: vec3f, d: vec3f) -> Quad {
  return Quad(vec4f(a.x, b.x, c.x, d.x), vec4f(a.y, b.y, c.y, d.y), vec4f(a.z, b.z, c.z, d.z));
}
