// Points through a field: `inverted` where points of the source go in the result, else where points of the result look.
import package::generated::field::{ place_of, scene_of };
import package::generated::io::{ moved, points, shape };
import package::lib::bend::point_of;
import package::lib::nan::is_nan;
import package::lib::thread::LINE;

@if(inverted)
fn through(p: vec2f, n: u32) -> vec2f {
  if (is_nan(p.x + p.y)) { return vec2f(p.x + p.y); }
  return point_of(p, scene_of(n));
}
@if(!inverted)
fn through(p: vec2f, n: u32) -> vec2f { return place_of(p, scene_of(n)); }

// `shape.threads` is how many points a sample has.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.threads) { return; }
  let there = through(vec2f(points[2u * i], points[2u * i + 1u]), i / shape.threads);
  moved[2u * i] = there.x;
  moved[2u * i + 1u] = there.y;
}
