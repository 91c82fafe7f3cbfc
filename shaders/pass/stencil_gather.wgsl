// The gradient of a stencil's input, gathered: a pixel looks up the outputs that saw it, with the same neighbourhood turned around, so
// that nothing races. Padding shows a pixel again beyond the image: its images are gone through, too. Away from the border there is one.
import package::generated::io::{ plane_x, plane_y, shape, store };
@if(fours) import package::generated::stencil::{ Scene, gathered_four, scene_of };
@if(!fours) import package::generated::stencil::{ BEYOND, LOW, Scene, gathered, is_applied, scene_of, own_pixel, own_share };
import package::lib::cheap::whole;
@if(mirrors) import package::lib::mirrored::{ image, images };
import package::lib::pixel::Pixel;
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, put };
import package::lib::share::{ next, pixel, share };

@if(!fours && !mirrors)
fn all_shares(plane: Plane, own: vec3f, px: i32, py: i32, scene: Scene) -> vec3f {
  return gathered(plane, own, px, py, scene);
}

@if(!fours && mirrors)
fn all_shares(plane: Plane, own: vec3f, px: i32, py: i32, scene: Scene) -> vec3f {
  let size = vec2i(plane.size);
  let across = images(px, size.x, LOW.x, size.x - 1 + BEYOND.x);
  let down = images(py, size.y, LOW.y, size.y - 1 + BEYOND.y);
  var sum = vec3f(0.0);
  // Each loop runs at least once: an image that nobody looks at gives nothing.
  var j = down.x;
  loop {
    let vy = image(py, j, size.y);
    var i = across.x;
    loop {
      sum += gathered(plane, own, image(px, i, size.x), vy, scene);
      continuing { i++; break if i > across.y; }
    }
    continuing { j++; break if j > down.y; }
  }
  return sum;
}

@if(!fours)
fn made(plane: Plane, first: Pixel, width: u32, scene: Scene) -> Quad {
  let applied = is_applied(scene);
  var quad: Quad;
  var at = first;
  var i = 0u;
  loop {
    let x = whole(at.x);
    let y = whole(at.y);
    var g = own_share(scene, x, y);
    if (applied) { g += all_shares(plane, own_pixel(plane, x, y), x, y, scene); }
    quad = put(quad, i, g);
    at = next(at, f32(width));
    continuing { i++; break if i >= 4u; }
  }
  return quad;
}

// Four of a row share what they read.
@if(fours)
fn made(plane: Plane, first: Pixel, width: u32, scene: Scene) -> Quad {
  return gathered_four(plane, whole(first.x), whole(first.y), scene);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let own = share(id);
  if (own.n >= shape.samples) { return; }
  let scene = scene_of(own.n, own.lane);
  let plane = plane_x(own.n, own.lane);
  let py = plane_y(own.n, own.lane);
  let width = shape.width;
  var q = own.first;
  loop {
    store(py, q, made(plane, pixel(q * 4u, width), width, scene));
    continuing { q += own.step; break if q >= own.end; }
  }
}
