// The gradients of the parameters, as sums of threads `[sample][thread]`. That of the roughness is 0 unless the derivatives of the field are
// at hand.
import package::lib::thread::LINE;
import package::program::plasma_change::{ back_of, field_of, fields, shape, values_of, x };

@group(0) @binding(4) var<storage, read> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> roughness: array<f32>;
@group(0) @binding(6) var<storage, read_write> first: array<f32>;
@group(0) @binding(7) var<storage, read_write> second: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let values = values_of(n);
  let pixels = shape.height * shape.width;
  @if(tangent) let derivatives = shape.samples * shape.fields * pixels;
  var sum = vec3f(0.0);
  for (var c = 0u; c < shape.channels; c++) {
    let plane = n * shape.channels + c;
    let field = field_of(plane);
    for (var k = index - n * shape.threads; k < pixels; k += shape.threads) {
      let g = gradient[plane * pixels + k];
      let b = back_of(x[plane * pixels + k], fields[field + k], values);
      @if(tangent) let slope = g * b.field * fields[derivatives + field + k];
      @if(!tangent) let slope = 0.0;
      sum += vec3f(slope, g * b.first, g * b.second);
    }
  }
  roughness[index] = sum.x;
  first[index] = sum.y;
  second[index] = sum.z;
}
