// The gradient of a pixel that is seen again beyond the image: the sum over its images.
import package::lib::mirrored::{ image, images };
import package::lib::thread::LINE;
import package::program::motion::shape;

@group(0) @binding(1) var<storage, read> gathered: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let plane = index / (shape.width * shape.height);
  if (plane >= shape.samples * shape.channels) { return; }
  let own = index - plane * shape.width * shape.height;
  let size = vec2i(vec2u(shape.width, shape.height));
  let py = i32(own / shape.width);
  let px = i32(own) - py * size.x;
  let margin = i32(shape.margin);
  let canvas = size + 2 * margin;
  let start = i32(plane) * canvas.x * canvas.y;
  let across = images(px, size.x, -margin, size.x - 1 + margin);
  let down = images(py, size.y, -margin, size.y - 1 + margin);
  var sum = 0.0;
  // Each loop runs at least once; an image that nobody looks at is left out.
  var j = down.x;
  loop {
    let vy = image(py, j, size.y) + margin;
    var i = across.x;
    loop {
      let vx = image(px, i, size.x) + margin;
      let inside = (u32(vx) < u32(canvas.x)) & (u32(vy) < u32(canvas.y));
      sum += select(0.0, gathered[u32(start + select(0, vy * canvas.x + vx, inside))], inside);
      continuing { i++; break if i > across.y; }
    }
    continuing { j++; break if j > down.y; }
  }
  y[index] = sum;
}
