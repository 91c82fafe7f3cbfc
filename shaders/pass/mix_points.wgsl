// Points that go with the pixel of their own sample that they are nearest to: `back` from the result to the source.
import package::generated::io::{ moved, points, shape };
import package::generated::taps::pixel_of;
import package::lib::cheap::within2;
import package::lib::thread::LINE;

@if(back) fn size_of() -> vec2f { return vec2f(f32(shape.out_width), f32(shape.out_height)); }
@if(!back) fn size_of() -> vec2f { return vec2f(f32(shape.width), f32(shape.height)); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.threads) { return; }
  let p = vec2f(points[2u * i], points[2u * i + 1u]);
  let near = within2(floor(p + 0.5), vec2f(0.0), size_of() - 1.0);
  let there = p + (pixel_of(near, i / shape.threads) - near);
  moved[2u * i] = there.x;
  moved[2u * i + 1u] = there.y;
}
