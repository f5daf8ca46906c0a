// Puts a prepared value into a field: a phrase into an opinion, a day into a date. Hidden without scripts.

// A phrase takes the place of another phrase, and follows what somebody wrote themselves.
function filled(field, value, phrases) {
  const now = field.value.trim();
  if (field.tagName !== "TEXTAREA" || !now || phrases.includes(now)) return value;
  return now.endsWith(value) ? field.value : `${now}${value}`;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  const phrases = [...button.parentElement.querySelectorAll("[data-fill]")].map((one) => one.value);
  field.value = filled(field, button.value, phrases);
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

document.querySelectorAll("[data-fills]").forEach((group) => (group.hidden = false));
