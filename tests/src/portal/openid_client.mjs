// A service that signs people in with openid-client, a certified relying party that nobody here wrote. Its first line of
// output is its address. Each visit shows, as JSON, what the library made of the portal's answers.
// Usage: node openid_client.mjs FOLDER   (FOLDER: where npm installed openid-client)

import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { webcrypto } from "node:crypto";

// Node.js 18 has them, but not under the names that the library uses.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const module = join(process.argv[2], "node_modules/openid-client/build/index.js");
const client = await import(pathToFileURL(module));

const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid: "1", use: "sig", alg: "ES256" };

const configurations = new Map();
let open = {};
let signedOn = {};

const json = (value) => ({ status: 200, body: JSON.stringify(value) });
const redirect = (to) => ({ status: 302, location: to.href });

const ways = {
  "/jwks": async () => json({ keys: [jwk] }),

  // Discovery, with a key of its own or with a secret.
  "/configure": async ({ issuer, id, secret }) => {
    const proof = secret ? client.ClientSecretBasic(secret) : client.PrivateKeyJwt({ key: privateKey, kid: "1" });
    const metadata = { id_token_signed_response_alg: "ES256" };
    const options = { execute: [client.allowInsecureRequests] };
    const configuration = await client.discovery(new URL(issuer), id, metadata, proof, options);
    client.enableNonRepudiationChecks(configuration);
    configurations.set(id, configuration);
    return json(configuration.serverMetadata());
  },

  // PKCE, state and nonce; by a pushed request (RFC 9126) if it is wished.
  "/login": async ({ id, pushed, ...more }) => {
    const configuration = configurations.get(id);
    const verifier = client.randomPKCECodeVerifier();
    open = { id, verifier, state: client.randomState(), nonce: client.randomNonce(), maxAge: more.max_age };
    const parameters = {
      ...more,
      redirect_uri: `${address}/callback`,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state: open.state,
      nonce: open.nonce,
    };
    return redirect(
      pushed
        ? await client.buildAuthorizationUrlWithPAR(configuration, parameters)
        : client.buildAuthorizationUrl(configuration, parameters),
    );
  },

  // Everything that can be done with a code, until its token is revoked.
  "/callback": async (_, url) => {
    const configuration = configurations.get(open.id);
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: open.verifier,
      expectedState: open.state,
      expectedNonce: open.nonce,
      idTokenExpected: true,
      ...(open.maxAge && { maxAge: Number(open.maxAge) }),
    });
    const claims = tokens.claims();
    signedOn = { id: open.id, idToken: tokens.id_token };
    const person = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    const refreshed = tokens.refresh_token && (await client.refreshTokenGrant(configuration, tokens.refresh_token));
    const token = (refreshed ?? tokens).access_token;
    const api = new URL("/api/v1/user-status", configuration.serverMetadata().issuer);
    const status = await (await client.fetchProtectedResource(configuration, token, api, "GET")).json();
    const before = await client.tokenIntrospection(configuration, token);
    await client.tokenRevocation(configuration, token);
    const after = await client.tokenIntrospection(configuration, token);
    return json({ claims, person, refreshed: Boolean(refreshed), status, active: [before.active, after.active] });
  },

  "/logout": async () =>
    redirect(
      client.buildEndSessionUrl(configurations.get(signedOn.id), {
        post_logout_redirect_uri: `${address}/out`,
        id_token_hint: signedOn.idToken,
        state: "bye",
      }),
    ),

  "/out": async (parameters) => json(parameters),
};

let address;
const server = createServer(async (request, response) => {
  const url = new URL(request.url, address);
  let answer;
  try {
    answer = await ways[url.pathname](Object.fromEntries(url.searchParams), url);
  } catch (error) {
    const { code, message, error: word, error_description: why, cause } = error;
    answer = { status: 500, body: JSON.stringify({ code, message, word, why, cause: String(cause) }) };
  }
  response.writeHead(answer.status, answer.location ? { location: answer.location } : {});
  response.end(answer.body);
});
server.listen(0, "127.0.0.1", () => {
  address = `http://localhost:${server.address().port}`;
  console.log(address);
});
