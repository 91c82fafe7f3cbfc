// The map that takes a box to a box, both as edges (x0, y0, x1, y1): x' + ½ = (x + ½ − a.x0) · (b.x1 − b.x0) / (a.x1 − a.x0) + b.x0.

// Boxes of one size keep pixels as they are: division is not exact everywhere.
fn scale_of(a: vec4f, b: vec4f) -> vec2f {
  let before = a.zw - a.xy;
  let after = b.zw - b.xy;
  return select(after / before, vec2f(1.0), before == after);
}

fn box_matrix(a: vec4f, b: vec4f) -> mat3x3f {
  let s = scale_of(a, b);
  let t = (0.5 - a.xy) * s + (b.xy - 0.5);
  return mat3x3f(vec3f(s.x, 0.0, 0.0), vec3f(0.0, s.y, 0.0), vec3f(t, 1.0));
}

struct Boxes { a: vec4f, b: vec4f }

// gs being the gradient of the scale, and gt that of the shift:
// da0 = gs s / |a| − gt s;  da1 = −gs s / |a|;  db0 = gt − gs / |a|;  db1 = gs / |a|
fn box_back(a: vec4f, b: vec4f, gm: mat3x3f) -> Boxes {
  let s = scale_of(a, b);
  let gt = gm[2].xy;
  let g = (vec2f(gm[0].x, gm[1].y) + gt * (0.5 - a.xy)) / (a.zw - a.xy);
  return Boxes(vec4f((g - gt) * s, -g * s), vec4f(gt - g, g));
}
