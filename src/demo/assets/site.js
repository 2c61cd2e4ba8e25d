import { JpkiBridgeError, hashDocument } from "/jpki-bridge.js";

// The button gets from the card what the page asked for; the server decides what it is worth.
const button = document.querySelector("jpki-bridge-button");
button?.addEventListener("jpki-token", ({ detail }) => send("/login", detail.token));
button?.addEventListener("jpki-attributes", ({ detail }) => send("/attributes", detail.result));
button?.addEventListener("jpki-signatures", async ({ detail }) => {
  const [signature] = detail.result.signatures;
  send("/document", chosen ? { signature, file: await base64(chosen) } : { signature });
});

/** The file that is being signed, if it is the person's own. */
let chosen;

const input = document.querySelector("#file");
if (input) {
  const own = document.querySelector("input[value=file]");
  input.addEventListener("change", () => (own.checked = true));
  button.getDocuments = async (signal) => {
    chosen = own.checked ? fileOf(input) : undefined;
    // Every signature begins with an order number that this visit alone has, and that counts once.
    const order = await (await fetch("/order", { method: "POST", signal })).blob();
    if (chosen) return [await hashDocument(chosen)];
    document.querySelector("#order").textContent = await order.text();
    return [await hashDocument(order, { name: "order.txt" })];
  };
}

function fileOf({ files: [file], dataset }) {
  const remedy = !file ? dataset.missing : file.size > 512 * 1024 ? dataset.tooLarge : undefined;
  if (remedy) throw new JpkiBridgeError("file_unfit", { language: document.documentElement.lang, remedy });
  return file;
}

/** The contents of a file in base64, which a JSON message can carry. */
async function base64(file) {
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = reject;
    reader.readAsDataURL(file);
  });
  return reader.result.split(",")[1];
}

async function send(path, message) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(message) });
  if (answer.ok) return location.reload();
  const { remedy } = await answer.json();
  document.querySelector("#refusal").textContent = remedy[document.documentElement.lang];
}
