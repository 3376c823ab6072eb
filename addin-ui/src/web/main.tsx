/** The web app at `/app`: the registrar's desk. Signed in by the session's cookie, or by a token for this tab alone. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { TabSession } from "./session";
import { Shell } from "./Shell";

const session = new TabSession();
session.takeToken(location, history);
addEventListener("hashchange", () => {
  if (session.takeToken(location, history)) location.reload();
});

const root = document.getElementById("app");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Shell session={session} />
    </StrictMode>,
  );
