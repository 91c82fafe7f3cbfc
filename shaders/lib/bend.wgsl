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

// The nearest of the points around, and then around that one, ever closer: it needs no slopes, and steps over a jump.
fn narrowed(begin: Guess, to: vec2f, s: Scene) -> Guess {
  var at = begin;
  var reach = size_of(s) / f32(CELLS);
  for (var i = 0u; i < 12u; i++) {
    let middle = at.q;
    for (var k = 0u; k < 49u; k++) {
      let next = guess(middle + (vec2f(f32(k % 7u), f32(k / 7u)) - 3.0) / 3.0 * reach, to, s);
      if (next.d < at.d) { at = next; }
    }
    reach *= 0.5;
  }
  return at;
}

fn better(a: Guess, b: Guess) -> Guess {
  if (b.d < a.d) { return b; }
  return a;
}

// The square of 0.005 pixels.
const NEAR: f32 = 2.5e-5;

// The point that looks at a place. Where none does, the one that looks nearest to it.
fn point_of(to: vec2f, s: Scene) -> vec2f {
  var at = newton(start(to, s), to, s);
  if (at.d < NEAR) { return at.q; }
  // A field that moves pixels by less and less from one to the next has a fixed point, which this reaches where Newton's method
  // is caught in a fold.
  var fixed = guess(guess_of(to, s), to, s);
  for (var i = 0u; i < 32u; i++) { fixed = guess(fixed.q - fixed.left / ratio_of(s), to, s); }
  at = better(at, newton(fixed, to, s));
  if (at.d < NEAR) { return at.q; }
  return better(at, newton(narrowed(at, to, s), to, s)).q;
}
