// Eight pixels whose gradients a thread gathers at a time: four neighbours of a row, and those below them.
import package::lib::quad::Quad;

struct Eight { top: Quad, bottom: Quad }

fn added(a: Quad, w: vec4f, g: vec3f) -> Quad { return Quad(a.a + w * g.x, a.b + w * g.y, a.c + w * g.z); }
fn plus(a: Quad, b: Quad) -> Quad { return Quad(a.a + b.a, a.b + b.b, a.c + b.c); }
fn sum_of(a: Eight, b: Eight) -> Eight { return Eight(plus(a.top, b.top), plus(a.bottom, b.bottom)); }
fn eight_of(v: f32) -> Eight { return Eight(Quad(vec4f(v), vec4f(v), vec4f(v)), Quad(vec4f(v), vec4f(v), vec4f(v))); }
