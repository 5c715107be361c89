// What all pages do with scripts; each works without.

// Addresses of data with the host in front, to be copied.
for (const place of document.querySelectorAll("[data-origin]")) {
  place.textContent = location.origin;
}

// The snapshot is shown as soon as a day is chosen; fields that are empty stay out of the address.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}
