// Which channel is the largest and the smallest: one-hot, the first one where several are equal.

fn top(x: vec3f) -> vec3f {
  if (x.x >= x.y && x.x >= x.z) { return vec3f(1.0, 0.0, 0.0); }
  return select(vec3f(0.0, 0.0, 1.0), vec3f(0.0, 1.0, 0.0), x.y >= x.z);
}

fn bottom(x: vec3f) -> vec3f {
  if (x.x <= x.y && x.x <= x.z) { return vec3f(1.0, 0.0, 0.0); }
  return select(vec3f(0.0, 0.0, 1.0), vec3f(0.0, 1.0, 0.0), x.y <= x.z);
}
