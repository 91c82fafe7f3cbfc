// The sample that a number names, of so many: the nearest one. A number that is none names the own sample, which then is lost.
import package::lib::cheap::within;
import package::lib::nan::is_nan;

fn partner_of(v: f32, own: u32, samples: u32) -> u32 {
  return u32(select(within(floor(v + 0.5), 0.0, f32(samples - 1u)), f32(own), is_nan(v)));
}
