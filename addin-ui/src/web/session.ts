/**
 * What the browser keeps for this tab: a token that was given in the address, whom somebody acts for, and their language. The
 * old pages keep the same under the same names. Who signed in at the provider has a cookie that no script sees.
 */

type Name = "token" | "behalf" | "language";

export class TabSession {
  constructor(private readonly storage: Storage = sessionStorage) {}

  get(name: Name): string | null {
    try {
      return this.storage.getItem(name);
    } catch {
      return null;
    }
  }

  set(name: Name, value: string | null) {
    try {
      if (value === null) this.storage.removeItem(name);
      else this.storage.setItem(name, value);
    } catch {
      // A private window: it is forgotten with the page.
    }
  }

  language(preferred: readonly string[]): "da" | "en" {
    const kept = this.get("language");
    return kept === "da" || kept === "en" ? kept : (preferred[0] ?? "").toLowerCase().startsWith("en") ? "en" : "da";
  }

  /** The token leaves the address at once. Whether there was one. */
  takeToken(place: Location, history: History): boolean {
    const found = /[#&]token=([^&]+)/.exec(place.hash);
    if (!found?.[1]) return false;
    this.set("token", decoded(found[1]));
    this.set("behalf", null);
    history.replaceState(null, "", place.pathname + place.search);
    return true;
  }
}

function decoded(text: string) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
