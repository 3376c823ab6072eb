// The pane, the page of the commands, and the web app. commands.js is made by vite.commands.config.ts, into the same folder.

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const BASE = "/addin/";

/** The browser fetches what draws the pane at once, not only when the entry has been read. */
function drawingFirst(): Plugin {
  return {
    name: "drawing-first",
    transformIndexHtml: {
      order: "post",
      handler(html, { path, bundle }) {
        if (!path.endsWith("taskpane.html")) return [];
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === "chunk");
        const drawing = chunks.find((chunk) => chunk.facadeModuleId?.endsWith("/taskpane/draw.tsx"));
        const files = drawing ? [drawing.fileName, ...drawing.imports] : [];
        return files.filter((file) => !html.includes(file)).map((file) => ({ tag: "link", injectTo: "head", attrs: { rel: "modulepreload", crossorigin: true, href: BASE + file } }));
      },
    },
  };
}

export default defineConfig({
  base: BASE,
  plugins: [react(), drawingFirst()],
  build: {
    target: "es2020",
    outDir: "dist",
    emptyOutDir: true,
    // The policy of the pages knows no `data:` scripts, and what is inlined cannot be cached by its own name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["taskpane.html", "commands.html", "app.html"] },
  },
});
