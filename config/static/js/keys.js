// Keys for those who would rather not reach for the mouse; never while somebody types.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const help = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.getElementById("shell-search");
    event.preventDefault();
    if (search.offsetParent) search.focus();
    else location.assign(search.form.action);
  } else if (event.key === "?" && help && !help.open) {
    event.preventDefault();
    help.showModal();
  }
});
