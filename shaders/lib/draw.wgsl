// Random numbers of a pixel, from the key of a sample. Nothing is stored: a backward pass draws them again. The counter is the
// pixel's place, so that what is drawn depends on the key, the stream, the channel and the place, and not on the size of the
// image or of the batch. Nothing is shifted: see threefry.wgsl. Keys have all rounds of Threefry; an image has many numbers, and only
// their statistics matter: these have 13.
import package::lib::cheap::{ whole, whole2 };
import package::lib::pixel::Pixel;
import package::lib::threefry::{ threefry2x32, threefry2x32_13 };

// The keys of a stream of draws: of a thread's three channels, and of what all channels of a pixel have in common, which is what
// the first one draws.
struct Stream { own: vec2u, joint: vec2u }

// A word of a block of floats, in two halves: whole numbers up to 65,535 are what they were, whatever a device does to NaN.
fn word_of(low: f32, high: f32) -> u32 { return u32(low) | (u32(high) << 16u); }

// Stream `number` of the sample whose seed is two words, and a third one that tells apart samples of one seed. Once per thread.
fn stream_of(seed: vec2u, sample: u32, number: u32, lane: u32) -> Stream {
  let key = threefry2x32(seed, vec2u(sample, number));
  return Stream(threefry2x32(key, vec2u(lane, 0u)), threefry2x32(key, vec2u(0u, 0u)));
}

// What a transform gets: a stream at a pixel, which has one block of 64 bits for three channels.
struct Draw { stream: Stream, at: vec2u }

fn draw_at(stream: Stream, at: Pixel) -> Draw { return Draw(stream, bitcast<vec2u>(whole2(vec2f(at.x, at.y)))); }

// What a key of a stream gives at a place.
fn bits_at(key: vec2u, place: vec2u) -> vec2u { return threefry2x32_13(key, place); }
fn own_bits(d: Draw) -> vec2u { return bits_at(d.stream.own, d.at); }
fn joint_bits(d: Draw) -> vec2u { return bits_at(d.stream.joint, d.at); }

// The upper 21 bits as a number in [0, 1), a multiple of 2⁻²¹: the sign counts as −½, and ½ is added.
fn upper(bits: u32) -> f32 { return f32(bitcast<i32>(bits & 0xfffff800u)) * 2.3283064365386963e-10 + 0.5; }

// Uniform in [0, 1): two numbers for all channels, or one for each of the thread's three.
fn uniform_joint(d: Draw) -> vec2f {
  let bits = joint_bits(d);
  return vec2f(upper(bits.x), upper(bits.y));
}
fn uniform_own(d: Draw) -> vec3f {
  let bits = own_bits(d);
  let low = vec2f(bitcast<vec2i>(bits & vec2u(0x7ffu, 0x3ffu))) * vec2f(0.00048828125, 4.76837158203125e-7);
  return vec3f(upper(bits.x), upper(bits.y), low.x + low.y);
}

// Normal, with mean 0 and deviation 1: one number for all channels, or one for each of the thread's three.
fn normal_joint(d: Draw) -> f32 { return normal_pair(joint_bits(d).x).x; }
fn normal_own(d: Draw) -> vec3f {
  let bits = own_bits(d);
  return vec3f(normal_pair(bits.x), normal_pair(bits.y).x);
}

// Box and Muller: √(−2 ln u) · (cos a, sin a), u having the upper 16 bits and a, in turns, the lower ones. No number is larger than
// 4.9. WGSL leaves log, cos and sin to the device, to 2⁻¹¹: these are good to some 10⁻⁷.
fn normal_pair(bits: u32) -> vec2f {
  let u = (f32(bitcast<i32>(bits & 0xffff0000u)) + 2147516416.0) * 2.3283064365386963e-10;
  return sqrt(-2.0 * log_unit(u)) * turn(f32(bitcast<i32>(bits & 0xffffu)) * 6.103515625e-5);
}

// ln u for 0 < u < 1, u being 2ᵉ · m with m from √½ to √2.
fn log_unit(u: f32) -> f32 {
  let power = (bitcast<i32>(u) - 0x3f3504f3) & -8388608;
  let f = bitcast<f32>(bitcast<i32>(u) - power) - 1.0;
  let a = 0.14249322787 + f * (-0.12420140846 + f * (0.1167699874 + f * (-0.1151461031 + f * 0.070376836292)));
  let b = 0.33333331174 + f * (-0.24999993993 + f * (0.20000714765 + f * (-0.16668057665 + f * a)));
  return f32(power) * 8.262958294867817e-8 + (f + f * f * (f * b - 0.5));
}

// Cosine and sine of quarters of a turn, 0 to 4. The nearest whole one is left out; on what remains, at most π / 4, two polynomials
// are good.
fn turn(quarters: f32) -> vec2f {
  let nearest = whole(quarters);
  let r = (quarters - f32(nearest)) * 1.5707963267948966;
  let r2 = r * r;
  let s = r + r * r2 * (-0.16666666641626524 + r2 * (0.008333329385889463 + r2 * (-0.00019839334836096632 + r2 * 2.718311493989822e-6)));
  let c = 1.0 + r2 * (-0.49999999725108224 + r2 * (0.041666623324344516 + r2 * (-0.001388676377460993 + r2 * 2.439044879627741e-5)));
  let swapped = select(vec2f(c, s), vec2f(s, c), (nearest & 1) == 1);
  // The cosine is negative in quarters 1 and 2, the sine in 2 and 3: the sign is the upper bit.
  let signs = bitcast<vec2u>(vec2i(nearest + 1, nearest) & vec2i(2)) * 0x40000000u;
  return bitcast<vec2f>(bitcast<vec2u>(swapped) ^ signs);
}
