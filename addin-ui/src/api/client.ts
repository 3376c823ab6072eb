/** HTTP to the service: who asks and why, patience, and errors with a name. The only place that calls `fetch`. */

import { Away, NotSignedIn, Problem } from "./problem";

export interface ClientOptions {
  /** `null` where the session's cookie says who asks. */
  token(): Promise<string | null>;
  /** The token was refused. */
  forget(): void;
  language: string;
  /** Whom they act for, where that is another. */
  onBehalfOf?: () => string | null;
  fetch?: typeof fetch;
  /** Where the service is, for scripts that have no address of their own. */
  origin?: string;
  patienceMs?: number;
}

export interface Call {
  body?: unknown;
  /** A mail as its bytes, instead of a body. */
  mail?: Uint8Array;
  idempotencyKey?: string;
  signal?: AbortSignal;
  why?: "click" | "on_send" | "queue" | "thread";
  /** The caller themself, whomever they act for. */
  asMyself?: boolean;
  accept?: string;
  /** The event heard last. */
  after?: string;
  /** The version that is changed. */
  ifMatch?: number;
}

export interface ServerEvent {
  name: string;
  id: string | null;
  data: Record<string, unknown>;
}

const PATIENCE_MS = 20_000;
/** What only looks is asked for once more at once: most outages of a second are over then. */
const PAUSE_MS = 400;
/** Statuses of proxies and of a service that starts: it was not reached. */
const AWAY = [502, 503, 504];

export class Client {
  constructor(private readonly options: ClientOptions) {}

  get<T>(path: string, call: Call = {}) {
    return this.look<T>("GET", path, call);
  }

  /** A file as it is. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.answer("GET", path, {});
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch {
      throw new Away();
    }
  }

  /** A page as it is. */
  async page(path: string, call: Call = {}): Promise<string> {
    const response = await this.answer("GET", path, { ...call, accept: "text/html" });
    try {
      return await response.text();
    } catch {
      throw new Away();
    }
  }

  /** What happens, as it happens, until the line is lost. */
  async follow(path: string, after: string | null, heard: (event: ServerEvent) => void, signal: AbortSignal, begun: () => void): Promise<void> {
    const response = await this.answer("GET", path, { accept: "text/event-stream", signal, ...(after ? { after } : {}) });
    begun();
    try {
      await read(response, heard);
    } catch {
      throw new Away();
    }
  }

  /** What is told while something is worked on, until its end. */
  async told(path: string, body: unknown, heard: (event: ServerEvent) => void, signal: AbortSignal): Promise<void> {
    const response = await this.answer("POST", path, { body, accept: "text/event-stream", signal });
    try {
      await read(response, heard);
    } catch {
      throw new Away();
    }
  }

  /** The session ends here first, and then where the answer leads. */
  async signOut(): Promise<string | null> {
    const request: RequestInit = { method: "POST", cache: "no-store", referrerPolicy: "no-referrer" };
    const response = await (this.options.fetch ?? fetch)(`${this.options.origin ?? ""}/auth/sign-out`, request).catch(() => {
      throw new Away();
    });
    return response.ok ? ((await response.json()) as { location: string | null }).location : null;
  }

  /** Asked with POST for what it takes along, but nothing is changed by it. */
  ask<T>(path: string, call: Call) {
    return this.look<T>("POST", path, call);
  }

  /** Changes something: never repeated by itself. */
  act<T>(method: "POST" | "PUT" | "DELETE", path: string, call: Call = {}) {
    return this.once<T>(method, path, { why: "click", ...call });
  }

  private async look<T>(method: string, path: string, call: Call): Promise<T> {
    try {
      return await this.once<T>(method, path, call);
    } catch (error) {
      if (!(error instanceof Away) || call.signal?.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return this.once<T>(method, path, call);
    }
  }

  private async once<T>(method: string, path: string, call: Call): Promise<T> {
    const response = await this.answer(method, path, call);
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch {
      throw new Away();
    }
  }

  private async answer(method: string, path: string, call: Call, again = false): Promise<Response> {
    const token = await this.options.token();
    const response = await this.send(method, path, call, token);
    if (response.status === 401) {
      this.options.forget();
      // A token may have run out just now; a new one is worth one more try.
      if (token && !again && (await this.options.token()) !== token) return this.answer(method, path, call, true);
      throw new NotSignedIn();
    }
    if (AWAY.includes(response.status)) throw new Away();
    if (!response.ok) throw new Problem({ ...(await bodyOf(response)), status: response.status });
    return response;
  }

  private async send(method: string, path: string, call: Call, token: string | null) {
    const body = call.mail ?? (call.body === undefined ? null : JSON.stringify(call.body));
    const headers: Record<string, string> = { Accept: call.accept ?? "application/json", "Accept-Language": this.options.language };
    const other = call.asMyself ? null : this.options.onBehalfOf?.();
    if (other) headers["Sagspost-On-Behalf-Of"] = encodeURIComponent(other);
    if (call.ifMatch !== undefined) headers["If-Match"] = `"${call.ifMatch}"`;
    if (call.after) headers["Last-Event-ID"] = call.after;
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (call.why) headers["Sagspost-Why"] = call.why;
    if (call.idempotencyKey) headers["Idempotency-Key"] = call.idempotencyKey;
    if (body !== null) headers["Content-Type"] = call.mail ? "message/rfc822" : "application/json";
    const request: RequestInit = { method, headers, body: body as BodyInit | null, cache: "no-store", referrerPolicy: "no-referrer" };
    try {
      return await this.patiently(`${this.options.origin ?? ""}/api/v1${path}`, request, call.signal);
    } catch (error) {
      if (call.signal?.aborted) throw error;
      throw new Away();
    }
  }

  /** Classic Outlook's script runtime cannot end a request: there it is no longer waited for. */
  private async patiently(address: string, request: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    const controller = typeof AbortController === "function" ? new AbortController() : null;
    const stop = () => controller?.abort();
    signal?.addEventListener("abort", stop);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const impatience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Away());
        stop();
      }, this.options.patienceMs ?? PATIENCE_MS);
    });
    try {
      const ask = this.options.fetch ?? fetch;
      return await Promise.race([ask(address, controller ? { ...request, signal: controller.signal } : request), impatience]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }
}

async function bodyOf(response: Response): Promise<object> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body ? body : {};
  } catch {
    return {};
  }
}

/** Server-sent events, by hand: an `EventSource` cannot say who asks. */
async function read(response: Response, heard: (event: ServerEvent) => void) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return;
    const blocks = (rest + part.value).replaceAll("\r", "").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) heard(event);
    }
  }
}

function eventOf(block: string): ServerEvent | null {
  const fields = { event: "message", data: "", id: "" };
  for (const [, name, value] of block.matchAll(/^(event|data|id): ?(.*)$/gm)) fields[name as keyof typeof fields] = value ?? "";
  try {
    return fields.data ? { name: fields.event, id: fields.id || null, data: JSON.parse(fields.data) as ServerEvent["data"] } : null;
  } catch {
    return null;
  }
}
