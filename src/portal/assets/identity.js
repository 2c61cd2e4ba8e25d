// Hands what the card signed to the server, and shows the help for what went wrong.

const button = document.querySelector("jpki-bridge-button");
const form = document.querySelector("#proof");
const parts = document.querySelectorAll("[data-codes]");

button?.addEventListener("jpki-token", ({ detail }) => {
  form.elements.token.value = JSON.stringify(detail.token);
  form.submit();
});

button?.addEventListener("jpki-error", ({ detail }) => {
  const { code } = detail.error;
  const known = [...parts].some((part) => part.dataset.codes.split(" ").includes(code));
  for (const part of parts) part.hidden = !part.dataset.codes.split(" ").includes(known ? code : "internal");
});
