// y = s, or 1 − s the other way around, s = sigmoid(gain · (x − cutoff))
import package::lib::cheap::within3;
import package::lib::nan::is_nan3;

struct Params { cutoff: f32, gain: f32, inverse: bool }

// Beyond 80 the share is 0 or 1 to the last bit. exp of NaN may be anything.
fn share(x: vec3f, p: Params) -> vec3f {
  let t = p.gain * (x - p.cutoff);
  let e = exp(-within3(t, vec3f(-80.0), vec3f(80.0)));
  return select(1.0 / (1.0 + e), t, is_nan3(t));
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let s = share(x, p);
  return select(s, 1.0 - s, p.inverse);
}

// ds = g · s (1 − s):  gx = gain · ds;  dcutoff = −gain · Σ ds;  dgain = Σ ds · (x − cutoff)
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let s = share(x, p);
  let ds = select(gy, -gy, p.inverse) * s * (1.0 - s);
  (*gp).cutoff -= p.gain * (ds.x + ds.y + ds.z);
  (*gp).gain += dot(ds, x - p.cutoff);
  return p.gain * ds;
}
