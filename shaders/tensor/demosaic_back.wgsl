// What comes to a pixel from those whose colours it is in.
import package::tensor::bayer::{ Shape, colour_at, weight };
import package::tensor::index::THREADS;

@group(0) @binding(0) var<storage, read> gy: array<f32>;
@group(0) @binding(1) var<storage, read_write> gx: array<f32>;
@group(0) @binding(2) var<uniform> shape: Shape;

// How often a pixel at `seer`, next to the border, sees the one at `seen`: it sees what lies inside of it for what lies beyond, too.
fn times(seer: i32, seen: i32, size: u32) -> f32 {
  let last = i32(size) - 1;
  let twice = ((seer == 0) & (seen == 1)) | ((seer == last) & (seen == last - 1));
  return select(1.0, 2.0, twice);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  let pixels = shape.height * shape.width;
  let n = i / pixels;
  if (n >= shape.samples) { return; }
  let at = i - n * pixels;
  let row = i32(at / shape.width);
  let column = i32(at) - row * i32(shape.width);
  let colour = colour_at(u32(row), u32(column), shape);
  let plane = (3u * n + colour) * pixels;
  var sum = 0.0;
  for (var down = -1; down <= 1; down++) {
    let r = row - down;
    for (var across = -1; across <= 1; across++) {
      let c = column - across;
      let share = weight(colour, down, across);
      let inside = (r >= 0) & (r < i32(shape.height)) & (c >= 0) & (c < i32(shape.width));
      if (inside & (share != 0.0)) {
        let often = times(r, row, shape.height) * times(c, column, shape.width);
        sum += share * often * gy[plane + u32(r) * shape.width + u32(c)];
      }
    }
  }
  gx[i] = sum;
}
