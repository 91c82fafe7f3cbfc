// p' looks at (fx · u + cx, fy · v + cy), (u, v) the distortion of x = (p'x − cx) / fx, y = (p'y − cy) / fy:
// u = x · R + 2 p1 x y + p2 (r² + 2 x²), v = y · R + p1 (r² + 2 y²) + 2 p2 x y,
// R = (1 + k1 r² + k2 r⁴ + k3 r⁶) / (1 + k4 r² + k5 r⁴ + k6 r⁶)
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

struct Params {
  fx: f32, fy: f32, cx: f32, cy: f32,
  k1: f32, k2: f32, p1: f32, p2: f32, k3: f32, k4: f32, k5: f32, k6: f32,
}

// A pixel in the camera's own units, and what the radial part makes of it: R is above / below.
struct Ray { at: vec2f, r2: f32, above: f32, below: f32 }

fn ray_of(at: Pixel, p: Params) -> Ray {
  let q = vec2f((at.x - p.cx) / p.fx, (at.y - p.cy) / p.fy);
  let r2 = dot(q, q);
  return Ray(q, r2, 1.0 + r2 * (p.k1 + r2 * (p.k2 + r2 * p.k3)), 1.0 + r2 * (p.k4 + r2 * (p.k5 + r2 * p.k6)));
}

// How far (u, v) lies from (x, y): nowhere, exactly, without a lens.
fn bent(r: Ray, p: Params) -> vec2f {
  let across = 2.0 * r.at.x * r.at.y;
  return r.at * ((r.above - r.below) / r.below) + vec2f(
    p.p1 * across + p.p2 * (r.r2 + 2.0 * r.at.x * r.at.x),
    p.p1 * (r.r2 + 2.0 * r.at.y * r.at.y) + p.p2 * across,
  );
}

fn place(at: Pixel, p: Params, f: Frame) -> vec2f {
  return vec2f(at.x, at.y) + bent(ray_of(at, p), p) * vec2f(p.fx, p.fy);
}

// With h the gradient of (u, v), dR = h · (x, y); then back through x and y, on which r² depends.
fn backward(at: Pixel, p: Params, f: Frame, g: vec2f, gp: ptr<function, Params>) {
  let r = ray_of(at, p);
  let uv = r.at + bent(r, p);
  let h = g * vec2f(p.fx, p.fy);
  let x = r.at.x;
  let y = r.at.y;
  let r4 = r.r2 * r.r2;
  let radial = r.above / r.below;
  let dr = dot(h, r.at) / r.below;
  (*gp).k1 += dr * r.r2;
  (*gp).k2 += dr * r4;
  (*gp).k3 += dr * r4 * r.r2;
  (*gp).k4 -= dr * radial * r.r2;
  (*gp).k5 -= dr * radial * r4;
  (*gp).k6 -= dr * radial * r4 * r.r2;
  (*gp).p1 += h.x * 2.0 * x * y + h.y * (r.r2 + 2.0 * y * y);
  (*gp).p2 += h.x * (r.r2 + 2.0 * x * x) + h.y * 2.0 * x * y;
  let bends = p.k1 + r.r2 * (2.0 * p.k2 + 3.0 * r.r2 * p.k3) - radial * (p.k4 + r.r2 * (2.0 * p.k5 + 3.0 * r.r2 * p.k6));
  let dr2 = dr * bends + h.x * p.p2 + h.y * p.p1;
  let back = vec2f(
    h.x * (radial + 2.0 * p.p1 * y + 4.0 * p.p2 * x) + h.y * 2.0 * p.p2 * y + 2.0 * x * dr2,
    h.y * (radial + 4.0 * p.p1 * y + 2.0 * p.p2 * x) + h.x * 2.0 * p.p1 * x + 2.0 * y * dr2,
  );
  let focal = vec2f(p.fx, p.fy);
  (*gp).fx += g.x * uv.x - back.x * x / focal.x;
  (*gp).fy += g.y * uv.y - back.y * y / focal.y;
  (*gp).cx += g.x - back.x / focal.x;
  (*gp).cy += g.y - back.y / focal.y;
}
