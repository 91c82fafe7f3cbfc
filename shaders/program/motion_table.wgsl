// The weights of a line: one thread for each sample. A line of weights from `1 − direction` at its back to `1 + direction` at its front is
// turned counter-clockwise by `angle` degrees; what is seen of it at the neighbours' places, over the sum of all, are the weights.
import package::lib::math::{ RADIANS_PER_DEGREE, cos_sin };
import package::lib::nan::{ is_nan, nan_from };
import package::lib::thread::LINE;
import package::program::motion::{ STEP, shape, table_of };

// Angles, then directions.
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

// Linear from end to end, and one pixel more down to 0: what interpolation makes of the pixels of a line.
fn inside(s: f32, radius: f32) -> f32 { return clamp(s, -radius, radius); }
fn fade(s: f32, radius: f32) -> f32 { return clamp(radius + 1.0 - abs(s), 0.0, 1.0); }
fn brush(s: f32, radius: f32, direction: f32) -> f32 { return 0.5 * (1.0 + direction) - direction * 0.5 * (inside(s, radius) + radius) / radius; }

// The weight of a neighbour, and its derivatives by the angle and by the direction. They are those of interpolation, also where the
// nearest pixel is taken: it has none of its own.
fn cell(at: vec2f, cs: vec2f, direction: f32, radius: f32) -> vec3f {
  // Where it lies on the line before that was turned: along it and beside it.
  let q = vec2f(cs.x * at.x - cs.y * at.y, cs.y * at.x + cs.x * at.y);
  @if(nearest) let seen = round(q);
  @if(!nearest) let seen = q;
  let covered = fade(seen.y, 0.0) * fade(seen.x, radius);
  let beside = fade(q.y, 0.0);
  let along = fade(q.x, radius);
  let value = brush(q.x, radius, direction);
  let beside_slope = select(0.0, -sign(q.y), abs(q.y) < 1.0);
  let within = abs(q.x) <= radius;
  let along_slope = select(select(0.0, -sign(q.x) * value, abs(q.x) < radius + 1.0), -0.5 * direction / radius, within);
  // A turn moves a place on the line beside it, and one beside it backwards.
  let turned = beside_slope * q.x * along * value - beside * along_slope * q.y;
  let made = vec3f(covered * brush(seen.x, radius, direction), turned * RADIANS_PER_DEGREE, -covered * 0.5 * inside(seen.x, radius) / radius);
  let lost = vec3f(nan_from(cs.x));
  return select(select(vec3f(0.0), made, max(abs(at.x), abs(at.y)) <= radius), lost, is_nan(cs.x));
}

fn save(at: u32, v: vec3f) {
  made[at] = v.x;
  made[at + 3u] = v.y;
  made[at + 6u] = v.z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x + id.y * LINE;
  if (n >= shape.samples) { return; }
  let radius = f32(shape.radius);
  let cs = cos_sin(params[n]);
  let direction = params[shape.samples + n];
  let along_x = abs(cs.x) >= abs(cs.y);
  let slope = select(cs.x / cs.y, cs.y / cs.x, along_x);
  let first = table_of(n);
  made[first] = select(0.0, 1.0, along_x);
  let steps = 2u * shape.radius + 1u;
  var size = 0.0;
  var slopes = vec2f(0.0);
  for (var s = 0u; s < steps; s++) {
    let along = f32(s) - radius;
    let across = round(-along * slope) - 1.0;
    let at = first + 1u + STEP * s;
    made[at] = select(across, 0.0, is_nan(across));
    for (var j = 0u; j < 3u; j++) {
      let c = across + f32(j);
      let v = cell(select(vec2f(c, along), vec2f(along, c), along_x), cs, direction, radius);
      size += abs(v.x);
      slopes += sign(v.x) * v.yz;
      save(at + 1u + j, v);
    }
  }
  // Of w / Σ|w| the derivative is (w' − w / Σ|w| · Σ sign(w) w') / Σ|w|.
  for (var s = 0u; s < steps; s++) {
    for (var j = 0u; j < 3u; j++) {
      let at = first + 2u + STEP * s + j;
      let w = made[at] / size;
      save(at, vec3f(w, (made[at + 3u] - w * slopes.x) / size, (made[at + 6u] - w * slopes.y) / size));
    }
  }
}
