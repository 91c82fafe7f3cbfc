// The gradient of a parameter from that of its block: sums over what the parameter was spread over, in order.
import package::lib::thread::LINE;

struct Shape { samples: u32, width: u32, offset: u32, by_sample: u32, by_component: u32, size: u32, first: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> block: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  if (index >= shape.size) { return; }
  var n = vec2u(0u, shape.samples);
  var k = vec2u(0u, shape.width);
  if (shape.by_sample > 0u) {
    // Of a batch that was split, the other parts have the other samples.
    let sample = index / shape.by_sample;
    n.x = sample - min(shape.first, sample);
    n.y = select(min(n.x + 1u, shape.samples), 0u, sample < shape.first);
  }
  if (shape.by_component > 0u) {
    k.x = index % shape.width;
    k.y = k.x + 1u;
  }
  var sum = 0.0;
  for (var j = k.x; j < k.y; j++) {
    for (var i = n.x; i < n.y; i++) { sum += block[(shape.offset + j) * shape.samples + i]; }
  }
  gradient[index] = sum;
}
