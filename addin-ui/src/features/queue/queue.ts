/**
 * Clicks that were made while the service was away. Each is kept with its key and sent again until it is answered: the
 * service knows the key, so a click that had come through after all is not done twice.
 */

import type { Api } from "../../api/calls";
import { Away, NotSignedIn, Problem } from "../../api/problem";
import type { CaseLabel, Entry, Wish } from "../../api/types";
import type { Shelf } from "../../shell/store";

export interface WaitingClick {
  /** Also the key of the act. */
  key: string;
  mailKey: string;
  subject: string;
  wish: Wish;
  on: CaseLabel;
}

export type Outcome = { click: WaitingClick; entry: Entry } | { click: WaitingClick; problem: Problem };

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

export class Queue {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private pause = FIRST_PAUSE_MS;
  private isRunning = false;
  /** What was answered since the pane was opened, for whoever shows it. */
  outcomes: readonly Outcome[] = [];
  private clicks: readonly WaitingClick[];

  constructor(
    private readonly api: Pick<Api, "journal">,
    private readonly shelf: Shelf<WaitingClick>,
  ) {
    this.clicks = this.read();
    if (this.clicks.length > 0) this.soon(0);
  }

  waiting = () => this.clicks;

  of = (mailKey: string) => this.clicks.find((click) => click.mailKey === mailKey) ?? null;

  add(click: WaitingClick) {
    this.shelf.put(click.key, click);
    this.changed();
    this.soon(this.pause);
  }

  cancel(key: string) {
    this.shelf.remove(key);
    this.changed();
  }

  dismiss(outcome: Outcome) {
    this.outcomes = this.outcomes.filter((other) => other !== outcome);
    this.changed();
  }

  subscribe = (heard: () => void) => {
    this.listeners.add(heard);
    return () => void this.listeners.delete(heard);
  };

  /** Now, e.g. because the connection is said to be back, or somebody has signed in. */
  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    try {
      for (const click of this.read()) if (!(await this.send(click))) break;
    } finally {
      this.isRunning = false;
    }
    if (this.read().length > 0) {
      this.soon(this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    } else {
      this.pause = FIRST_PAUSE_MS;
    }
  }

  /** Whether the next may be tried. */
  private async send(click: WaitingClick) {
    try {
      const entry = await this.api.journal(click.wish, click.key);
      this.answered(click, { click, entry });
      return true;
    } catch (error) {
      if (error instanceof Problem && !error.isPassing) {
        this.answered(click, { click, problem: error });
        return true;
      }
      if (error instanceof Away || error instanceof NotSignedIn || error instanceof Problem) return false;
      throw error;
    }
  }

  private answered(click: WaitingClick, outcome: Outcome) {
    this.shelf.remove(click.key);
    this.outcomes = [...this.outcomes, outcome];
    this.changed();
  }

  private soon(pause: number) {
    if (this.timer || this.isRunning) return;
    this.timer = setTimeout(() => void this.run(), pause);
  }

  private read() {
    return this.shelf.all().map(([, click]) => click);
  }

  private changed() {
    this.clicks = this.read();
    for (const heard of this.listeners) heard();
  }
}
