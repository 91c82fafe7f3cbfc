// Four neighbouring pixels of up to three channels: what a thread reads and writes at a time.
struct Quad { a: vec4f, b: vec4f, c: vec4f }

fn first(q: Quad) -> vec3f { return vec3f(q.a.x, q.b.x, q.c.x); }
fn second(q: Quad) -> vec3f { return vec3f(q.a.y, q.b.y, q.c.y); }
fn third(q: Quad) -> vec3f { return vec3f(q.a.z, q.b.z, q.c.z); }
fn fourth(q: Quad) -> vec3f { return vec3f(q.a.w, q.b.w, q.c.w); }

// One of the four, for a loop over them, and a quad with one of them put in.
fn pick(q: Quad, i: u32) -> vec3f { return vec3f(q.a[i], q.b[i], q.c[i]); }
fn put(q: Quad, i: u32, v: vec3f) -> Quad {
  let here = vec4u(i) == vec4u(0u, 1u, 2u, 3u);
  return Quad(select(q.a, vec4f(v.x), here), select(q.b, vec4f(v.y), here), select(q.c, vec4f(v.z), here));
}

fn join(a: vec3f, b: vec3f, c: vec3f, d: vec3f) -> Quad {
  return Quad(vec4f(a.x, b.x, c.x, d.x), vec4f(a.y, b.y, c.y, d.y), vec4f(a.z, b.z, c.z, d.z));
}
