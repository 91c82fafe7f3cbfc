// The least of some values, which pixel holds it first, and how many do. The largest is the least of the values with other signs.
struct Holder { value: vec3f, at: vec3u, count: vec3u }

const NOTHING: f32 = 3.4e38;

fn nobody() -> Holder { return Holder(vec3f(NOTHING), vec3u(0u), vec3u(0u)); }

// With the value of pixel `i`, where that is `there`. NaN is neither less nor equal, and so left out.
fn with_value(h: Holder, v: vec3f, i: u32, there: bool) -> Holder {
  let less = (v < h.value) & vec3<bool>(there);
  let equal = (v == h.value) & vec3<bool>(there);
  return Holder(
    select(h.value, v, less),
    select(h.at, vec3u(i), less),
    select(h.count + select(vec3u(0u), vec3u(1u), equal), vec3u(1u), less),
  );
}

fn least(a: Holder, b: Holder) -> Holder {
  let less = b.value < a.value;
  let equal = b.value == a.value;
  let first = select(a.at, min(a.at, b.at), equal & (a.count > vec3u(0u)));
  return Holder(
    select(a.value, b.value, less),
    select(first, b.at, less | (equal & (a.count == vec3u(0u)))),
    select(select(a.count, a.count + b.count, equal), b.count, less),
  );
}
