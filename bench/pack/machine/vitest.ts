/**
 * What the packed tests import as "vitest": its own collector, runner and matchers, without the rest of it.
 * Inline snapshots are left out, since they need the source.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { restoreAllMocks, spyOn } from "@vitest/spy";

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "@vitest/runner";

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const asymmetric = (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT];

export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  asymmetric,
);
// The matchers count assertions in the state of the `expect` that they hang on.
setState({ assertionCalls: 0 }, expect as never);

/** Types are the compiler's business, which has seen to them. */
const type = { toEqualTypeOf() {} };
export const expectTypeOf = (_: unknown) => ({ ...type, resolves: type });

/** What the tests use of it; the limits of time are the runner's. */
export const vi = { spyOn, restoreAllMocks, setConfig() {} };
