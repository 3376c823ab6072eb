// The pane and the page of the commands. commands.js is made by vite.commands.config.ts, into the same folder.

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/addin/",
  plugins: [react()],
  build: {
    target: "es2020",
    outDir: "dist",
    emptyOutDir: true,
    // The policy of the pages knows no `data:` scripts, and what is inlined cannot be cached by its own name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["taskpane.html", "commands.html"] },
  },
});
