// Says that a file is too large before it is sent, instead of after it has travelled.
for (const field of document.querySelectorAll("input[type=file][data-limit]")) {
  field.addEventListener("change", () => {
    const tooLarge = [...field.files].some((file) => file.size > Number(field.dataset.limit));
    field.setCustomValidity(tooLarge ? field.dataset.tooLarge : "");
    field.reportValidity();
  });
  field.form?.addEventListener("submit", (event) => {
    if (!field.reportValidity()) event.preventDefault();
  });
}
