import { describe, expect, it, vi } from "vitest";
import { Client, type ClientOptions } from "./client";
import { Away, NotSignedIn, Problem } from "./problem";

const answer = (status: number, body: unknown = {}) => new Response(status === 204 ? null : JSON.stringify(body), { status });

function client(answers: (Response | Error)[], options: Partial<ClientOptions> = {}) {
  const calls: { address: string; request: RequestInit }[] = [];
  const ask = vi.fn((address: string, request: RequestInit) => {
    calls.push({ address, request });
    const next = answers.shift() ?? answer(500);
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  const made = new Client({ token: () => Promise.resolve("t"), forget: () => undefined, language: "da", fetch: ask as unknown as typeof fetch, ...options });
  const header = (at: number, name: string) => (calls[at]?.request.headers as Record<string, string>)[name];
  return { client: made, calls, header };
}

describe("a call", () => {
  it("says who asks, in which language, and why", async () => {
    const { client: api, header, calls } = client([answer(201, {})]);
    await api.act("POST", "/journal", { body: {}, idempotencyKey: "k" });
    expect(calls[0]?.address).toBe("/api/v1/journal");
    expect(["Authorization", "Accept-Language", "Sagspost-Why", "Idempotency-Key"].map((name) => header(0, name))).toEqual(["Bearer t", "da", "click", "k"]);
  });

  it("has no Authorization where the session's cookie says who asks", async () => {
    const { client: api, header } = client([answer(200)], { token: () => Promise.resolve(null) });
    await api.get("/me");
    expect(header(0, "Authorization")).toBeUndefined();
  });
});

describe("an answer", () => {
  it("of a problem keeps its words and its field", async () => {
    const { client: api } = client([answer(422, { type: "/problems/validation", title: "Noget er udfyldt forkert", detail: "title: er tom", field: "title" })]);
    const error: unknown = await api.act("POST", "/journal").catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Problem);
    expect([(error as Problem).slug, (error as Problem).field, (error as Problem).message]).toEqual(["validation", "title", "Noget er udfyldt forkert"]);
  });

  it.each([502, 503, 504])("of %i means that the service is away", async (status) => {
    const { client: api } = client([answer(status)]);
    await expect(api.act("POST", "/journal")).rejects.toBeInstanceOf(Away);
  });

  it("that is cut short means that the service is away", async () => {
    const { client: api } = client([new Response("{", { status: 201 })]);
    await expect(api.act("POST", "/journal")).rejects.toBeInstanceOf(Away);
  });

  it("of 401 forgets the token, and tries once more when there is another", async () => {
    const tokens = ["old", "new", "new"];
    const forget = vi.fn();
    const { client: api, header } = client([answer(401), answer(200, { ok: true })], { token: () => Promise.resolve(tokens.shift() ?? "new"), forget });
    await expect(api.get("/me")).resolves.toEqual({ ok: true });
    expect(forget).toHaveBeenCalledOnce();
    expect(header(1, "Authorization")).toBe("Bearer new");
  });

  it("of 401 to the only token there is means that nobody is signed in", async () => {
    const { client: api, calls } = client([answer(401)]);
    await expect(api.get("/me")).rejects.toBeInstanceOf(NotSignedIn);
    expect(calls).toHaveLength(1);
  });
});

describe("when the service cannot be reached", () => {
  it("what only looks is asked for once more", async () => {
    const { client: api, calls } = client([new TypeError("gone"), answer(200, { ok: true })]);
    await expect(api.get("/me")).resolves.toEqual({ ok: true });
    expect(calls).toHaveLength(2);
  });

  it("what changes something is never repeated by itself", async () => {
    const { client: api, calls } = client([new TypeError("gone"), answer(201)]);
    await expect(api.act("POST", "/journal")).rejects.toBeInstanceOf(Away);
    expect(calls).toHaveLength(1);
  });

  it("it is not waited for beyond patience", async () => {
    const api = new Client({ token: () => Promise.resolve(null), forget: () => undefined, language: "da", patienceMs: 1, fetch: () => new Promise(() => undefined) });
    await expect(api.act("POST", "/journal")).rejects.toBeInstanceOf(Away);
  });
});
