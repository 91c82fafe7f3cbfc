// y = Σ_c weights_c · x_c, in every channel
struct Params { weights: array<f32, 3> }

fn vector(p: Params) -> vec3f { return vec3f(p.weights[0], p.weights[1], p.weights[2]); }

fn forward(x: vec3f, p: Params) -> vec3f { return vec3f(dot(x, vector(p))); }

// gx = weights · Σ_c gy;  dweights = Σ x · Σ_c gy.  Of one channel, only the first has a gradient.
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let sum = gy.x + gy.y + gy.z;
  (*gp).weights[0] += x.x * sum;
  (*gp).weights[1] += x.y * sum;
  (*gp).weights[2] += x.z * sum;
  return sum * vector(p);
}
