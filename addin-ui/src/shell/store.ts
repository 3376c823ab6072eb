/** What the browser keeps for one person: drafts, clicks that wait, and what was seen last. Full or forbidden storage loses comfort only. */

const MAX_AGE_MS = 7 * 24 * 3600 * 1000;

interface Kept<T> {
  at: number;
  value: T;
}

export class Shelf<T> {
  private readonly prefix: string;

  constructor(
    private readonly storage: Storage,
    user: string,
    name: string,
    private readonly max: number,
    private readonly maxAgeMs = MAX_AGE_MS,
  ) {
    this.prefix = `sagspost/${user}/${name}/`;
  }

  get(key: string): T | null {
    const kept = this.read(this.prefix + key);
    return kept && Date.now() - kept.at <= this.maxAgeMs ? kept.value : null;
  }

  put(key: string, value: T) {
    const kept: Kept<T> = { at: Date.now(), value };
    this.tidy(key);
    this.write(this.prefix + key, JSON.stringify(kept));
  }

  remove(key: string) {
    this.attempt(() => this.storage.removeItem(this.prefix + key));
  }

  all(): [string, T][] {
    return this.keys()
      .map((key) => [key.slice(this.prefix.length), this.read(key)] as const)
      .filter((pair): pair is readonly [string, Kept<T>] => Boolean(pair[1]))
      .sort(([, a], [, b]) => a.at - b.at)
      .map(([key, kept]) => [key, kept.value]);
  }

  /** Room for one more: what is too old goes, then the oldest. */
  private tidy(coming: string) {
    const keys = this.keys().filter((key) => key !== this.prefix + coming);
    const dated = keys.map((key) => ({ key, at: this.read(key)?.at ?? 0 })).sort((a, b) => a.at - b.at);
    const tooOld = dated.filter(({ at }) => Date.now() - at > this.maxAgeMs);
    const tooMany = dated.slice(0, Math.max(0, dated.length - this.max + 1));
    for (const { key } of [...tooOld, ...tooMany]) this.attempt(() => this.storage.removeItem(key));
  }

  private keys() {
    return this.attempt(() => Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at) ?? "").filter((key) => key.startsWith(this.prefix))) ?? [];
  }

  private read(key: string): Kept<T> | null {
    return this.attempt(() => {
      const kept = JSON.parse(this.storage.getItem(key) ?? "null") as Kept<T> | null;
      return typeof kept?.at === "number" ? kept : null;
    });
  }

  private write(key: string, text: string) {
    this.attempt(() => this.storage.setItem(key, text));
  }

  private attempt<R>(work: () => R): R | null {
    try {
      return work();
    } catch {
      return null;
    }
  }
}
