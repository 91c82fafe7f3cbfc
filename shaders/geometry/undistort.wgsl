// p' looks at where the lens shows it: c + f · D((p' − c) / f), see lens.wgsl
import package::geometry::lens::{ Lens, bend, bend_back };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

struct Params {
  fx: f32, fy: f32, cx: f32, cy: f32,
  k1: f32, k2: f32, p1: f32, p2: f32, k3: f32, k4: f32, k5: f32, k6: f32,
  s1: f32, s2: f32, s3: f32, s4: f32, tiltX: f32, tiltY: f32,
}

fn lens_of(p: Params) -> Lens {
  return Lens(p.k1, p.k2, p.p1, p.p2, p.k3, p.k4, p.k5, p.k6, p.s1, p.s2, p.s3, p.s4, vec2f(p.tiltX, p.tiltY));
}

fn unit_of(at: Pixel, p: Params) -> vec2f { return vec2f((at.x - p.cx) / p.fx, (at.y - p.cy) / p.fy); }

fn place(at: Pixel, p: Params, f: Frame) -> vec2f {
  return vec2f(at.x, at.y) + bend(unit_of(at, p), lens_of(p)) * vec2f(p.fx, p.fy);
}

// With u = (p' − c) / f: df = g D(u) − du u / f, dc = g − du / f.
fn backward(at: Pixel, p: Params, f: Frame, g: vec2f, gp: ptr<function, Params>) {
  let l = lens_of(p);
  let focal = vec2f(p.fx, p.fy);
  let u = unit_of(at, p);
  let shown = u + bend(u, l);
  var gl: Lens;
  let back = bend_back(u, l, g * focal, &gl);
  (*gp).k1 += gl.k1;
  (*gp).k2 += gl.k2;
  (*gp).p1 += gl.p1;
  (*gp).p2 += gl.p2;
  (*gp).k3 += gl.k3;
  (*gp).k4 += gl.k4;
  (*gp).k5 += gl.k5;
  (*gp).k6 += gl.k6;
  (*gp).s1 += gl.s1;
  (*gp).s2 += gl.s2;
  (*gp).s3 += gl.s3;
  (*gp).s4 += gl.s4;
  (*gp).tiltX += gl.tilt.x;
  (*gp).tiltY += gl.tilt.y;
  (*gp).fx += g.x * shown.x - back.x * u.x / focal.x;
  (*gp).fy += g.y * shown.y - back.y * u.y / focal.y;
  (*gp).cx += g.x - back.x / focal.x;
  (*gp).cy += g.y - back.y / focal.y;
}
