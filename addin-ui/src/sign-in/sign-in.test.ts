import { beforeEach, describe, expect, it, vi } from "vitest";
import { signInBy } from "./sign-in";

const host = (code: string | null = null) => ({ user: "a@x", canNestSignIn: () => false, askInWindow: () => Promise.resolve(code) });
const settings = () => Promise.resolve(null);
const exchange = (status: number) => {
  const asked = vi.fn(() => Promise.resolve(new Response(JSON.stringify({ token: "from-window", expires_in: 600 }), { status })));
  vi.stubGlobal("fetch", asked);
  return asked;
};

beforeEach(() => sessionStorage.clear());

describe("who asks", () => {
  it("is first of all whoever the page was given a token of", async () => {
    sessionStorage.setItem("sagspost.token", "given");
    expect(await signInBy(host(), settings).token()).toBe("given");
  });

  it("is told by the session's cookie where there is no token", async () => {
    expect(await signInBy(host(), settings).token()).toBeNull();
  });
});

describe("the window", () => {
  it("brings a code that is exchanged for a token, which outlives a reload", async () => {
    const asked = exchange(200);
    expect(await signInBy(host("code"), settings).signIn()).toBe(true);
    expect(asked).toHaveBeenCalledWith("/sign-in/office/exchange", expect.objectContaining({ body: '{"code":"code"}' }));
    expect(await signInBy(host(), settings).token()).toBe("from-window");
  });

  it("that is closed signs nobody in", async () => {
    const asked = exchange(200);
    expect(await signInBy(host(null), settings).signIn()).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });

  it("whose code is refused signs nobody in", async () => {
    exchange(400);
    expect(await signInBy(host("old"), settings).signIn()).toBe(false);
  });

  it("gives tokens that are not used once they have run out, or were refused", async () => {
    sessionStorage.setItem("sagspost.office-token", JSON.stringify({ token: "old", until: Date.now() - 1 }));
    expect(await signInBy(host(), settings).token()).toBeNull();
    exchange(200);
    const signIn = signInBy(host("code"), settings);
    await signIn.signIn();
    signIn.forget();
    expect(await signIn.token()).toBeNull();
    expect(sessionStorage.getItem("sagspost.office-token")).toBeNull();
  });
});
