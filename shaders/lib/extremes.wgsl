// Which channel is the largest and the smallest: one-hot, the first one where several are equal.
// Selects, not branches: neighbouring pixels would take different ones.

fn top(x: vec3f) -> vec3f {
  let red = x.x >= x.y && x.x >= x.z;
  let green = !red && x.y >= x.z;
  return select(vec3f(0.0), vec3f(1.0), vec3<bool>(red, green, !red && !green));
}

fn bottom(x: vec3f) -> vec3f {
  let red = x.x <= x.y && x.x <= x.z;
  let green = !red && x.y <= x.z;
  return select(vec3f(0.0), vec3f(1.0), vec3<bool>(red, green, !red && !green));
}
