// Puts a placeholder into a text where somebody writes; without scripts the buttons are only its name.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const field = document.getElementById(button.dataset.insert);
  field.setRangeText(button.value, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

document.querySelectorAll("[data-insert]").forEach((button) => (button.disabled = false));
