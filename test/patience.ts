/**
 * Dawn's binding asks by `setImmediate` whether what it waits for is done, again and again: a core that does nothing else, while
 * SwiftShader compiles and computes on the others. That was more than a third of the processor time of the tests. Here it asks a few
 * times at once, and then every millisecond. For tests only: a step of an application may be shorter than that.
 */
const { setImmediate: atOnce, setTimeout: later } = globalThis;
/** So many questions without a pause, about as long as a small step takes. */
const QUICK = 8;
/** Milliseconds without a question after which the next one is about something new. */
const QUIET = 3;

const ofBinding = "function () { [native code] }";
let asked = 0;
let last = 0;

/** What Dawn asks with is a native function without a name; everything else is called at once, as ever. */
function patiently(ask: (...given: unknown[]) => void, ...given: unknown[]): unknown {
  if (given.length > 0 || Function.prototype.toString.call(ask) !== ofBinding) return atOnce(ask, ...(given as []));
  const now = performance.now();
  asked = now - last > QUIET ? 0 : asked + 1;
  last = now;
  return asked < QUICK ? atOnce(ask) : later(ask, 1);
}

globalThis.setImmediate = Object.assign(patiently, atOnce) as typeof setImmediate;
