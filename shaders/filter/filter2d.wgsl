// y = Σ k(t) x(p + t): the weights are the parameter.
import package::lib::neighbour::Neighbour;

struct Params { kernel: f32 }

fn weight(at: Neighbour, p: Params) -> f32 { return p.kernel; }
fn weight_backward(at: Neighbour, p: Params, gw: f32, gp: ptr<function, Params>) { (*gp).kernel += gw; }
