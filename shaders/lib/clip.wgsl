// Clipping to 0..1 and its gradient: 1 inside and at the bounds, as PyTorch's clamp has it.
import package::lib::cheap::within3;

fn unit(y: vec3f) -> vec3f { return within3(y, vec3f(0.0), vec3f(1.0)); }

fn clip(y: vec3f, on: bool) -> vec3f { return select(y, unit(y), on); }

fn clip_backward(y: vec3f, gy: vec3f, on: bool) -> vec3f {
  let inside = (y >= vec3f(0.0)) & (y <= vec3f(1.0));
  return select(gy, select(vec3f(0.0), gy, inside), on);
}
