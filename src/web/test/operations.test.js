// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";

import { FakeSocket, agent, newWorld, withPermission, world } from "./fakes.js";

const CHALLENGE = "A".repeat(43) + "=";
const TOKEN = { format: "web-eid:1.0", algorithm: "RS256", signature: "c2ln", unverifiedCertificate: "Y2VydA==" };
const ANSWERS = {
  readAttributes: {
    attributes: { birthdate: "1950-04-00", name: "黒桐　幹也", nameSubstitutes: [1] },
    source: "card",
    token: TOKEN,
    record: { signature: "valid", issuer: "jlis" },
  },
  sign: { signatures: ["c2ln"], certificate: "Y2VydA==" },
};
const answer = (socket, { id, method }) => ANSWERS[method] && socket.receive({ id, result: ANSWERS[method] });

let bridge;
let count = 0;
beforeEach(async () => {
  newWorld();
  bridge = await import(`../jpki-bridge.js?operations${count++}`);
});

const entry = (name = "order.txt") => ({ name, digest: "A".repeat(43) + "=", algorithm: "SHA-256" });

/** Both operations, each asked in the least a page can ask. */
const operations = {
  readAttributes: (options) => bridge.readAttributes({ challenge: CHALLENGE, attributes: ["name"], ...options }),
  sign: (options) => bridge.sign({ documents: [entry()], format: "cms", ...options }),
};

async function failsWith(code, promise) {
  const error = await promise.then(() => assert.fail("it succeeded"), (error) => error);
  assert.ok(error instanceof bridge.JpkiBridgeError, String(error));
  assert.equal(error.code, code);
  assert.match(error.remedy, /。$/);
  return error;
}

test("readAttributes asks for what was asked and resolves to what the server verifies", async () => {
  world.ports[39041] = agent(answer);
  const asked = { challenge: CHALLENGE, attributes: ["name", "birthdate"], purpose: "お届け先の入力" };
  assert.deepEqual(await bridge.readAttributes(asked), ANSWERS.readAttributes);
  assert.deepEqual(await bridge.readAttributes({ ...asked, source: "signatureCertificate", lang: "ja" }), ANSWERS.readAttributes);
  assert.deepEqual(
    FakeSocket.instances.map(({ sent }) => sent),
    [
      [{ jsonrpc: "2.0", id: 1, method: "readAttributes", params: asked }],
      [{ jsonrpc: "2.0", id: 1, method: "readAttributes", params: { ...asked, source: "signatureCertificate", lang: "ja" } }],
    ],
  );
});

test("sign sends names and digests and resolves to the signatures", async () => {
  world.ports[39041] = agent(answer);
  const asked = { documents: [entry("注文書.txt"), entry()], format: "cms", purpose: "ご注文の確認" };
  assert.deepEqual(await bridge.sign(asked), ANSWERS.sign);
  assert.deepEqual(FakeSocket.instances[0].sent, [{ jsonrpc: "2.0", id: 1, method: "sign", params: asked }]);
});

test("what steers the call doesn't reach the agent", async () => {
  world.ports[45001] = agent(answer);
  const signal = new AbortController().signal;
  for (const [name, ask] of Object.entries(operations)) {
    const states = [];
    await ask({ ports: [45001], signal, onProgress: (state) => states.push(state), redirect: "only" });
    const { params } = FakeSocket.instances.at(-1).sent[0];
    assert.deepEqual(Object.keys(params), name === "sign" ? ["documents", "format"] : ["challenge", "attributes"]);
    assert.deepEqual(states, ["connecting"]);
  }
  assert.deepEqual(world.went, [], "the page was left");
});

test("1 to 16 documents are sent and any other number is refused before anything is", async () => {
  world.ports[39041] = agent(answer);
  for (const number of [0, 17, 1000]) {
    const error = await failsWith("invalid_request", operations.sign({ documents: Array(number).fill(entry()) }));
    assert.match(error.message, new RegExp(`not ${number}$`));
  }
  assert.deepEqual([world.requests, FakeSocket.instances], [[], []]);
  for (const number of [1, 16]) {
    await operations.sign({ documents: Array(number).fill(entry()) });
    assert.equal(FakeSocket.instances.at(-1).sent[0].params.documents.length, number);
  }
});

test("what the agent finds wrong with a name, a digest or a list of attributes comes back as an error", async () => {
  for (const [ask, message] of [
    [() => operations.sign({ documents: [entry("a\u202Eb")] }), "the text holds a control or invisible character (U+202E)"],
    [() => operations.sign({ documents: [entry("a\nb")] }), "the text holds a control or invisible character (U+000A)"],
    [() => operations.sign({ documents: [{ ...entry(), digest: "c2hvcnQ=" }] }), "a SHA-256 digest has 32 bytes"],
    [() => operations.readAttributes({ attributes: ["name", "name"] }), "each at most once"],
  ]) {
    const data = { code: "invalid_request", remedy: "サイトの運営者にお知らせください。" };
    world.ports[39041] = agent((socket, { id }) => socket.receive({ id, error: { code: -32602, message, data } }));
    const error = await failsWith("invalid_request", ask());
    assert.equal(error.message, `invalid_request: ${message}`);
    assert.equal(error.remedy, data.remedy);
    assert.equal(FakeSocket.instances.at(-1).sent.length, 1, "it was not the agent that refused");
  }
});

test("an agent that can't do it yet says so", async () => {
  const data = { code: "unsupported", remedy: "新しい版があるか確かめてください。" };
  world.ports[39041] = agent((socket, { id }) => socket.receive({ id, error: { code: -32601, message: "no", data } }));
  for (const ask of Object.values(operations)) await failsWith("unsupported", ask());
});

test("a browser that refuses the connection is named with its remedy, and the page is not left", async () => {
  for (const ask of Object.values(operations)) {
    world.permission = undefined;
    navigator.vendor = "Apple Computer, Inc.";
    assert.match((await failsWith("blocked", ask())).remedy, /別のブラウザー/);
    withPermission("denied");
    assert.match((await failsWith("permission_denied", ask())).remedy, /許可して/);
    assert.match((await ask({ lang: "en" }).catch((error) => error)).remedy, /Allow it in the site settings/);
  }
  assert.deepEqual([world.went, world.stored], [[], {}]);
});

test("aborted: before anything was sent", async () => {
  for (const ask of Object.values(operations)) await failsWith("aborted", ask({ signal: AbortSignal.abort() }));
  assert.deepEqual(world.requests, []);
});

test("aborted: a running request is cancelled and its connection closed", async () => {
  for (const [name, ask] of Object.entries(operations)) {
    const controller = new AbortController();
    world.ports = { 39041: agent((_, { method }) => method === name && controller.abort()) };
    await failsWith("aborted", ask({ signal: controller.signal }));
    const socket = FakeSocket.instances.at(-1);
    assert.deepEqual(socket.sent[1], { jsonrpc: "2.0", id: 2, method: "cancel", params: { id: 1 } });
    assert.equal(socket.closed, 1000);
  }
});

test("connection_lost, user_cancelled and invalid_answer end these operations as they end the others", async () => {
  const data = { code: "user_cancelled", remedy: "取り消されました。" };
  for (const ask of Object.values(operations)) {
    for (const [code, reply] of [
      ["connection_lost", (socket) => socket.drop(1001)],
      ["user_cancelled", (socket, { id }) => socket.receive({ id, error: { code: -32000, message: "no", data } })],
      ["invalid_answer", (socket, { id }) => socket.receive({ id })],
    ]) {
      world.ports = { 39041: agent(reply) };
      await failsWith(code, ask());
    }
  }
});

test("a document is hashed as file, bytes, part of bytes or text, and its content stays here", async () => {
  const text = "注文書\r\n";
  const bytes = new TextEncoder().encode(text);
  const digest = createHash("sha256").update(text).digest("base64");
  const file = Object.assign(new Blob([text]), { name: "注文書.txt" });
  assert.deepEqual(await bridge.hashDocument(file), { name: "注文書.txt", digest, algorithm: "SHA-256" });
  const framed = new Uint8Array([0, ...bytes, 0]);
  for (const content of [file, new Blob([text]), bytes, bytes.buffer, framed.subarray(1, -1), text]) {
    assert.deepEqual(await bridge.hashDocument(content, { name: "order" }), { name: "order", digest, algorithm: "SHA-256" });
  }
  const empty = await bridge.hashDocument("", { name: "empty" });
  assert.equal(empty.digest, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
});

test("a document without a name, and a file that is gone, are errors that say so", async (t) => {
  assert.match((await failsWith("invalid_request", bridge.hashDocument("text"))).message, /give one$/);
  await failsWith("invalid_request", bridge.hashDocument(new Blob(["text"]), { name: "" }));

  const gone = new DOMException("the file changed", "NotReadableError");
  t.mock.method(Blob.prototype, "arrayBuffer", () => Promise.reject(gone));
  const file = Object.assign(new Blob(["text"]), { name: "gone.txt" });
  const error = await failsWith("file_unreadable", bridge.hashDocument(file));
  assert.equal(error.cause, gone);
  assert.match((await bridge.hashDocument(file, { lang: "en" }).catch((error) => error)).remedy, /^The file/);
});
