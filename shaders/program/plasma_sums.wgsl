// The gradients of the parameters, as sums of threads `[sample][thread]`. That of the roughness is 0 unless the derivatives of the field are
// at hand.
import package::lib::thread::LINE;
import package::program::plasma_change::{ back_of, fields, four_of, fours, shape, values_of, x };

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
  @if(tangent) let derivatives = shape.samples * shape.fields * shape.rows * shape.columns;
  var sum = vec3f(0.0);
  let each = fours();
  for (var c = 0u; c < shape.channels; c++) {
    for (var q = index - n * shape.threads; q < each; q += shape.threads) {
      let own = four_of(n, c, q);
      for (var k = 0u; k < own.count; k++) {
        let g = gradient[own.at + k];
        let b = back_of(x[own.at + k], fields[own.in_field + k], values);
        @if(tangent) let slope = g * b.field * fields[derivatives + own.in_field + k];
        @if(!tangent) let slope = 0.0;
        sum += vec3f(slope, g * b.first, g * b.second);
      }
    }
  }
  roughness[index] = sum.x;
  first[index] = sum.y;
  second[index] = sum.z;
}
