// What a tap gives to pixels: sums of the kernel's weights at `pos` over the taps that lie on the strip of each.
import package::lib::cheap::at_least4;
import package::lib::images::Strips;
import package::lib::kernel::weights;

@if(bilinear && pad_zeros)
fn strip_weights(pos: f32, s: Strips) -> vec4f { return at_least4(1.0 - abs(pos - s.low), 0.0); }

@if(bilinear && !pad_zeros)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let below = s.low - pos;
  let above = pos - s.high;
  return at_least4(1.0 - at_least4(select(above, below, below > above), 0.0), 0.0);
}

@if(nearest)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let tap = vec4f(floor(pos + 0.5));
  return select(vec4f(0.0), vec4f(1.0), (tap >= s.low) & (tap <= s.high));
}

@if(bicubic)
fn strip_weights(pos: f32, s: Strips) -> vec4f {
  let start = floor(pos);
  let w = weights(pos - start);
  var sum = vec4f(0.0);
  for (var k = 0; k < 4; k++) {
    let tap = vec4f(start + f32(k) - 1.0);
    sum += select(vec4f(0.0), vec4f(w[k]), (tap >= s.low) & (tap <= s.high));
  }
  return sum;
}

// The same for two rows.
@if(bilinear && pad_zeros)
fn row_weights(pos: f32, s: Strips) -> vec2f {
  let w = 1.0 - abs(pos - s.low.xy);
  return select(w, vec2f(0.0), w < vec2f(0.0));
}

@if(!bilinear || !pad_zeros)
fn row_weights(pos: f32, s: Strips) -> vec2f { return strip_weights(pos, s).xy; }
