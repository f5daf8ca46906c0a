// Passkeys: shown where the browser knows them; what goes wrong is said on the page.

const trouble = document.querySelector("[data-passkey-trouble]");
const WORDS = { NotAllowedError: "aborted", AbortError: "aborted", InvalidStateError: "known" };

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without-passkey]")) part.hidden = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (!trouble) return;
  const line = document.createElement("p");
  line.className = "message message--error";
  line.textContent = trouble.dataset[WORDS[event.detail.exception?.name] ?? "other"];
  trouble.replaceChildren(line);
});
