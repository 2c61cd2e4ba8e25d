// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { FakeSocket, agent, asked, expire, newWorld, withPermission, world } from "./fakes.js";

const CHALLENGE = "A".repeat(43) + "=";
const TOKEN = { format: "web-eid:1.0", algorithm: "RS256", signature: "c2ln", unverifiedCertificate: "Y2VydA==" };
const answer = (socket, { id, method }) => method === "authenticate" && socket.receive({ id, result: { token: TOKEN } });

let bridge;
let count = 0;
beforeEach(async () => {
  newWorld();
  // A fresh copy: the module remembers the port that answered.
  bridge = await import(`../jpki-bridge.js?${count++}`);
});

const ask = (options) => bridge.authenticate({ challenge: CHALLENGE, redirect: "never", ...options });

async function failsWith(code, promise) {
  const error = await promise.then(() => assert.fail("it succeeded"), (error) => error);
  assert.ok(error instanceof bridge.JpkiBridgeError, String(error));
  assert.equal(error.code, code);
  assert.match(error.remedy, /。$/);
  return error;
}

test("the token comes back from whichever port the agent has", async () => {
  for (const port of [39041, 39042, 39043]) {
    world.ports = { [port]: agent(answer) };
    assert.deepEqual(await ask(), TOKEN);
    assert.equal(FakeSocket.instances.at(-1).url, `ws://127.0.0.1:${port}/v1/socket`);
    assert.equal(FakeSocket.instances.at(-1).closed, 1000);
  }
});

test("the request carries what was asked and nothing else", async () => {
  world.ports[39041] = agent(answer);
  await ask({ purpose: "会員登録", lang: "ja" });
  assert.deepEqual(FakeSocket.instances[0].sent, [
    { jsonrpc: "2.0", id: 1, method: "authenticate", params: { challenge: CHALLENGE, purpose: "会員登録", lang: "ja" } },
  ]);
});

test("a port that answered once is not looked for again", async () => {
  world.ports[39042] = agent(answer);
  await ask();
  world.requests = [];
  await ask();
  assert.deepEqual(world.requests, []);
});

test("an agent that moved to another port is found again", async () => {
  world.ports = { 39041: agent(answer) };
  await ask();
  world.ports = { 39043: agent(answer) };
  assert.deepEqual(await ask(), TOKEN);
});

test("another program on a port is passed over", async () => {
  world.ports[39041] = { health: () => ({ hello: "world" }), knock: true };
  world.ports[39042] = agent(answer);
  assert.deepEqual(await ask(), TOKEN);
});

test("info tells what the agent is", async () => {
  const info = { version: "0.1.0", protocol: 1, operations: ["authenticate"], platform: "linux" };
  world.ports[39041] = agent((socket, { id, method }) => method === "bridge.info" && socket.receive({ id, result: info }));
  assert.deepEqual(await bridge.info(), info);
});

test("progress is told in the order it happens, of this request alone", async () => {
  const states = [];
  const progress = (socket, id, state) => socket.receive({ method: "progress", params: { id, state } });
  world.ports[39041] = agent((socket, message) => {
    progress(socket, 1, "waiting_for_user");
    progress(socket, 7, "waiting_for_card");
    socket.receive("not JSON");
    progress(socket, 1, "working");
    answer(socket, message);
  });
  await ask({ onProgress: (state) => states.push(state) });
  assert.deepEqual(states, ["connecting", "waiting_for_user", "working"]);
});

test("not_running: every port is closed", async () => {
  await failsWith("not_running", ask());
});

test("not_running: a port that never answers is given up", async () => {
  world.ports[39041] = { health: () => new Promise(() => {}) };
  const failure = failsWith("not_running", ask());
  await asked();
  expire(5000);
  await failure;
});

test("permission_denied: the browser's permission says so, under either of its names", async () => {
  for (const name of ["loopback-network", "local-network-access"]) {
    withPermission("denied", [name]);
    await failsWith("permission_denied", ask());
  }
});

test("permission_denied: the permission covers WebSockets alone", async () => {
  const status = withPermission("prompt");
  world.ports[39041] = { ...agent(), socket: undefined, health: () => ((status.state = "denied"), agent().health()) };
  await failsWith("permission_denied", ask());
});

test("permission_pending: the prompt was closed without an answer", async () => {
  withPermission("prompt");
  const dismissed = {
    health: async () => {
      await asked(1);
      world.now += 3500;
      throw new TypeError("Failed to fetch");
    },
  };
  world.ports = { 39041: dismissed, 45001: dismissed };
  await failsWith("permission_pending", ask());
  await failsWith("permission_pending", ask({ ports: [45001] }));
});

test("not_running, not permission_pending: a single closed port on Windows", async () => {
  withPermission("prompt");
  world.ports[45001] = {
    health: async () => {
      world.now += 2100;
      throw new TypeError("Failed to fetch");
    },
  };
  await failsWith("not_running", ask({ ports: [45001] }));
});

test("permission_pending: the prompt stays unanswered", async () => {
  withPermission("prompt");
  world.ports[39041] = { health: () => new Promise(() => {}) };
  const failure = failsWith("permission_pending", ask());
  await asked();
  expire(5000);
  world.now = 120_000;
  expire(120_000);
  await failure;
});

test("a prompt that keeps the page waiting is told as progress", async () => {
  const status = withPermission("prompt");
  const states = [];
  let allow;
  world.ports[39041] = { ...agent(answer), health: () => new Promise((resolve) => (allow = resolve)) };
  const token = ask({ onProgress: (state) => states.push(state) });
  await asked();
  expire(400);
  status.state = "granted";
  status.dispatchEvent(new Event("change"));
  allow(agent().health());
  assert.deepEqual(await token, TOKEN);
  assert.deepEqual(states, ["connecting", "waiting_for_permission"]);
});

test("not_running, not permission_pending: all ports failed together with the permission undecided", async () => {
  withPermission("prompt");
  await failsWith("not_running", ask());
});

test("blocked: the page's own policy forbids the connection", async () => {
  world.ports[39041] = {
    health: () => {
      const event = Object.assign(new Event("securitypolicyviolation"), { blockedURI: "http://127.0.0.1:39041" });
      world.document.dispatchEvent(event);
      throw new TypeError("Failed to fetch");
    },
  };
  await failsWith("blocked", ask());
});

test("blocked: the agent is there but no WebSocket gets through", async () => {
  world.ports[39041] = { ...agent(), socket: undefined };
  await failsWith("blocked", ask());
});

test("blocked: Safari calls loopback mixed content", async () => {
  navigator.vendor = "Apple Computer, Inc.";
  await failsWith("blocked", ask());
});

test("too_old and page_too_old: no protocol version in common", async () => {
  for (const [protocols, code] of [[[0], "too_old"], [[], "too_old"], [[2, 3], "page_too_old"]]) {
    world.ports[39041] = { ...agent(answer), health: () => ({ service: "jpki-bridge", protocols }) };
    await failsWith(code, ask());
  }
});

test("origin_refused: something answers, but not to this page", async () => {
  world.ports[39041] = { knock: true };
  await failsWith("origin_refused", ask());
});

test("origin_refused: the agent closes for policy", async () => {
  world.ports[39041] = agent((socket) => socket.drop(1008));
  await failsWith("origin_refused", ask());
});

test("connection_lost: the agent goes away before it answers", async () => {
  for (const code of [1001, 1006, 1011]) {
    world.ports = { 39041: agent((socket) => socket.drop(code)) };
    await failsWith("connection_lost", ask());
  }
});

test("aborted: before anything was sent", async () => {
  const reason = new Error("changed my mind");
  const error = await failsWith("aborted", ask({ signal: AbortSignal.abort(reason) }));
  assert.equal(error.cause, reason);
  assert.deepEqual(world.requests, []);
});

test("aborted: while the agent is looked for", async () => {
  const controller = new AbortController();
  world.ports[39041] = { health: () => new Promise(() => {}) };
  const failure = failsWith("aborted", ask({ signal: controller.signal }));
  await asked();
  controller.abort();
  await failure;
  assert.deepEqual(FakeSocket.instances, []);
});

test("aborted: a running request is cancelled and its connection closed", async () => {
  const controller = new AbortController();
  world.ports[39041] = agent((_, { method }) => method === "authenticate" && controller.abort());
  await failsWith("aborted", ask({ signal: controller.signal }));
  const [socket] = FakeSocket.instances;
  assert.deepEqual(socket.sent[1], { jsonrpc: "2.0", id: 2, method: "cancel", params: { id: 1 } });
  assert.equal(socket.closed, 1000);
});

test("an error of the agent keeps its code, remedy and waiting time", async () => {
  const data = { code: "busy", remedy: "しばらく待ってください。", retryAfter: 10 };
  world.ports[39041] = agent((socket, { id }) => socket.receive({ id, error: { code: -32000, message: "busy", data } }));
  const error = await failsWith("busy", ask());
  assert.equal(error.remedy, data.remedy);
  assert.equal(error.retryAfter, 10);
});

test("invalid_answer: neither result nor error", async () => {
  world.ports[39041] = agent((socket, { id }) => socket.receive({ id }));
  await failsWith("invalid_answer", ask());
});

test("remedies are in the language asked for, else in the page's", async () => {
  const remedy = async (options) => (await ask(options).catch((error) => error)).remedy;
  assert.match(await remedy({ lang: "en" }), /^JPKI Bridge was not found/);
  assert.match(await remedy(), /^JPKI Bridge が見つかりません/);
  world.document.documentElement.lang = "en-GB";
  assert.match(await remedy(), /^JPKI Bridge was not found/);
});

// From here on: the redirect.

/** Starts a redirect, which never resolves, and gives the address it went to. */
async function leave(options) {
  ask({ redirect: "auto", ...options });
  while (world.went.length === 0) await new Promise(setImmediate);
  return world.went[0];
}

/** Comes back as the agent does. */
function comeBack(message) {
  location.hash = `#jpki=${Buffer.from(JSON.stringify(message)).toString("base64url")}`;
}

test("a denied permission falls over to the redirect, which carries everything", async () => {
  withPermission("denied");
  location.hash = "#section";
  const url = await leave({ purpose: "会員登録 & 確認", lang: "en" });
  assert.equal(url.origin + url.pathname, "http://127.0.0.1:39041/v1/authenticate");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    challenge: CHALLENGE,
    return_url: "https://rp.example/login?x=1",
    state: world.stored["jpki-bridge.state"],
    purpose: "会員登録 & 確認",
    lang: "en",
  });
});

test("a blocked connection falls over to the redirect", async () => {
  navigator.vendor = "Apple Computer, Inc.";
  await leave();
});

test("redirect only doesn't try to connect", async () => {
  await leave({ redirect: "only", returnUrl: "/after" });
  assert.deepEqual(world.requests, []);
  assert.equal(world.went[0].searchParams.get("return_url"), "https://rp.example/after");
});

test("an absent agent is no reason to leave the page, nor is a framed page", async () => {
  await failsWith("not_running", ask({ redirect: "auto" }));
  withPermission("denied");
  globalThis.top = {};
  await failsWith("permission_denied", ask({ redirect: "auto" }));
});

test("coming back by the Back button ends the operation", async () => {
  const operation = ask({ redirect: "only" });
  dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await failsWith("aborted", operation);
});

test("the answer of a redirect is taken once and leaves no trace in the address", async () => {
  const state = (await leave({ redirect: "only" })).searchParams.get("state");
  comeBack({ token: TOKEN, state });
  assert.equal(bridge.isRedirectReturn(), true);
  assert.deepEqual(await bridge.finishRedirect(), TOKEN);
  assert.deepEqual(world.replaced, { state: { kept: 1 }, url: "/login?x=1" });
  await failsWith("invalid_answer", bridge.finishRedirect());
});

test("an error comes back by redirect as it would by the socket", async () => {
  const state = (await leave({ redirect: "only" })).searchParams.get("state");
  comeBack({ error: { code: -32000, message: "no", data: { code: "user_cancelled", remedy: "取り消されました。" } }, state });
  const error = await failsWith("user_cancelled", bridge.finishRedirect());
  assert.equal(error.remedy, "取り消されました。");
});

test("invalid_answer: a state of another tab, none at all, or a fragment that can't be read", async () => {
  comeBack({ token: TOKEN });
  await failsWith("invalid_answer", bridge.finishRedirect());
  for (const message of [{ token: TOKEN, state: "another" }, { token: TOKEN }, null, "text"]) {
    world.stored["jpki-bridge.state"] = "mine";
    comeBack(message);
    await failsWith("invalid_answer", bridge.finishRedirect());
  }
  for (const hash of ["#jpki=", "#jpki=%%%", "#jpki=bm90IEpTT04", "#jpki=_w"]) {
    world.stored["jpki-bridge.state"] = "mine";
    location.hash = hash;
    await failsWith("invalid_answer", bridge.finishRedirect());
  }
  world.stored["jpki-bridge.state"] = "mine";
  comeBack({ state: "mine" });
  await failsWith("invalid_answer", bridge.finishRedirect());
});

test("a page without the agent's fragment is not a return", () => {
  assert.equal(bridge.isRedirectReturn(), false);
});
