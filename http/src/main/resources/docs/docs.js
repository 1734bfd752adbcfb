// Reading only: no credential belongs into a page, so nothing can be sent from it.
SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#contract",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  supportedSubmitMethods: [],
  validatorUrl: "none",
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  deepLinking: true,
  showExtensions: true,
});
