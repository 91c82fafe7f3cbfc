// npm start: serves examples/ live from source, and opens the page where there is a screen.
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));
const server = await createServer({ configFile, server: { open: false } });
await server.listen();
const { port } = server.httpServer.address();
const url = `http://127.0.0.1:${port}/examples/`;
console.log(`augrad's examples are at ${url} (Ctrl-C ends).`);

const hasScreen = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (hasScreen) {
  server.config.server.open = "/examples/";
  server.openBrowser();
}
