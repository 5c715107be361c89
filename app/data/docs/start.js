// Shows the document of the service that the page came from. A script of its own, so that the page
// needs no inline script.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // Documents are not sent to a validator on the internet.
  validatorUrl: null,
});
