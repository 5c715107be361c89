// Sends on what the issuer sent along, from a page of our own, so that our cookies go with it.
document.getElementById("callback").requestSubmit();
