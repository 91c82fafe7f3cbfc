// A share of one value and the rest of another. At 0 and at 1 the one is taken as it is, bit for bit, whatever the other holds:
// a product with 0 would make NaN of what is infinite.
import package::lib::nan::is_finite3;

fn blend(x: vec3f, y: vec3f, share: f32) -> vec3f {
  let between = select((1.0 - share) * x + share * y, x, x == y);
  return select(select(between, y, share >= 1.0), x, share <= 0.0);
}

// The gradient of the share: Σ g · (y − x). Channels in which one of them is not finite are left out.
fn blend_slope(x: vec3f, y: vec3f, g: vec3f) -> f32 {
  let d = y - x;
  return dot(select(vec3f(0.0), g, is_finite3(d)), select(vec3f(0.0), d, is_finite3(d)));
}
