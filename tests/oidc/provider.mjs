// A sign-in provider for tests and the demo: the real oidc-provider with invented people and no passwords. Whoever asks
// may be anybody, so it runs on this machine's loopback alone.
//
//   node provider.mjs SETTINGS.json      settings: host, port, application (Sagspost's address), people, organisation
//
// POST /rotate gives it new keys, as providers do now and then. It says "ready" when it listens.
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { isIP } from "node:net";
import Provider from "oidc-provider";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { host = "127.0.0.1", port, application, people, organisation = "Egelund Kommune" } = settings;

const isLoopback = (name) => name === "::1" || name === "localhost" || (isIP(name) === 4 && name.startsWith("127."));
const refuse = (why) => { console.error(`provider: ${why}`); process.exit(1); };
if (!isLoopback(host)) refuse(`${host} is not this machine's loopback; anybody could sign in as anybody here`);
if (!isLoopback(new URL(application).hostname.replace(/^\[|\]$/g, ""))) refuse(`${application} is not on this machine's loopback`);

const issuer = `http://${host}:${port}`;
const AUDIENCE = "api://sagspost";
const known = new Map(people.map((person) => [person.sub, person]));

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" });
  return { ...jwk, use: "sig", alg: "RS256", kid: createHash("sha256").update(jwk.n).digest("base64url").slice(0, 16) };
}

const cookieKey = randomBytes(32).toString("hex");

function make() {
  const provider = new Provider(issuer, {
    clients: [
      { client_id: "sagspost", client_secret: "hemmelighed", redirect_uris: [`${application}/auth/callback`], post_logout_redirect_uris: [`${application}/`] },
      // As an add-in does it: no secret, and access tokens for Sagspost.
      { client_id: "addin", token_endpoint_auth_method: "none", redirect_uris: [`${application}/addin`] },
      { client_id: "script", client_secret: "hemmelighed", redirect_uris: [], response_types: [], grant_types: ["client_credentials"] },
    ],
    jwks: { keys: [newKey()] },
    cookies: { keys: [cookieKey] },
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email"] },
    findAccount: (_, sub) => (known.has(sub) ? { accountId: sub, claims: () => known.get(sub) } : undefined),
    extraTokenClaims: (_, token) => {
      const person = known.get(token.accountId);
      return person ? { name: person.name, preferred_username: person.preferred_username, groups: person.groups } : undefined;
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, client) => (client.clientId === "sagspost" ? undefined : AUDIENCE),
        getResourceServerInfo: () => ({ scope: "access_as_user", audience: AUDIENCE, accessTokenFormat: "jwt", accessTokenTTL: 3600, jwt: { sign: { alg: "RS256" } } }),
        useGrantedResource: () => true,
      },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = page("Log ud", `${form}<button form="op.logoutForm" name="logout" value="yes">Log ud / Sign out</button>`); } },
    },
    pkce: { required: () => true },
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email");
      grant.addResourceScope(AUDIENCE, "access_as_user");
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600, ClientCredentials: 600 },
  });
  provider.on("server_error", (_, error) => console.error(error));
  return provider;
}

const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (title, body) => `<!doctype html><html lang="da"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem}button{font:inherit;display:block;width:100%;text-align:left;padding:.7rem 1rem;margin:.5rem 0;cursor:pointer}</style>
</head><body><main><h1>${escape(title)}</h1>${body}</main></body></html>`;

const choice = (uid) => page(`${organisation}: hvem er du?`, `<p>Et login til prøve, uden adgangskoder. / A sign-in for trying things out, without passwords.</p>
<form method="post" action="/interaction/${escape(uid)}">${people.map((person) => `<button name="person" value="${escape(person.sub)}">${escape(person.name)}<br><small>${escape(person.title ?? person.preferred_username)}</small></button>`).join("")}</form>`);

async function body(request) {
  let text = "";
  for await (const chunk of request) if ((text += chunk).length > 10_000) throw new Error("too long");
  return new URLSearchParams(text);
}

let provider = make();
createServer(async (request, response) => {
  try {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === "/rotate" && request.method === "POST") {
      provider = make();
      response.writeHead(204).end();
    } else if (pathname.startsWith("/interaction/")) {
      const { uid } = await provider.interactionDetails(request, response);
      if (request.method !== "POST") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(choice(uid));
      const person = (await body(request)).get("person");
      const result = known.has(person) ? { login: { accountId: person } } : { error: "access_denied" };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } else {
      provider.callback()(request, response);
    }
  } catch (error) {
    console.error(String(error));
    if (!response.headersSent) response.writeHead(400, { "content-type": "text/plain" }).end("That did not work.\n");
  }
}).listen(port, host, () => console.log("ready"));
