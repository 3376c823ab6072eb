/** What draws the pane; loaded beside what asks the service. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Pane } from "../shell/Pane";
import type { App } from "../shell/app";

export function draw(app: App) {
  const root = document.getElementById("pane");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Pane app={app} />
    </StrictMode>,
  );
}
