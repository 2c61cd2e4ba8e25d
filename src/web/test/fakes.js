// SPDX-License-Identifier: Apache-2.0
/**
 * A browser and an agent in a few lines each: globals that answer as the module's tests tell them to.
 */

import { webcrypto } from "node:crypto";

/**
 * What stands at a port: `health` answers `fetch`, `knock` answers a `no-cors` one, `socket` is called with each
 * message the page sends. A port that is not listed is closed.
 *
 * @typedef {{ health?: () => any, knock?: boolean, socket?: (socket: FakeSocket, message: any) => void }} Port
 */

export class FakeSocket {
  static instances = [];
  sent = [];

  constructor(url) {
    FakeSocket.instances.push(this);
    this.url = url;
    this.port = world.ports[new URL(url).port];
    queueMicrotask(() => (this.port?.socket ? this.onopen?.() : this.onclose?.({ code: 1006 })));
  }
  send(text) {
    const message = JSON.parse(text);
    this.sent.push(message);
    this.port.socket(this, message);
  }
  receive(message) {
    queueMicrotask(() => this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) }));
  }
  drop(code) {
    queueMicrotask(() => this.onclose?.({ code }));
  }
  close(code) {
    this.closed = code ?? true;
  }
}

export const world = {};

/** A browser with nothing behind its ports, on a page at https://rp.example/login?x=1. */
export function newWorld() {
  FakeSocket.instances = [];
  const document = new EventTarget();
  document.documentElement = { lang: "ja" };
  Object.assign(world, { ports: {}, permission: undefined, requests: [], timers: [], now: 0, stored: {}, went: [], document });
  define("document", document);
  define("window", globalThis);
  // Node 18 has it under another name.
  define("crypto", webcrypto);
  define("top", globalThis);
  define("WebSocket", FakeSocket);
  define("performance", { now: () => world.now });
  define("navigator", { language: "ja-JP", vendor: "", permissions: { query } });
  define("fetch", fakeFetch);
  define("setTimeout", (callback, ms) => world.timers.push({ callback, ms }));
  define("clearTimeout", (id) => id && (world.timers[id - 1].callback = () => {}));
  define("sessionStorage", {
    getItem: (key) => world.stored[key] ?? null,
    setItem: (key, value) => (world.stored[key] = value),
    removeItem: (key) => delete world.stored[key],
  });
  const at = new URL("https://rp.example/login?x=1");
  at.assign = (url) => world.went.push(new URL(url));
  define("location", at);
  define("history", { state: { kept: 1 }, replaceState: (state, _, url) => (world.replaced = { state, url }) });
  const events = new EventTarget();
  define("addEventListener", events.addEventListener.bind(events));
  define("dispatchEvent", events.dispatchEvent.bind(events));
  return world;
}

/** Lets all timers of this length run out. */
export function expire(ms) {
  for (const timer of world.timers.filter((timer) => timer.ms === ms)) timer.callback();
}

/** Resolves once the page has asked its ports and the closed ones have failed. */
export async function asked(ports = 3) {
  do await new Promise(setImmediate);
  while (world.requests.length < ports);
}

/** An agent that answers a request by `answer(socket, message)`. */
export const agent = (answer) => ({
  health: () => ({ service: "jpki-bridge", protocols: [1] }),
  knock: true,
  socket: answer ?? (() => {}),
});

async function query({ name }) {
  if (!world.permission || !world.permission.names.includes(name)) throw new TypeError("unknown permission");
  return world.permission.status;
}

/** A browser that asks for permission under these names; `status.state` may change. */
export function withPermission(state, names = ["loopback-network"]) {
  const status = new EventTarget();
  status.state = state;
  world.permission = { names, status };
  return status;
}

function fakeFetch(url, { mode, signal }) {
  const { port, pathname } = new URL(url);
  world.requests.push({ port: Number(port), pathname, mode });
  const there = world.ports[port];
  if (mode === "no-cors") return there?.knock ? Promise.resolve({ type: "opaque" }) : Promise.reject(new TypeError());
  if (!there?.health) return Promise.reject(new TypeError("Failed to fetch"));
  const hung = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const answer = Promise.resolve().then(there.health);
  return Promise.race([hung, answer.then((body) => ({ json: async () => body }))]);
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
