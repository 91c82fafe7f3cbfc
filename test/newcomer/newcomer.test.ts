import { expect, test } from "vitest";
import { ofGuide, ofKinds } from "./newcomers.ts";
import { tryOut } from "./tree.ts";

test("the guide has a point, a field and a stencil; the other kinds have one here", () => {
  const kindOf = ({ pieces }: { pieces: { code: string }[] }) =>
    pieces.map(({ code }) => /kind: "(\w+)"|= (map|field|mix)</.exec(code)?.slice(1).find(Boolean)).find(Boolean);
  expect(ofGuide().map(kindOf).sort()).toEqual(["field", "point", "stencil"]);
  expect(ofKinds().map(kindOf).sort()).toEqual(["block", "line", "map", "mix", "program"]);
});

// The others take minutes: npm run newcomer.
test("the point of the guide, added as it is printed, is tested without another edit", async () => {
  const [point] = ofGuide();
  const outcome = await tryOut([point], {
    files: ["test/transforms/contract", "test/transforms/registry", "test/docs/registry"],
  });
  expect(outcome.said).toBe("");
  expect(outcome.failed).toBe(0);
  expect(outcome.passed).toBeGreaterThan(15);
  expect(outcome.touched).toEqual([
    "shaders/color/soft_invert.wgsl",
    "src/transforms/color/color.ts",
    "test/reference/families/color.ts",
  ]);
}, 240_000);
