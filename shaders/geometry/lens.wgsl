// A lens by OpenCV's model (Brown and Conrady, a rational radial part, thin prisms, a tilted sensor), in the camera's own units:
// D(x, y) = tilt(x R + 2 p1 x y + p2 (r² + 2 x²) + s1 r² + s2 r⁴, y R + p1 (r² + 2 y²) + 2 p2 x y + s3 r² + s4 r⁴),
// R = (1 + k1 r² + k2 r⁴ + k3 r⁶) / (1 + k4 r² + k5 r⁴ + k6 r⁶),
// tilt(u, v) = (c X / W + sin τy cos τx, c Y / W − sin τx), (X, Y, W) = Ry Rx (u, v, 1), c = cos τy cos τx.
import package::lib::math::{ cos_sin, RADIANS_PER_DEGREE };

// Angles in degrees.
struct Lens {
  k1: f32, k2: f32, p1: f32, p2: f32, k3: f32, k4: f32, k5: f32, k6: f32,
  s1: f32, s2: f32, s3: f32, s4: f32, tilt: vec2f,
}

// What the radial part makes of a place: R is above / below.
struct Ray { at: vec2f, r2: f32, above: f32, below: f32 }

fn ray_of(q: vec2f, l: Lens) -> Ray {
  let r2 = dot(q, q);
  return Ray(q, r2, 1.0 + r2 * (l.k1 + r2 * (l.k2 + r2 * l.k3)), 1.0 + r2 * (l.k4 + r2 * (l.k5 + r2 * l.k6)));
}

// How far D without its tilt lies from q.
fn bent(r: Ray, l: Lens) -> vec2f {
  let across = 2.0 * r.at.x * r.at.y;
  let prism = r.r2 * vec2f(l.s1 + r.r2 * l.s2, l.s3 + r.r2 * l.s4);
  return r.at * ((r.above - r.below) / r.below) + prism + vec2f(
    l.p1 * across + l.p2 * (r.r2 + 2.0 * r.at.x * r.at.x),
    l.p1 * (r.r2 + 2.0 * r.at.y * r.at.y) + l.p2 * across,
  );
}

// A tilt: cosine and sine of both angles, and what a place is before it is divided by W.
struct Tilt { x: vec2f, y: vec2f, at: vec3f }

fn tilt_of(uv: vec2f, l: Lens) -> Tilt {
  let x = cos_sin(l.tilt.x);
  let y = cos_sin(l.tilt.y);
  return Tilt(x, y, vec3f(
    y.x * uv.x + y.y * (x.y * uv.y - x.x),
    x.x * uv.y + x.y,
    y.y * uv.x + y.x * (x.x - x.y * uv.y),
  ));
}

fn tilted(t: Tilt) -> vec2f {
  return t.y.x * t.x.x * t.at.xy / t.at.z + vec2f(t.y.y * t.x.x, -t.x.y);
}

// D(q) − q: nothing, exactly, without a lens.
fn bend(q: vec2f, l: Lens) -> vec2f {
  let b = bent(ray_of(q, l), l);
  let uv = q + b;
  return b + (tilted(tilt_of(uv, l)) - uv);
}

// The gradient of what is tilted, and of the angles.
struct TiltBack { uv: vec2f, tilt: vec2f }

fn tilt_back(uv: vec2f, t: Tilt, h: vec2f) -> TiltBack {
  let c = t.y.x * t.x.x;
  let a = h * c / t.at.z;
  let w = -dot(a, t.at.xy) / t.at.z;
  let to_c = dot(h, t.at.xy) / t.at.z;
  let back = vec2f(a.x * t.y.x + w * t.y.y, a.x * t.y.y * t.x.y + a.y * t.x.x - w * t.y.x * t.x.y);
  let by_x = a.x * t.y.y * (t.x.x * uv.y + t.x.y) + a.y * (t.x.x - t.x.y * uv.y) - w * t.y.x * (t.x.y + t.x.x * uv.y)
    - to_c * t.y.x * t.x.y - h.x * t.y.y * t.x.y - h.y * t.x.x;
  let by_y = a.x * (t.y.x * (t.x.y * uv.y - t.x.x) - t.y.y * uv.x) + w * (t.y.x * uv.x - t.y.y * (t.x.x - t.x.y * uv.y))
    - to_c * t.y.y * t.x.x + h.x * c;
  return TiltBack(back, vec2f(by_x, by_y) * RADIANS_PER_DEGREE);
}

// Back through D without its tilt, to the place: dr² is what comes to r², on which R and the prisms depend.
fn bent_back(r: Ray, l: Lens, h: vec2f) -> vec2f {
  let x = r.at.x;
  let y = r.at.y;
  let radial = r.above / r.below;
  let bends = l.k1 + r.r2 * (2.0 * l.k2 + 3.0 * r.r2 * l.k3) - radial * (l.k4 + r.r2 * (2.0 * l.k5 + 3.0 * r.r2 * l.k6));
  let prism = dot(h, vec2f(l.s1 + 2.0 * r.r2 * l.s2, l.s3 + 2.0 * r.r2 * l.s4));
  let dr2 = dot(h, r.at) / r.below * bends + h.x * l.p2 + h.y * l.p1 + prism;
  return vec2f(
    h.x * (radial + 2.0 * l.p1 * y + 4.0 * l.p2 * x) + h.y * 2.0 * l.p2 * y + 2.0 * x * dr2,
    h.y * (radial + 4.0 * l.p1 * y + 2.0 * l.p2 * x) + h.x * 2.0 * l.p1 * x + 2.0 * y * dr2,
  );
}

// The gradient of q from h, that of D(q); those of the coefficients are added to *gl.
fn bend_back(q: vec2f, l: Lens, h: vec2f, gl: ptr<function, Lens>) -> vec2f {
  let r = ray_of(q, l);
  let uv = q + bent(r, l);
  let t = tilt_back(uv, tilt_of(uv, l), h);
  let g = t.uv;
  (*gl).tilt += t.tilt;
  let r4 = r.r2 * r.r2;
  let radial = r.above / r.below;
  let dr = dot(g, q) / r.below;
  (*gl).k1 += dr * r.r2;
  (*gl).k2 += dr * r4;
  (*gl).k3 += dr * r4 * r.r2;
  (*gl).k4 -= dr * radial * r.r2;
  (*gl).k5 -= dr * radial * r4;
  (*gl).k6 -= dr * radial * r4 * r.r2;
  (*gl).p1 += g.x * 2.0 * q.x * q.y + g.y * (r.r2 + 2.0 * q.y * q.y);
  (*gl).p2 += g.x * (r.r2 + 2.0 * q.x * q.x) + g.y * 2.0 * q.x * q.y;
  (*gl).s1 += g.x * r.r2;
  (*gl).s2 += g.x * r4;
  (*gl).s3 += g.y * r.r2;
  (*gl).s4 += g.y * r4;
  return bent_back(r, l, g);
}

// The rows of D's derivative, as the columns of a matrix: its transpose.
fn bend_slope(q: vec2f, l: Lens) -> mat2x2f {
  let r = ray_of(q, l);
  let uv = q + bent(r, l);
  let t = tilt_of(uv, l);
  return mat2x2f(
    bent_back(r, l, tilt_back(uv, t, vec2f(1.0, 0.0)).uv),
    bent_back(r, l, tilt_back(uv, t, vec2f(0.0, 1.0)).uv),
  );
}

// x of D(x) = q, and whether there is one.
struct Straight { at: vec2f, found: bool }

// How near D(x) has to come to q, and how far a step goes at most, in the camera's units.
const NEAR: f32 = 1e-4;
const STRIDE: f32 = 0.5;

// Newton's method; beyond where the lens folds an image over there is nothing to find. NaN counts as found, and stays NaN.
fn straighten(q: vec2f, l: Lens) -> Straight {
  var x = q;
  var steps = 0u;
  var left = vec2f(0.0);
  loop {
    left = x + bend(x, l) - q;
    let m = bend_slope(x, l);
    let d = determinant(m);
    let step = vec2f(m[1].y * left.x - m[0].y * left.y, m[0].x * left.y - m[1].x * left.x) / select(d, 1e-3, abs(d) < 1e-3);
    let length = max(1.0, sqrt(dot(step, step)) / STRIDE);
    x -= step / length;
    steps += 1u;
    continuing { break if steps >= 16u || !(dot(left, left) > 1e-14); }
  }
  let off = x + bend(x, l) - q;
  return Straight(x, !(dot(off, off) > NEAR * NEAR || determinant(bend_slope(x, l)) < 0.0));
}

// The gradient of q from g, that of the x of D(x) = q; those of the coefficients are added to *gl: J dx = dq − ∂D.
fn straighten_back(x: vec2f, l: Lens, g: vec2f, gl: ptr<function, Lens>) -> vec2f {
  let m = bend_slope(x, l);
  let d = determinant(m);
  let h = vec2f(m[1].y * g.x - m[1].x * g.y, m[0].x * g.y - m[0].y * g.x) / select(d, 1e-3, abs(d) < 1e-3);
  bend_back(x, l, -h, gl);
  return h;
}
