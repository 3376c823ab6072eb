/** What can go wrong with a call. Texts of the service come in the reader's language; ours are in the catalogues. */

import type { ProblemBody } from "./types";

/** The service is away: nothing is known of whether the call was carried out. */
export class Away extends Error {
  override name = "Away";
}

/** Nobody is signed in, or no longer. */
export class NotSignedIn extends Error {
  override name = "NotSignedIn";
}

/** The service answered no. */
export class Problem extends Error {
  override name = "Problem";

  constructor(readonly body: Partial<ProblemBody> & { status: number }) {
    super(body.title ?? "");
  }

  /** Last part of the type, e.g. `already-journaled`. */
  get slug() {
    return (this.body.type ?? "").replace(/^.*\//, "");
  }

  get field() {
    return this.body.field ?? null;
  }

  /** Whether the same call may succeed later. */
  get isPassing() {
    return this.body.status === 429 || this.body.status >= 500;
  }
}
