// y = x + drop · (fill − x), per channel
struct Params { drop: vec3f, fill: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let y = x + p.drop * (p.fill - x);
  // What is dropped is the fill, and what is not is the image, bit for bit, whatever they hold.
  return select(select(y, vec3f(p.fill), p.drop >= vec3f(1.0)), x, p.drop <= vec3f(0.0));
}

// gx = gy · (1 − drop);  ddrop = Σ gy · (fill − x);  dfill = Σ gy · drop
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).drop += gy * (p.fill - x);
  (*gp).fill += dot(gy, p.drop);
  return gy * (1.0 - p.drop);
}
