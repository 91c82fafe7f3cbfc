// y_c = x_i, i = order_c
import package::lib::nan::is_nan3;

struct Params { order: vec3f, channels: u32 }

// The channel that each one shows, of those that there are.
fn source(p: Params) -> vec3f {
  let last = vec3f(f32(p.channels) - 1.0);
  return select(p.order, last, p.order > last);
}

fn pick(x: vec3f, i: f32) -> f32 { return select(select(x.x, x.y, i > 0.5), x.z, i > 1.5); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let i = source(p);
  return select(vec3f(pick(x, i.x), pick(x, i.y), pick(x, i.z)), p.order, is_nan3(p.order));
}

// gx_i = Σ gy_c over the channels that show i
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let i = source(p);
  let green = (i > vec3f(0.5)) & (i < vec3f(1.5));
  let blue = i > vec3f(1.5);
  let zero = vec3f(0.0);
  let of_red = select(gy, zero, green | blue);
  let of_green = select(zero, gy, green);
  let of_blue = select(zero, gy, blue);
  return vec3f(of_red.x + of_red.y + of_red.z, of_green.x + of_green.y + of_green.z, of_blue.x + of_blue.y + of_blue.z);
}
