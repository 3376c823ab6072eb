// commands.js: one plain script that classic Outlook can run, which knows no modules and no DOM.

import { defineConfig } from "vite";

export default defineConfig({
  base: "/addin/",
  publicDir: false,
  build: {
    // What classic Outlook understands: ECMAScript 2016.
    target: "es2016",
    outDir: "dist",
    emptyOutDir: false,
    lib: { entry: "src/commands/commands.ts", formats: ["iife"], name: "sagspostCommands", fileName: () => "commands.js" },
  },
});
