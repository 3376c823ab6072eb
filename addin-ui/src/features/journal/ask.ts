/** What the service is asked when a mail is opened, both at once. */

import type { Api } from "../../api/calls";
import { Problem } from "../../api/problem";
import type { Found, Suggestions } from "../../api/types";

export interface Answers {
  found: Found;
  /** `null` when no mailbox holds the mail. */
  suggestions: Suggestions | null;
}

export async function ask(api: Pick<Api, "lookup" | "suggest">, messageId: string, signal?: AbortSignal): Promise<Answers> {
  const [found, suggestions] = await Promise.all([api.lookup(messageId, signal), api.suggest({ message_id: messageId }, signal).catch(withoutSuggestions)]);
  return { found, suggestions };
}

/** Asked for the first mail while the pane is still being loaded; given to whoever asks for that mail first. */
export class HeadStart {
  private begun: { messageId: string; answers: Promise<Answers> } | null = null;

  begin(api: Pick<Api, "lookup" | "suggest">, messageId: string) {
    const answers = ask(api, messageId);
    // Whoever takes it hears of its failure; if nobody does, nobody has to.
    answers.catch(() => undefined);
    this.begun = { messageId, answers };
  }

  take(messageId: string): Promise<Answers> | null {
    const { begun } = this;
    this.begun = null;
    return begun?.messageId === messageId ? begun.answers : null;
  }
}

function withoutSuggestions(error: unknown): null {
  if (error instanceof Problem && error.body.status === 404) return null;
  throw error;
}
