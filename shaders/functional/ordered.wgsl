// Numbers as whole ones in the same order: negative ones have their bits turned round. Both zeros are one, and NaN is behind all.
import package::lib::nan::is_nan;

fn key_of(v: f32) -> u32 {
  let bits = select(bitcast<u32>(v), 0u, (bitcast<u32>(v) << 1u) == 0u);
  let key = select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
  return select(key, 0xffffffffu, is_nan(v));
}

fn number_of(key: u32) -> f32 { return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u)); }
