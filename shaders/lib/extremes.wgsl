// The largest and the smallest channel, and which they are: one-hot, the first one where several are equal.
// Selects, not branches: neighbouring pixels would take different ones.
struct Extremes { high: f32, low: f32, top: vec3<bool>, bottom: vec3<bool> }

// `&`, not `&&`, which would branch.
fn extremes(x: vec3f) -> Extremes {
  let red = (x.x >= x.y) & (x.x >= x.z);
  let green = !red & (x.y >= x.z);
  let red_low = (x.x <= x.y) & (x.x <= x.z);
  let green_low = !red_low & (x.y <= x.z);
  return Extremes(
    select(select(x.z, x.y, green), x.x, red),
    select(select(x.z, x.y, green_low), x.x, red_low),
    vec3<bool>(red, green, !(red | green)),
    vec3<bool>(red_low, green_low, !(red_low | green_low)),
  );
}
