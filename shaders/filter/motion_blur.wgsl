// A line of the kernel's width (`interpolation` is 0 for bilinear, 1 for nearest), weighted from `1 − direction` at its back to `1 + direction` at its front, and turned counter-clockwise by
// `angle` degrees: the weights are what is seen of it at the neighbours' places, divided by their sum.
import package::lib::math::{ RADIANS_PER_DEGREE, cos_sin };
import package::lib::neighbour::Neighbour;

struct Params { angle: f32, direction: f32, interpolation: f32 }

// Where a neighbour lies on the line before that was turned: along it and beside it.
fn on_line(at: Neighbour, p: Params) -> vec2f {
  let cs = cos_sin(p.angle);
  return vec2f(cs.x * at.x - cs.y * at.y, cs.y * at.x + cs.x * at.y);
}

// Linear from end to end, and one pixel more down to 0: what interpolation makes of the pixels of a line.
fn inside(s: f32, radius: f32) -> f32 { return clamp(s, -radius, radius); }
fn fade(s: f32, radius: f32) -> f32 { return clamp(radius + 1.0 - abs(s), 0.0, 1.0); }
fn brush(s: f32, radius: f32, direction: f32) -> f32 { return 0.5 * (1.0 + direction) - direction * 0.5 * (inside(s, radius) + radius) / radius; }

fn weight(at: Neighbour, p: Params) -> f32 {
  let radius = 0.5 * (at.width - 1.0);
  let there = on_line(at, p);
  let q = select(there, round(there), p.interpolation > 0.0);
  return fade(q.y, 0.0) * fade(q.x, radius) * brush(q.x, radius, p.direction);
}

// The derivatives are those of interpolation, also where the nearest pixel is taken: it has none of its own.
fn weight_backward(at: Neighbour, p: Params, gw: f32, gp: ptr<function, Params>) {
  let radius = 0.5 * (at.width - 1.0);
  let q = on_line(at, p);
  let seen = select(q, round(q), p.interpolation > 0.0);
  let beside = fade(q.y, 0.0);
  let along = fade(q.x, radius);
  let value = brush(q.x, radius, p.direction);
  let beside_slope = select(0.0, -sign(q.y), abs(q.y) < 1.0);
  let within = abs(q.x) <= radius;
  let along_slope = select(select(0.0, -sign(q.x) * value, abs(q.x) < radius + 1.0), -0.5 * p.direction / radius, within);
  // A turn moves a place on the line beside it, and one beside it backwards.
  let turned = beside_slope * q.x * along * value - beside * along_slope * q.y;
  (*gp).angle += gw * turned * RADIANS_PER_DEGREE;
  (*gp).direction -= gw * fade(seen.y, 0.0) * fade(seen.x, radius) * 0.5 * inside(seen.x, radius) / radius;
}
