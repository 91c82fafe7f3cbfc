// Coordinates of −1..1 from the centre of the first pixel to that of the last, and back. The middle of a single pixel is 0.
fn to_unit(at: vec2f, size: vec2f) -> vec2f {
  let single = size < vec2f(2.0);
  return select(2.0 * at / select(size - 1.0, vec2f(1.0), single) - 1.0, vec2f(0.0), single);
}

// Pixels for a unit: half the way from the first to the last.
fn unit_slope(size: vec2f) -> vec2f { return 0.5 * (size - 1.0); }

fn from_unit(u: vec2f, size: vec2f) -> vec2f { return (u + 1.0) * unit_slope(size); }
