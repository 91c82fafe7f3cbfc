// m = 1 where lower <= x <= upper in every channel, else 0;  y = m · x, or m itself
import package::lib::cheap::within3;
import package::lib::nan::is_nan3;

struct Params { lower: vec3f, upper: vec3f, mask: bool, estimator: f32, softness: f32, channels: u32 }

fn there(p: Params) -> vec3<bool> { return vec3u(0u, 1u, 2u) < vec3u(p.channels); }

fn is_inside(x: vec3f, p: Params) -> bool { return all(((x >= p.lower) & (x <= p.upper)) | !there(p)); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let inside = is_inside(x, p);
  let seen = x + (p.lower - p.lower) + (p.upper - p.upper);
  let lost = is_nan3(seen) & there(p);
  let sum = seen.x + seen.y + seen.z;
  let m = select(select(0.0, 1.0, inside), sum, any(lost));
  return select(select(select(vec3f(0.0), x, inside), seen, lost), vec3f(m), p.mask);
}

fn sigmoid(v: vec3f) -> vec3f { return 1.0 / (1.0 + exp(-within3(v, vec3f(-80.0), vec3f(80.0)))); }

// soft (0): the gradient of m = Π a b, a = sigmoid((x − lower) / k), b = sigmoid((upper − x) / k), k the softness:
// dm / dx = m (b − a) / k;  dm / dlower = −m (1 − a) / k;  dm / dupper = m (1 − b) / k
// none (1): that of m · x with m as it is
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let a = sigmoid((x - p.lower) / p.softness);
  let b = sigmoid((p.upper - x) / p.softness);
  let share = select(vec3f(1.0), a * b, there(p));
  let soft = p.estimator == 0.0;
  let m = select(select(0.0, 1.0, is_inside(x, p)), share.x * share.y * share.z, soft);
  let gm = select(dot(gy, x), gy.x, p.mask) * select(0.0, m / p.softness, soft);
  (*gp).lower -= gm * (1.0 - a);
  (*gp).upper += gm * (1.0 - b);
  return select(gy * m, vec3f(0.0), p.mask) + gm * (b - a);
}
