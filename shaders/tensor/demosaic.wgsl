// Each colour of every pixel: its own where its filter lets that through, else the mean of the nearest.
import package::tensor::bayer::{ Shape, colour_at, mirrored, weight };
import package::tensor::index::THREADS;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let at = i - n * pixels;
  let row = at / shape.width;
  let column = at - row * shape.width;
  var rgb = vec3f(0.0);
  for (var down = -1; down <= 1; down++) {
    let r = mirrored(i32(row) + down, shape.height);
    for (var across = -1; across <= 1; across++) {
      let c = mirrored(i32(column) + across, shape.width);
      let colour = colour_at(r, c, shape);
      let share = weight(colour, down, across);
      // What has no share is not looked at, whatever it is.
      let v = select(0.0, share * x[n * pixels + r * shape.width + c], share != 0.0);
      rgb += select(vec3f(0.0), vec3f(v), vec3u(0u, 1u, 2u) == vec3u(colour));
    }
  }
  let to = 3u * n * pixels + at;
  y[to] = rgb.x;
  y[to + pixels] = rgb.y;
  y[to + 2u * pixels] = rgb.z;
}
