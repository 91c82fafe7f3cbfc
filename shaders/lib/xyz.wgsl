// Linear RGB of sRGB's primaries to CIE XYZ and back, as Kornia and OpenCV have the numbers; D65 is white. The transposes pull gradients back.
const WHITE: vec3f = vec3f(0.95047, 1.0, 1.08883);

const X: vec3f = vec3f(0.412453, 0.357580, 0.180423);
const Y: vec3f = vec3f(0.212671, 0.715160, 0.072169);
const Z: vec3f = vec3f(0.019334, 0.119193, 0.950227);

const R: vec3f = vec3f(3.2404813432005266, -1.5371515162713185, -0.4985363261688878);
const G: vec3f = vec3f(-0.9692549499965682, 1.8759900014898907, 0.0415559265582928);
const B: vec3f = vec3f(0.0556466391351772, -0.2040413383665112, 1.0573110696453443);

fn xyz_of(x: vec3f) -> vec3f { return vec3f(dot(X, x), dot(Y, x), dot(Z, x)); }
fn xyz_back(g: vec3f) -> vec3f { return X * g.x + Y * g.y + Z * g.z; }

fn rgb_of(x: vec3f) -> vec3f { return vec3f(dot(R, x), dot(G, x), dot(B, x)); }
fn rgb_back(g: vec3f) -> vec3f { return R * g.x + G * g.y + B * g.z; }
