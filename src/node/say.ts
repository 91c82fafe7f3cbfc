/** Says which browser and which adapters the tests and the demo of this machine run on. */
import { launchBrowser } from "./browser.ts";
import { dawn } from "./dawn.ts";

const browser = await launchBrowser({ say: console.log });
console.log(`Browser: ${browser.description}`);
await browser.close();
console.log(`Node: ${(await dawn()).description}`);
