// The gradients of points that went through a field, of its parameters, and of the tensor's value at the point. With J the slopes of
// the place at the point q of the result: q looks at p, dp = J dq + dθ, so that dq = J⁻¹ (dp − dθ) (the implicit function theorem).
import package::generated::field::{ Scene, back_of, scene_of };
import package::generated::io::{ gradient, points, result, shape };
import package::lib::bend::{ slopes, solved };
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.threads) { return; }
  let s = scene_of(i / shape.threads);
  let q = vec2f(points[2u * i], points[2u * i + 1u]);
  let g = vec2f(gradient[2u * i], gradient[2u * i + 1u]);
  let down = transpose(slopes(q, s));
  @if(inverted) let to = solved(down, g);
  @if(inverted) let place = -to;
  @if(!inverted) let to = down * g;
  @if(!inverted) let place = g;
  result[2u * i] = to.x;
  result[2u * i + 1u] = to.y;
  back_of(q, s, place, i);
}
