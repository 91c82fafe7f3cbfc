import { expect, test } from "vitest";
import { kinds } from "../../src/compiler/kinds/index.ts";
import { ofGuide, ofKinds } from "./newcomers.ts";
import { tryOut } from "./tree.ts";

test("the guide has a point, a field and a stencil; every other kind has a newcomer here", () => {
  // Families that have a function for one kind name it by that, unless a declaration says another.
  const kindOf = ({ pieces }: { pieces: { code: string }[] }) => {
    const code = pieces.map((piece) => piece.code).join("\n");
    return (/kind: "(\w+)"/.exec(code) ?? /= (map|field|mix)</.exec(code))?.[1];
  };
  const guide = ofGuide().map(kindOf);
  expect(guide.sort()).toEqual(["field", "point", "stencil"]);
  expect([...guide, ...ofKinds().map(kindOf)].sort()).toEqual(Object.keys(kinds).sort());
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
