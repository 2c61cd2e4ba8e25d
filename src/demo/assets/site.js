import "/jpki-bridge.js";

// The button gets a challenge from the server and a token from the card; the server decides what the token is worth.
document.querySelector("jpki-bridge-button")?.addEventListener("jpki-token", async ({ detail }) => {
  const answer = await fetch("/login", { method: "POST", body: JSON.stringify(detail.token) });
  if (answer.ok) return location.reload();
  const { remedy } = await answer.json();
  document.querySelector("#refusal").textContent = remedy[document.documentElement.lang];
});
