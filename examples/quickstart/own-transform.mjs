import { apply, declare, gradcheck, parameter, requestGpu, tensor } from "augrad/node";

// A transform of your own: a declaration, and WGSL with the pull-back beside the function.
const vignette = declare({
  name: "vignette",
  kind: "point",
  module: "user::vignette",
  position: true, // its functions also get the pixel's place, in pixels
  params: {
    strength: { default: 0.5, min: 0, unit: "factor", doc: "0 keeps the image" },
    radius: { default: 32, nonzero: true, unit: "pixels", doc: "where the light has fallen by the strength" },
  },
  doc: "y = x · (1 − strength · r² / radius²), r from the upper left corner",
  source: "this example",
  wgsl: `
    import package::lib::pixel::Pixel;
    struct Params { strength: f32, radius: f32 }

    fn falloff(p: Params, at: Pixel) -> f32 { return (at.x * at.x + at.y * at.y) / (p.radius * p.radius); }

    fn forward(x: vec3f, p: Params, at: Pixel) -> vec3f { return x * (1.0 - p.strength * falloff(p, at)); }

    fn backward(x: vec3f, p: Params, at: Pixel, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
      let f = falloff(p, at);
      (*gp).strength -= dot(gy, x) * f;
      (*gp).radius += dot(gy, x) * 2.0 * p.strength * f / p.radius;
      return gy * (1.0 - p.strength * f);
    }`,
});

const gpu = await requestGpu();
const image = Float32Array.from({ length: 3 * 16 * 16 }, (_, i) => 0.2 + ((i * 37) % 61) / 100);
const x = tensor(gpu, image, [1, 3, 16, 16], { requiresGrad: true });
const [strength, radius] = [parameter(gpu, [0.4]), parameter(gpu, [12])];
const report = await gradcheck(
  (...t) => apply(t[0], vignette({ strength: t[1], radius: t[2] })),
  [x, strength, radius],
);
console.log(report.ok ? "the gradients agree with finite differences" : report.worst);
gpu.destroy();
