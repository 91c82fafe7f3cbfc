/** `npm run newcomer [-- NAMES]`: adds a transform of each kind to a copy of the tree, and runs the tests that follow from it. */
import { ofGuide, ofKinds } from "./newcomers.ts";
import { tryOut } from "./tree.ts";

const wanted = process.argv.slice(2);
const all = [...ofGuide(), ...ofKinds()].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
console.log(`Adding ${all.map(({ name }) => name).join(", ")} to a copy of the tree ...`);
const { touched, passed, failed, said } = await tryOut(all, {
  files: ["test/transforms", "test/docs", "test/reference"],
  checked: true,
});
for (const file of touched) console.log(`  ${file}`);
if (failed) console.error(said);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
