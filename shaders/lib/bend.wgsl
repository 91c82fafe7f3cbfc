// How a field bends the plane around a point of its result, and which point looks at a place.
import package::generated::field::{ Scene, guess_of, place_of, ratio_of, size_of };
import package::lib::nan::is_nan;

// Half the way over which slopes are taken, in pixels: places of some thousands of pixels differ by far more than they are rounded.
const REACH: f32 = 0.0625;

// How the place changes with the point, along x and along y.
fn slopes(q: vec2f, s: Scene) -> mat2x2f {
  let x = vec2f(REACH, 0.0);
  let y = vec2f(0.0, REACH);
  return mat2x2f(
    (place_of(q + x, s) - place_of(q - x, s)) / (2.0 * REACH),
    (place_of(q + y, s) - place_of(q - y, s)) / (2.0 * REACH),
  );
}

// v of m v = a. Where the field does not move with the point, in some direction, it is large and finite.
fn solved(m: mat2x2f, a: vec2f) -> vec2f {
  let d = determinant(m);
  let safe = select(d, select(-1e-6, 1e-6, d >= 0.0), abs(d) < 1e-6);
  return vec2f(m[1].y * a.x - m[1].x * a.y, m[0].x * a.y - m[0].y * a.x) / safe;
}

// A point, how far its place lies from the one that is looked for, and the square of that; NaN counts as farthest.
struct Guess { q: vec2f, left: vec2f, d: f32 }
const FARTHEST: f32 = 3e38;

fn guess(q: vec2f, to: vec2f, s: Scene) -> Guess {
  let left = place_of(q, s) - to;
  let d = dot(left, left);
  return Guess(q, left, select(min(d, FARTHEST), FARTHEST, is_nan(d)));
}

// The nearest on a coarse grid over the result: where a field folds a little, Newton's method then starts on the right side.
const CELLS: u32 = 16u;

fn start(to: vec2f, s: Scene) -> Guess {
  var best = guess(guess_of(to, s), to, s);
  for (var i = 0u; i < CELLS * CELLS; i++) {
    let cell = (vec2f(f32(i % CELLS), f32(i / CELLS)) + 0.5) / f32(CELLS);
    let next = guess(cell * size_of(s) - 0.5, to, s);
    if (next.d < best.d) { best = next; }
  }
  return best;
}

// Nearer than this, the square of a 10,000th pixel, is there.
const THERE: f32 = 1e-8;

// Newton's method. A step that leads farther away is halved; one is never longer than a quarter of the result.
fn newton(begin: Guess, to: vec2f, s: Scene) -> Guess {
  var at = begin;
  let longest = 0.25 * max(size_of(s).x, size_of(s).y) + 1.0;
  for (var i = 0u; i < 24u; i++) {
    if (at.d < THERE) { break; }
    let whole = solved(slopes(at.q, s), at.left);
    var step = whole / max(1.0, sqrt(dot(whole, whole)) / longest);
    var next = guess(at.q - step, to, s);
    for (var k = 0u; k < 8u; k++) {
      if (next.d < at.d) { break; }
      step *= 0.5;
      next = guess(at.q - step, to, s);
    }
    if (!(next.d < at.d)) { break; }
    at = next;
  }
  return at;
}

// Where a point lies in the triangle of three places, in parts of its sides from the first one on; outside where it is not in it.
fn part_of(to: vec2f, a: vec2f, b: vec2f, c: vec2f) -> vec2f {
  let m = mat2x2f(b - a, c - a);
  let part = solved(m, to - a);
  let inside = abs(determinant(m)) > 1e-6 && part.x >= 0.0 && part.y >= 0.0 && part.x + part.y <= 1.0;
  return select(vec2f(-1.0), part, inside);
}

const WINDOW: u32 = 64u;

// Pixels around, row by row, until the places of four neighbours have the point between them. Where a field folds, distances lead into
// dead ends; this does not ask for them.
fn enclosed(begin: Guess, to: vec2f, s: Scene) -> Guess {
  let first = floor(begin.q) - 0.5 * f32(WINDOW);
  for (var row = 0u; row < WINDOW; row++) {
    var at = first + vec2f(0.0, f32(row));
    var a = place_of(at, s);
    var c = place_of(at + vec2f(0.0, 1.0), s);
    for (var column = 0u; column < WINDOW; column++) {
      let b = place_of(at + vec2f(1.0, 0.0), s);
      let d = place_of(at + vec2f(1.0, 1.0), s);
      let upper = part_of(to, a, b, c);
      if (upper.x >= 0.0) { return guess(at + upper, to, s); }
      let lower = part_of(to, d, c, b);
      if (lower.x >= 0.0) { return guess(at + 1.0 - lower, to, s); }
      a = b;
      c = d;
      at.x += 1.0;
    }
  }
  return begin;
}

fn better(a: Guess, b: Guess) -> Guess {
  if (b.d < a.d) { return b; }
  return a;
}

// The square of 0.005 pixels.
const NEAR: f32 = 2.5e-5;

fn is_within(q: vec2f, s: Scene) -> bool { return all(q >= vec2f(-0.5)) && all(q <= size_of(s) - 0.5); }

// The point that looks at a place: within the result, where one is found there. Where none does, the one that looks nearest to it.
fn point_of(to: vec2f, s: Scene) -> vec2f {
  let still = guess(guess_of(to, s), to, s);
  let near = newton(still, to, s);
  if (near.d < NEAR && is_within(near.q, s)) { return near.q; }
  let other = newton(start(to, s), to, s);
  if (other.d < NEAR) { return other.q; }
  if (near.d < NEAR) { return near.q; }
  // A field that moves pixels by less and less from one to the next has a fixed point, which this reaches where Newton's method
  // is caught in a fold.
  var fixed = still;
  for (var i = 0u; i < 32u; i++) { fixed = guess(fixed.q - fixed.left / ratio_of(s), to, s); }
  let at = better(better(near, other), newton(fixed, to, s));
  if (at.d < NEAR) { return at.q; }
  return better(at, newton(enclosed(at, to, s), to, s)).q;
}
