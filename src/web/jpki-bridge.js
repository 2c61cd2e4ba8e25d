// SPDX-License-Identifier: Apache-2.0
/**
 * The page's side of JPKI Bridge: finds the agent on this computer, asks it to authenticate the person with a
 * My Number Card, to hand over their attributes or to sign documents, and gives back what the page's server verifies.
 * Pages come in here, through `authenticate()`, `readAttributes()`, `sign()` or the element `<jpki-bridge-button>`.
 * No PIN, no card and no verification ever lives here: what this module returns is worth nothing until a server has
 * checked it.
 *
 * It is one file without dependencies so that a site can serve, read and pin it as it is.
 *
 * @module jpki-bridge
 */

/** The ports the agent tries, in its order. */
const PORTS = [39041, 39042, 39043];

/** The protocol version this module speaks. */
const PROTOCOL = 1;

/** How long a listening port may take to answer, in ms, once no permission prompt stands in the way. */
const ANSWER_MS = 5000;

/** After how long without an answer, in ms, a person is told to look for the browser's permission prompt. */
const PROMPT_HINT_MS = 400;

/** How long, in ms, a person may take over the browser's permission prompt. */
const PERMISSION_MS = 120_000;

/** How much longer than a closed port, in ms, one must take before a prompt is believed to have been shown. */
const PROMPT_MS = 1000;

/** How long, in ms, a closed port keeps a page waiting on Windows, where TCP tries again; elsewhere it fails at once. */
const REFUSAL_MS = 2000;

/** How many documents one `sign()` takes at most. */
const MAX_DOCUMENTS = 16;

/** Where the `state` of a redirect waits for the return. */
const STATE_KEY = "jpki-bridge.state";

/** How the fragment begins that the agent puts on the return address. */
const RETURN_PREFIX = "#jpki=";

/**
 * @typedef {"ja" | "en"} Language
 *
 * @typedef {object} AuthToken A Web eID authentication token 1.0, for the server as it is.
 * @property {string} unverifiedCertificate
 * @property {"RS256"} algorithm
 * @property {string} signature
 * @property {"web-eid:1.0"} format
 * @property {string} appVersion
 *
 * @typedef {object} Info
 * @property {string} version The agent's version.
 * @property {number} protocol
 * @property {string[]} operations The methods this agent carries out.
 * @property {string} platform `linux`, `windows` or `macos`.
 *
 * @typedef {"connecting" | "waiting_for_permission" | "redirecting"
 *   | "waiting_for_user" | "waiting_for_card" | "working"} ProgressState
 *
 * @typedef {object} CallOptions
 * @property {Language} [lang] Of remedies and of the agent's window; without it the page's, and the person's own.
 * @property {AbortSignal} [signal] Cancels the operation; the window closes with it.
 * @property {(state: ProgressState) => void} [onProgress]
 * @property {number[]} [ports] Where to look for the agent, if it was started with `--port`.
 *
 * @typedef {object} AuthenticateOptions
 * @property {string} challenge A fresh single-use nonce from the server, 44 to 128 characters of padded base64.
 * @property {string} [purpose] Why the page asks, at most 200 characters; the person reads it in the window.
 * @property {"auto" | "never" | "only"} [redirect] Whether to leave the page for the agent's own where the browser
 *   refuses the connection (`auto`, the default), never, or always.
 * @property {string} [returnUrl] Where a redirect comes back to, on this origin; the current address by default.
 *
 * @typedef {"name" | "address" | "birthdate" | "gender"} AttributeName
 *
 * @typedef {"card" | "signatureCertificate"} AttributeSource Where attributes are read from: the card's text
 *   application (a 4-digit PIN), or the signature certificate (the signature password).
 *
 * @typedef {object} Attributes Those that were asked for, and no other.
 * @property {string} [name] Family and given name parted by an ideographic space (U+3000).
 * @property {string} [address] One line.
 * @property {string} [birthdate] `YYYY-MM-DD`, with zeros where the register knows no year, month or day.
 * @property {"male" | "female" | "unknown" | "notApplicable"} [gender] As the resident register records it.
 * @property {number[]} [nameSubstitutes] Which characters of `name`, counted from 0, stand for one that the
 *   certificate can't carry.
 * @property {number[]} [addressSubstitutes] The same for `address`.
 *
 * @typedef {object} AttributesResult What `readAttributes()` resolves to, for the server as it is.
 * @property {Attributes} attributes
 * @property {AttributeSource} source
 * @property {AuthToken} token Binds the attributes to the challenge; without it they are mere words.
 * @property {{ signature: "valid", issuer: "jlis" | "jlisTest" | "unknown" }} [record] What the agent found about the
 *   card's signed record, which never leaves the computer; for source `card` alone.
 *
 * @typedef {object} ReadAttributesOptions
 * @property {string} challenge A fresh single-use nonce from the server, 44 to 128 characters of padded base64.
 * @property {AttributeName[]} attributes Which, 1 to 4, each at most once. Ask for what the page needs: the person
 *   reads each of them in the window, with its value for a last look.
 * @property {AttributeSource} [source] `card` by default.
 * @property {string} [purpose] Why the page asks, at most 200 characters; the person reads it in the window.
 *
 * @typedef {object} DocumentEntry A document to sign, as `hashDocument()` makes it.
 * @property {string} name At most 200 visible characters; the person reads it in the window.
 * @property {string} digest Its SHA-256 in padded base64.
 * @property {"SHA-256"} algorithm
 *
 * @typedef {object} SignOptions
 * @property {DocumentEntry[]} documents 1 to 16; all are signed with one password.
 * @property {"raw" | "cms"} format What comes back for each: the bare RSASSA-PKCS1-v1_5 signature, or a detached
 *   CAdES-BES signature (the contents of a `.p7s` file).
 * @property {string} [purpose] Why the page asks, at most 200 characters; the person reads it in the window.
 *
 * @typedef {object} Signatures
 * @property {string[]} signatures One for each document, in their order, in padded base64.
 * @property {string} certificate The person's signature certificate, DER in padded base64. It holds name, address,
 *   date of birth and gender.
 */

/**
 * What to do about the causes this module finds by itself. The agent brings the remedies for its own codes.
 *
 * @type {Record<string, Record<Language, string>>}
 */
const REMEDIES = {
  not_running: {
    ja: "JPKI Bridge が見つかりません。インストールして起動してから、もう一度お試しください。起動しているのに見つからないときは、広告ブロックなどの拡張機能をこのサイトで止めてください。",
    en: "JPKI Bridge was not found. Install and start it, then try again. If it is running, turn off ad blockers and similar extensions for this site.",
  },
  permission_denied: {
    ja: "ブラウザーが、このコンピューター上のアプリへの接続を許可していません。アドレスバーのサイト設定で「このデバイス上のアプリ」への接続を許可してから、もう一度お試しください。",
    en: "The browser does not allow this site to connect to apps on this computer. Allow it in the site settings next to the address, then try again.",
  },
  permission_pending: {
    ja: "ブラウザーの確認に答えがありませんでした。もう一度押し、確認が出たら「許可」を選んでください。",
    en: "The browser's question was not answered. Try again, and choose “Allow” when the browser asks.",
  },
  blocked: {
    ja: "ブラウザーまたは拡張機能が JPKI Bridge への接続を止めています。広告ブロックなどの拡張機能をこのサイトで止めるか、別のブラウザーでお試しください。",
    en: "The browser or an extension blocks the connection to JPKI Bridge. Turn off ad blockers for this site, or use another browser.",
  },
  too_old: {
    ja: "お使いの JPKI Bridge は古いため、このサイトでは使えません。新しい版に更新してください。",
    en: "Your JPKI Bridge is too old for this site. Update it to the latest version.",
  },
  page_too_old: {
    ja: "このサイトはお使いの JPKI Bridge にまだ対応していません。サイトの運営者にお知らせください。",
    en: "This site does not support your version of JPKI Bridge yet. Please tell the site's operator.",
  },
  origin_refused: {
    ja: "JPKI Bridge がこのサイトからの接続を断りました。サイトをブロックしていないか、このサイトをたくさんのタブで開いていないか確かめてください。",
    en: "JPKI Bridge refused this site. Check whether you blocked the site, or have it open in many tabs.",
  },
  aborted: {
    ja: "操作が中断されました。続けるには、もう一度お試しください。",
    en: "The operation was interrupted. Try again to continue.",
  },
  connection_lost: {
    ja: "JPKI Bridge との接続が切れました。JPKI Bridge が起動しているか確かめて、もう一度お試しください。",
    en: "The connection to JPKI Bridge was lost. Check that it is running, then try again.",
  },
  invalid_answer: {
    ja: "受け取った結果は、この画面から頼んだものではありません。もう一度始めからお試しください。",
    en: "The answer received does not belong to this page's request. Please start again.",
  },
  invalid_request: {
    ja: "サイトからの要求が正しくありません。サイトの運営者にお知らせください。",
    en: "The site's request is not valid. Please tell the site's operator.",
  },
  file_unreadable: {
    ja: "ファイルを読み取れませんでした。ファイルを選び直してから、もう一度お試しください。",
    en: "The file could not be read. Choose it again, then try once more.",
  },
  page_failed: {
    ja: "サイトで問題が起きました。しばらくしてから、もう一度お試しください。",
    en: "Something went wrong on the site. Try again in a while.",
  },
};

/** Why an operation gave no result. */
export class JpkiBridgeError extends Error {
  /**
   * @param {string} code
   * @param {{ language: Language, remedy?: string, message?: string, retryAfter?: number, cause?: unknown }} details
   */
  constructor(code, { language, remedy, message, retryAfter, cause }) {
    const own = REMEDIES[code];
    super(`${code}: ${message ?? own?.en ?? remedy ?? "the operation failed"}`, { cause });
    this.name = "JpkiBridgeError";
    /** The cause in one word: one of this module's (see the README) or of the protocol's. */
    this.code = code;
    /** What happened and what to do, for the person, in the page's language. */
    this.remedy = remedy ?? (own ?? REMEDIES.page_failed)[language];
    /** After how many seconds it is worth trying again, where the agent says so. */
    this.retryAfter = retryAfter;
  }
}

/**
 * Asks the person to prove, with card and PIN, who they are. Call it in answer to a click.
 *
 * Where the browser refuses the connection and `redirect` allows it, the page is left for the agent's own and the
 * promise stays open; the answer then comes to the page at `returnUrl`, which takes it with `finishRedirect()`.
 *
 * @param {AuthenticateOptions & CallOptions} options
 * @returns {Promise<AuthToken>} for the server to verify
 * @throws {JpkiBridgeError}
 */
export async function authenticate(options) {
  const { challenge, purpose, lang, redirect = "auto" } = options;
  const call = begin(options);
  if (redirect === "only") return leaveForAgent(options, call);
  try {
    const { token } = await request(call, "authenticate", { challenge, purpose, lang });
    return token;
  } catch (error) {
    const refused = error instanceof JpkiBridgeError && ["permission_denied", "blocked"].includes(error.code);
    // Inside a frame the navigation would lose the page around it.
    if (!refused || redirect === "never" || window.top !== window) throw error;
    return leaveForAgent(options, call);
  }
}

/**
 * Asks the person to hand over attributes from the card. Call it in answer to a click.
 *
 * There is no redirect for it: where the browser refuses the connection it fails with `permission_denied` or
 * `blocked`, whose remedy says how to allow it.
 *
 * @param {ReadAttributesOptions & CallOptions} options
 * @returns {Promise<AttributesResult>} for the server to verify, with the challenge it set
 * @throws {JpkiBridgeError}
 */
export async function readAttributes(options) {
  const { challenge, attributes, source, purpose, lang } = options;
  return request(begin(options), "readAttributes", { challenge, attributes, source, purpose, lang });
}

/**
 * Asks the person to sign documents with the card's signature key. Call it in answer to a click.
 *
 * There is no redirect for it, as for `readAttributes()`. A signature says who signed what, not for whom: a document
 * that must not be used a second time holds something that is unique to its use.
 *
 * @param {SignOptions & CallOptions} options
 * @returns {Promise<Signatures>} for the server to verify, with the documents
 * @throws {JpkiBridgeError} `invalid_request` without asking anybody if there are no documents, or more than 16
 */
export async function sign(options) {
  const { documents, format, purpose, lang } = options;
  const call = begin(options);
  if (documents.length < 1 || documents.length > MAX_DOCUMENTS) {
    const message = `sign() takes 1 to ${MAX_DOCUMENTS} documents, not ${documents.length}`;
    throw new JpkiBridgeError("invalid_request", { ...call, message });
  }
  return request(call, "sign", { documents, format, purpose, lang });
}

/**
 * Makes the entry of a document for `sign()`. The content stays in the page: the agent gets its SHA-256 alone.
 *
 * It is held in memory as a whole, since WebCrypto can't hash piece by piece.
 *
 * @param {Blob | BufferSource | string} content A file the person chose, bytes, or text, which is hashed as UTF-8.
 * @param {{ name?: string, lang?: Language }} [options] The name to show, that of the file by default.
 * @returns {Promise<DocumentEntry>}
 * @throws {JpkiBridgeError} `file_unreadable` where a file was changed, moved or locked since it was chosen
 */
export async function hashDocument(content, options = {}) {
  const language = options.lang ?? pageLanguage();
  const name = options.name ?? /** @type {Partial<File>} */ (content).name;
  if (!name) {
    throw new JpkiBridgeError("invalid_request", { language, message: "only a file brings its own name: give one" });
  }
  let bytes;
  try {
    bytes = await new Blob([content]).arrayBuffer();
  } catch (cause) {
    throw new JpkiBridgeError("file_unreadable", { language, cause });
  }
  const digest = toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  return { name, digest, algorithm: "SHA-256" };
}

/**
 * Asks the agent what it is and can do. It shows nothing to the person, but the browser may ask for permission.
 *
 * @param {CallOptions} [options]
 * @returns {Promise<Info>}
 * @throws {JpkiBridgeError}
 */
export async function info(options = {}) {
  return request(begin(options), "bridge.info", {});
}

/** Whether this page was opened by the agent with the answer of a redirect. */
export function isRedirectReturn() {
  return location.hash.startsWith(RETURN_PREFIX);
}

/**
 * Takes the answer of a redirect out of the address and resolves, or throws, as `authenticate()` would have.
 *
 * @param {{ lang?: Language }} [options]
 * @returns {Promise<AuthToken>}
 * @throws {JpkiBridgeError} `invalid_answer` also for an answer this tab did not ask for
 */
export async function finishRedirect(options = {}) {
  const language = options.lang ?? pageLanguage();
  const encoded = location.hash.slice(RETURN_PREFIX.length);
  const expected = sessionStorage.getItem(STATE_KEY);
  sessionStorage.removeItem(STATE_KEY);
  // Neither a reload nor a copied address may bring the answer a second time.
  history.replaceState(history.state, "", location.pathname + location.search);
  let answer;
  try {
    answer = JSON.parse(fromBase64Url(encoded));
  } catch (cause) {
    throw new JpkiBridgeError("invalid_answer", { language, cause });
  }
  if (expected === null || answer?.state !== expected) throw new JpkiBridgeError("invalid_answer", { language });
  if (answer.error) throw agentError(answer.error, language);
  if (!answer.token) throw new JpkiBridgeError("invalid_answer", { language });
  return answer.token;
}

/**
 * One call with everything resolved.
 *
 * @typedef {object} Call
 * @property {Language} language
 * @property {number[]} ports
 * @property {AbortSignal | undefined} signal
 * @property {(state: ProgressState) => void} progress
 */

/**
 * @param {CallOptions} options
 * @returns {Call}
 */
function begin({ lang, signal, onProgress, ports = PORTS }) {
  const call = { language: lang ?? pageLanguage(), ports, signal, progress: onProgress ?? (() => {}) };
  if (signal?.aborted) throw aborted(call);
  return call;
}

/**
 * The port that answered last, so that the next operation finds it at once.
 * @type {number | undefined}
 */
let lastPort;

/**
 * Leaves the page for the agent's own. A navigation needs no permission, so this works where a connection doesn't.
 *
 * @param {AuthenticateOptions} options
 * @param {Call} call
 * @returns {Promise<never>}
 */
function leaveForAgent({ challenge, purpose, returnUrl }, call) {
  const state = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  sessionStorage.setItem(STATE_KEY, state);
  const port = lastPort ?? call.ports[0];
  const url = new URL(`http://127.0.0.1:${port}/v1/authenticate`);
  const back = new URL(returnUrl ?? location.href, location.href);
  back.hash = "";
  // Browsers leave these in a path; the agent takes only what RFC 3986 allows.
  const plain = back.href.replace(/['^`{|}]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  url.search = new URLSearchParams({
    challenge,
    return_url: plain,
    state,
    lang: call.language,
    ...(purpose ? { purpose } : {}),
  }).toString();
  call.progress("redirecting");
  location.assign(url);
  return new Promise((_, reject) => {
    // The person came back by the browser's Back button to the page as it was left.
    addEventListener("pageshow", (event) => event.persisted && reject(aborted(call)));
  });
}

/**
 * Sends one request over a connection of its own, as the agent cancels what a closed connection asked for.
 *
 * @param {Call} call
 * @param {string} method
 * @param {object} params
 * @returns {Promise<any>}
 */
async function request(call, method, params) {
  const socket = await connect(call);
  const id = 1;
  /** @type {() => void} */
  let abort = () => {};
  return new Promise((resolve, reject) => {
    abort = () => {
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "cancel", params: { id } }));
      reject(aborted(call));
    };
    socket.onmessage = ({ data }) => {
      const message = parseJson(data);
      if (message?.method === "progress" && message.params?.id === id) return call.progress(message.params.state);
      if (message?.id !== id && message?.id !== null) return;
      if (message.error) return reject(agentError(message.error, call.language));
      if (!message.result) return reject(new JpkiBridgeError("invalid_answer", call));
      resolve(message.result);
    };
    socket.onclose = ({ code }) => {
      // 1008 (RFC 6455, section 7.4.1): the agent no longer wants this site.
      reject(new JpkiBridgeError(code === 1008 ? "origin_refused" : "connection_lost", call));
    };
    if (call.signal?.aborted) return abort();
    call.signal?.addEventListener("abort", abort);
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }).finally(() => {
    call.signal?.removeEventListener("abort", abort);
    socket.onmessage = socket.onclose = null;
    socket.close(1000);
  });
}

/**
 * Finds the agent and opens a connection.
 *
 * @param {Call} call
 * @returns {Promise<WebSocket>}
 */
async function connect(call) {
  call.progress("connecting");
  if (lastPort !== undefined && call.ports.includes(lastPort)) {
    const socket = await openSocket(lastPort, call);
    if (socket) return socket;
    lastPort = undefined;
  }
  const port = await discover(call);
  const socket = await openSocket(port, call);
  if (!socket) {
    const denied = (await permission())?.state === "denied";
    throw new JpkiBridgeError(denied ? "permission_denied" : "blocked", call);
  }
  lastPort = port;
  return socket;
}

/**
 * Opens the WebSocket; nothing if the port doesn't let us, for a reason the browser doesn't tell.
 *
 * @param {number} port
 * @param {Call} call
 * @returns {Promise<WebSocket | undefined>}
 */
async function openSocket(port, call) {
  const timer = timeout(await permission());
  const interrupted = interruption(call);
  /** @type {WebSocket | undefined} */
  let socket;
  let usable = false;
  try {
    const opening = (socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`));
    const opened = new Promise((resolve) => {
      opening.onopen = () => resolve(true);
      opening.onclose = () => resolve(false);
    });
    usable = await Promise.race([opened, timer.expired, interrupted.promise]);
    return usable ? socket : undefined;
  } catch (error) {
    if (error instanceof JpkiBridgeError) throw error;
    // Safari refuses mixed content by an exception.
    return undefined;
  } finally {
    if (!usable) socket?.close();
    timer.stop();
    interrupted.stop();
  }
}

/**
 * Asks all ports at once whether the agent is there, so that closed ones cost no more than one does. `fetch` comes
 * before the WebSocket because it says more when it fails, it names the agent's protocol versions, and the one
 * permission it may ask for covers both.
 *
 * @param {Call} call
 * @returns {Promise<number>} the port
 * @throws {JpkiBridgeError} the cause, as far as the browser lets it be known
 */
async function discover(call) {
  const status = await permission();
  const started = performance.now();
  const controller = new AbortController();
  const violation = watchPolicy();
  const hint = setTimeout(() => {
    if (status?.state === "prompt") call.progress("waiting_for_permission");
  }, PROMPT_HINT_MS);
  const interrupted = interruption(call);
  const timer = timeout(status);
  timer.expired.then(() => controller.abort());
  /** @type {number[]} */
  const failedAt = [];
  const attempts = call.ports.map(async (port) => {
    try {
      return { port, protocols: await health(port, controller.signal) };
    } catch (error) {
      failedAt.push(performance.now());
      throw error;
    }
  });
  try {
    const { port, protocols } = await Promise.race([Promise.any(attempts), interrupted.promise]);
    if (!protocols.includes(PROTOCOL)) {
      throw new JpkiBridgeError(Math.max(...protocols) < PROTOCOL ? "too_old" : "page_too_old", call);
    }
    return port;
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    const closedBy = failedAt.length > 1 ? Math.min(...failedAt) : started + REFUSAL_MS;
    const waited = Math.max(...failedAt) - closedBy;
    const code = await diagnose(call.ports, waited);
    // The report comes some time after the request has failed, so it is looked for last.
    throw new JpkiBridgeError(violation.seen() ? "blocked" : code, { ...call, cause: error });
  } finally {
    controller.abort();
    clearTimeout(hint);
    timer.stop();
    violation.stop();
    interrupted.stop();
  }
}

/**
 * The protocol versions of the agent on a port.
 *
 * @param {number} port
 * @param {AbortSignal} signal
 * @returns {Promise<number[]>}
 */
async function health(port, signal) {
  const response = await fetch(`http://127.0.0.1:${port}/v1/health`, { signal, credentials: "omit", cache: "no-store" });
  const { service, protocols } = await response.json();
  if (service !== "jpki-bridge" || !Array.isArray(protocols)) throw new Error(`port ${port} is another program's`);
  return protocols;
}

/**
 * Why no port answered. A refused permission, a refusal by the agent and an absent agent look alike to a script; what
 * tells them apart is the permission's state and a request whose answer may not be read but whose arrival shows.
 *
 * @param {number[]} ports
 * @param {number} waited How long a port kept the page waiting after a closed one would have failed, in ms.
 * @returns {Promise<string>} the code
 */
async function diagnose(ports, waited) {
  const state = (await permission())?.state;
  if (state === "denied") return "permission_denied";
  // A prompt appears only at a listening port: it kept that port waiting while the closed ones failed at once.
  if (state === "prompt" && waited > PROMPT_MS) return "permission_pending";
  const probe = new AbortController();
  const timer = setTimeout(() => probe.abort(), ANSWER_MS);
  const knock = (/** @type {number} */ port) =>
    fetch(`http://127.0.0.1:${port}/v1/health`, { mode: "no-cors", credentials: "omit", signal: probe.signal });
  try {
    await Promise.any(ports.map(knock));
    return "origin_refused";
  } catch {
    // Safari takes http://127.0.0.1 for mixed content on an https page (WebKit bug 171934) and doesn't say so.
    const safari = /^Apple/.test(navigator.vendor ?? "") && location.protocol === "https:";
    return safari ? "blocked" : "not_running";
  } finally {
    clearTimeout(timer);
    probe.abort();
  }
}

/**
 * The permission for loopback; nothing in a browser that doesn't ask for one. It has had two names.
 *
 * @returns {Promise<PermissionStatus | undefined>}
 */
async function permission() {
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) });
    } catch {
      // A name the browser doesn't know is a TypeError.
    }
  }
  return undefined;
}

/**
 * A time limit that becomes short once the person has answered the browser's prompt. It resolves to `false`.
 *
 * @param {PermissionStatus | undefined} status
 */
function timeout(status) {
  /** @type {(value: false) => void} */
  let expire;
  /** @type {Promise<false>} */
  const expired = new Promise((resolve) => (expire = resolve));
  let timer = setTimeout(() => expire(false), status?.state === "prompt" ? PERMISSION_MS : ANSWER_MS);
  const shorten = () => {
    clearTimeout(timer);
    timer = setTimeout(() => expire(false), ANSWER_MS);
  };
  status?.addEventListener("change", shorten);
  const stop = () => {
    clearTimeout(timer);
    status?.removeEventListener("change", shorten);
  };
  return { expired, stop };
}

/**
 * A promise that fails when the caller aborts.
 *
 * @param {Call} call
 */
function interruption(call) {
  /** @type {() => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const promise = new Promise((_, reject) => (fail = () => reject(aborted(call))));
  promise.catch(() => {});
  if (call.signal?.aborted) fail();
  call.signal?.addEventListener("abort", fail, { once: true });
  return { promise, stop: () => call.signal?.removeEventListener("abort", fail) };
}

/** Notices when the page's own Content-Security-Policy forbids the connection (`connect-src`). */
function watchPolicy() {
  let seen = false;
  /** @param {SecurityPolicyViolationEvent} event */
  const look = (event) => {
    if (event.blockedURI.includes("127.0.0.1")) seen = true;
  };
  document.addEventListener("securitypolicyviolation", look);
  return { seen: () => seen, stop: () => document.removeEventListener("securitypolicyviolation", look) };
}

/** @param {Call} call */
function aborted(call) {
  return new JpkiBridgeError("aborted", { language: call.language, cause: call.signal?.reason });
}

/**
 * The agent's error, as it came over the connection or the redirect.
 *
 * @param {any} error
 * @param {Language} language
 */
function agentError(error, language) {
  const { code = "internal", remedy, retryAfter } = error.data ?? {};
  return new JpkiBridgeError(code, { language, remedy, retryAfter, message: error.message });
}

/**
 * @param {string} text
 * @returns {any}
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns {Language} */
function pageLanguage() {
  return /^ja\b/i.test(document.documentElement.lang || navigator.language) ? "ja" : "en";
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** @param {Uint8Array} bytes */
function toBase64Url(bytes) {
  return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * UTF-8 text out of base64url.
 * @param {string} text
 */
function fromBase64Url(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}

/**
 * What the element says.
 *
 * @type {Record<Language, Record<string, string>>}
 */
const TEXTS = {
  ja: {
    explanation:
      "押すと、このコンピューターの JPKI Bridge につながり、マイナンバーカードと暗証番号を確かめる画面が開きます。ブラウザーが接続の許可を求めたら「許可」を選んでください。",
    button: "マイナンバーカードで続ける",
    cancel: "中止する",
    connecting: "JPKI Bridge につないでいます…",
    waiting_for_permission: "ブラウザーの確認で「許可」を選んでください。",
    redirecting: "JPKI Bridge の画面へ移ります。終わるとこの画面に戻ります。",
    waiting_for_user: "開いた画面で内容を確かめ、暗証番号を入力してください。",
    waiting_for_card: "マイナンバーカードをリーダーに置いてください。",
    working: "カードを読み取っています。カードを動かさないでください。",
    done: "カードの読み取りが終わりました。",
  },
  en: {
    explanation:
      "This connects to JPKI Bridge on this computer and opens its window, where you present your My Number Card and PIN. If the browser asks for permission to connect, choose “Allow”.",
    button: "Continue with My Number Card",
    cancel: "Cancel",
    connecting: "Connecting to JPKI Bridge…",
    waiting_for_permission: "Choose “Allow” when the browser asks.",
    redirecting: "Going to JPKI Bridge's own page. You will come back here afterwards.",
    waiting_for_user: "Check the window that opened and enter your PIN there.",
    waiting_for_card: "Place your My Number Card on the reader.",
    working: "Reading the card. Do not move it.",
    done: "The card was read.",
  },
};

const STYLE = `
  :host { display: block; max-width: 32rem; }
  :host([hidden]) { display: none; }
  [part="explanation"], [part~="status"] { margin: 0 0 0.75rem; line-height: 1.6; }
  [part~="status"]:empty { display: none; }
  [part~="error"] { padding-left: 0.75rem; border-left: 0.25rem solid var(--jpki-bridge-error, #b3261e); }
  [part="actions"] { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-bottom: 0.75rem; }
  button { min-height: 2.75rem; padding: 0.5rem 1.25rem; border-radius: 0.375rem; font: inherit; cursor: pointer; }
  [part="button"] {
    border: 1px solid transparent; font-weight: 600;
    color: var(--jpki-bridge-on-accent, #fff); background: var(--jpki-bridge-accent, #0b57a4);
  }
  [part="button"][aria-disabled="true"] { opacity: 0.55; cursor: default; }
  [part="cancel"] { border: 1px solid currentColor; color: inherit; background: transparent; }
  [hidden] { display: none; }
  button:focus-visible { outline: 0.1875rem solid var(--jpki-bridge-focus, currentColor); outline-offset: 0.1875rem; }
`;

/**
 * @param {string} name
 * @param {string} part
 * @param {Node[]} children
 */
function makePart(name, part, ...children) {
  const element = document.createElement(name);
  element.setAttribute("part", part);
  element.append(...children);
  return element;
}

/** Where there is no document, as in a test or on a server that renders, the element is not defined. */
const ElementBase = globalThis.HTMLElement ?? Object;

/**
 * `<jpki-bridge-button challenge-url="/challenge">`: explains in one sentence, asks when pressed, tells how it goes on,
 * and what to do when it fails. It also takes the answer of a redirect when the page comes back.
 *
 * Attributes: `operation` (`authenticate` by default, `readAttributes`, `sign`), `challenge-url`, `purpose`, `lang`,
 * `ports` (separated by spaces); `redirect` for `authenticate`, `attributes` (separated by spaces) and `source` for
 * `readAttributes`, `format` for `sign`. Events, all bubbling: `jpki-token` with `detail.token`; `jpki-attributes` and
 * `jpki-signatures` with `detail.result`; `jpki-error` with `detail.error`. The slot holds the button's label.
 */
export class JpkiBridgeButton extends ElementBase {
  static observedAttributes = ["lang"];

  #label = document.createElement("slot");
  #explanation = makePart("p", "explanation");
  #button = makePart("button", "button", this.#label);
  #cancel = makePart("button", "cancel");
  #status = makePart("p", "status");

  /** @type {AbortController | undefined} */
  #running;

  constructor() {
    super();
    this.#explanation.id = "explanation";
    this.#button.setAttribute("type", "button");
    this.#button.setAttribute("aria-describedby", "explanation");
    this.#cancel.setAttribute("type", "button");
    this.#cancel.hidden = true;
    this.#status.setAttribute("role", "status");
    // A style sheet object passes a Content-Security-Policy that forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#explanation, makePart("div", "actions", this.#button, this.#cancel), this.#status);
    this.#button.addEventListener("click", () => this.start());
    this.#cancel.addEventListener("click", () => this.#running?.abort());
  }

  connectedCallback() {
    this.attributeChangedCallback();
    if (!isRedirectReturn() || this.#operation !== "authenticate") return;
    const finish = () => this.#run(async ({ lang }) => ["jpki-token", { token: await finishRedirect({ lang }) }]);
    // The page's own scripts are to be there to hear the event.
    if (document.readyState === "complete") finish();
    else addEventListener("load", finish, { once: true });
  }

  disconnectedCallback() {
    this.#running?.abort();
  }

  attributeChangedCallback() {
    const texts = TEXTS[this.language];
    this.#explanation.textContent = texts.explanation;
    this.#label.textContent = texts.button;
    this.#cancel.textContent = texts.cancel;
  }

  /**
   * The language of the nearest `lang` attribute, or of the browser.
   *
   * @returns {Language}
   */
  get language() {
    const lang = /** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang || navigator.language;
    return /^ja\b/i.test(lang) ? "ja" : "en";
  }

  /**
   * Gets a challenge from the page's server: a POST to `challenge-url`, answered by `{"challenge": "…"}`. A page that
   * has its own way replaces this method.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<string>}
   */
  async getChallenge(signal) {
    const response = await fetch(this.getAttribute("challenge-url") ?? "", { method: "POST", signal });
    if (!response.ok) throw new Error(`the server answered ${response.status} instead of a challenge`);
    return (await response.json()).challenge;
  }

  /**
   * The documents to sign. Only the page knows them, so with `operation="sign"` it replaces this method.
   *
   * @param {AbortSignal} _signal
   * @returns {Promise<DocumentEntry[]>} as `hashDocument()` makes them
   */
  async getDocuments(_signal) {
    throw new Error("the page didn't say what to sign: replace getDocuments()");
  }

  /** Does what a click does. One operation at a time: a second call does nothing. */
  async start() {
    await this.#run(async (options) => {
      const purpose = this.getAttribute("purpose") ?? undefined;
      const ports = this.getAttribute("ports")?.split(" ").map(Number);
      const call = { ...options, purpose, ports };
      call.onProgress("connecting");
      switch (this.#operation) {
        case "authenticate": {
          const redirect = /** @type {AuthenticateOptions["redirect"]} */ (this.getAttribute("redirect") ?? "auto");
          const challenge = await this.getChallenge(call.signal);
          return ["jpki-token", { token: await authenticate({ ...call, challenge, redirect }) }];
        }
        case "readAttributes": {
          const attributes = /** @type {AttributeName[]} */ (this.getAttribute("attributes")?.split(" ") ?? []);
          const source = /** @type {AttributeSource | undefined} */ (this.getAttribute("source") ?? undefined);
          const challenge = await this.getChallenge(call.signal);
          return ["jpki-attributes", { result: await readAttributes({ ...call, challenge, attributes, source }) }];
        }
        case "sign": {
          const format = /** @type {SignOptions["format"]} */ (this.getAttribute("format") ?? "cms");
          const documents = await this.getDocuments(call.signal);
          return ["jpki-signatures", { result: await sign({ ...call, documents, format }) }];
        }
        default:
          throw new Error(`there is no operation "${this.#operation}"`);
      }
    });
  }

  get #operation() {
    return this.getAttribute("operation") ?? "authenticate";
  }

  /**
   * @param {(options: Required<Pick<CallOptions, "lang" | "signal" | "onProgress">>) => Promise<[string, object]>}
   *   operation Gives the event to tell the page, and its detail.
   */
  async #run(operation) {
    if (this.#running) return;
    const running = (this.#running = new AbortController());
    const lang = this.language;
    const onProgress = (/** @type {ProgressState} */ state) => this.#say(TEXTS[lang][state] ?? "");
    this.#busy(true);
    try {
      const [event, detail] = await operation({ lang, signal: running.signal, onProgress });
      this.#say(TEXTS[lang].done);
      this.#tell(event, detail);
    } catch (cause) {
      const own = running.signal.aborted ? "aborted" : "page_failed";
      const error = cause instanceof JpkiBridgeError ? cause : new JpkiBridgeError(own, { language: lang, cause });
      this.#say(error.remedy, "error");
      this.#tell("jpki-error", { error });
    } finally {
      this.#running = undefined;
      this.#busy(false);
    }
  }

  /** @param {boolean} busy */
  #busy(busy) {
    // A disabled button would lose the keyboard's focus.
    this.#button.setAttribute("aria-disabled", String(busy));
    if (!busy && this.shadowRoot?.activeElement === this.#cancel) this.#button.focus();
    this.#cancel.hidden = !busy;
  }

  /**
   * @param {string} text
   * @param {string} [kind]
   */
  #say(text, kind = "") {
    this.#status.setAttribute("part", `status ${kind}`.trim());
    this.#status.textContent = text;
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

globalThis.customElements?.define("jpki-bridge-button", JpkiBridgeButton);
