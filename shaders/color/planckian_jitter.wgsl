// y = min(x · (r, 1, b), 1): r and b are the red and the blue of a light, against its green. Those of lights every 500 K are tables,
// between which lie straight lines.
import package::lib::cheap::within;
import package::lib::nan::unless_nan;

struct Params { temperature: f32, light: f32 }

// Red and blue (x, y), and how they grow with a step of 500 K (z, w). Each piece adds its part of the way.
fn toward(v: vec4f, u: f32, k: f32, part: vec2f) -> vec4f {
  let here = (u >= k) & (u < k + 1.0);
  return vec4f(v.xy + part * within(u - k, 0.0, 1.0), select(v.zw, part, here));
}

// A black body from 3000 K on (Zini et al. 2022, table of Kornia's RandomPlanckianJitter).
fn blackbody(u: f32) -> vec4f {
  var v = vec4f(1.6736163, 0.0032266071, 0.0, 0.0);
  v = toward(v, u, 0.0, vec2f(-0.19259765, 0.38936948));
  v = toward(v, u, 1.0, vec2f(-0.12717599, 0.18219806));
  v = toward(v, u, 2.0, vec2f(-0.092231686, 0.13285674));
  v = toward(v, u, 3.0, vec2f(-0.070913275, 0.10563815));
  v = toward(v, u, 4.0, vec2f(-0.057217982, 0.08747935));
  v = toward(v, u, 5.0, vec2f(-0.047310408, 0.073926203));
  v = toward(v, u, 6.0, vec2f(-0.040122369, 0.063967443));
  v = toward(v, u, 7.0, vec2f(-0.034572571, 0.055297699));
  v = toward(v, u, 8.0, vec2f(-0.030480825, 0.048372882));
  v = toward(v, u, 9.0, vec2f(-0.026702878, 0.042876528));
  v = toward(v, u, 10.0, vec2f(-0.024058084, 0.038089738));
  v = toward(v, u, 11.0, vec2f(-0.021669735, 0.034016094));
  v = toward(v, u, 12.0, vec2f(-0.019506706, 0.030580102));
  v = toward(v, u, 13.0, vec2f(-0.017790267, 0.027600303));
  v = toward(v, u, 14.0, vec2f(-0.016087509, 0.025071875));
  v = toward(v, u, 15.0, vec2f(-0.015006483, 0.022698052));
  v = toward(v, u, 16.0, vec2f(-0.013926154, 0.020755312));
  v = toward(v, u, 17.0, vec2f(-0.012886598, 0.018900344));
  v = toward(v, u, 18.0, vec2f(-0.011812715, 0.017396907));
  v = toward(v, u, 19.0, vec2f(-0.010998594, 0.016416824));
  v = toward(v, u, 20.0, vec2f(-0.010311493, 0.014607948));
  v = toward(v, u, 21.0, vec2f(-0.0098818475, 0.013748657));
  v = toward(v, u, 22.0, vec2f(-0.0088589698, 0.012777201));
  v = toward(v, u, 23.0, vec2f(-0.0086478626, 0.012137947));
  return v;
}

// CIE's daylight from 4000 K on.
fn daylight(u: f32) -> vec4f {
  var v = vec4f(1.31848, 0.51752997, 0.0, 0.0);
  v = toward(v, u, 0.0, vec2f(-0.097833106, 0.13554934));
  v = toward(v, u, 1.0, vec2f(-0.074230792, 0.10915845));
  v = toward(v, u, 2.0, vec2f(-0.059148869, 0.091161978));
  v = toward(v, u, 3.0, vec2f(-0.048524211, 0.077508568));
  v = toward(v, u, 4.0, vec2f(-0.04152852, 0.066306176));
  v = toward(v, u, 5.0, vec2f(-0.035454177, 0.057688314));
  v = toward(v, u, 6.0, vec2f(-0.031666531, 0.050382794));
  v = toward(v, u, 7.0, vec2f(-0.027966117, 0.044288876));
  v = toward(v, u, 8.0, vec2f(-0.024975694, 0.03937346));
  v = toward(v, u, 9.0, vec2f(-0.022830454, 0.034878787));
  v = toward(v, u, 10.0, vec2f(-0.020882089, 0.031000359));
  v = toward(v, u, 11.0, vec2f(-0.019229455, 0.028099755));
  v = toward(v, u, 12.0, vec2f(-0.017560265, 0.025597344));
  v = toward(v, u, 13.0, vec2f(-0.016280825, 0.023042501));
  v = toward(v, u, 14.0, vec2f(-0.015426106, 0.020701236));
  v = toward(v, u, 15.0, vec2f(-0.014148112, 0.019209098));
  v = toward(v, u, 16.0, vec2f(-0.013350286, 0.017588472));
  v = toward(v, u, 17.0, vec2f(-0.012502649, 0.016105107));
  v = toward(v, u, 18.0, vec2f(-0.011866921, 0.015045561));
  v = toward(v, u, 19.0, vec2f(-0.011019284, 0.013562195));
  v = toward(v, u, 20.0, vec2f(-0.010595465, 0.012714558));
  v = toward(v, u, 21.0, vec2f(-0.0097478279, 0.011866921));
  return v;
}

// Beyond the tables light is as at their ends.
fn light(p: Params) -> vec4f {
  if (p.light == 0.0) { return blackbody((p.temperature - 3000.0) / 500.0); }
  return daylight((p.temperature - 4000.0) / 500.0);
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let v = light(p);
  let y = x * vec3f(v.x, 1.0, v.y);
  return unless_nan(select(y, vec3f(1.0), y > vec3f(1.0)), p.temperature);
}

// gx = gy · (r, 1, b);  dtemperature = Σ gy · x · slope / 500; both only where y <= 1
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let v = light(p);
  let ratio = vec3f(v.x, 1.0, v.y);
  let g = select(gy, vec3f(0.0), x * ratio > vec3f(1.0));
  (*gp).temperature += (g.x * x.x * v.z + g.z * x.z * v.w) / 500.0;
  return g * ratio;
}
