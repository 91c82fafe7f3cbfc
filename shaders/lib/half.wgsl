// Two f32 as f16 in a word. pack2x16float leaves to the device what does not fit into f16, and SwiftShader's then changes the
// other half as well: 0.25 beside 1e30 became 0.25024. Here it is infinite, as in IEEE arithmetic, and NaN stays NaN.
const SIGN: u32 = 0x8000u;
const INFINITE: u32 = 0x7c00u;
const NOT_A_NUMBER: u32 = 0x7e00u;

fn pack_halves(v: vec2f) -> u32 {
  let bits = bitcast<vec2u>(v);
  let size = bits & vec2u(0x7fffffffu);
  // 65520 and more round to infinity; what is below, but above the largest number, to that.
  let fits = size < vec2u(0x477ff000u);
  let numbers = pack2x16float(clamp(select(vec2f(0.0), v, fits), vec2f(-65504.0), vec2f(65504.0)));
  let kind = select(vec2u(INFINITE), vec2u(NOT_A_NUMBER), size > vec2u(0x7f800000u));
  let others = select(kind | ((bits >> vec2u(16u)) & vec2u(SIGN)), vec2u(0u), fits);
  return numbers | others.x | (others.y << 16u);
}
