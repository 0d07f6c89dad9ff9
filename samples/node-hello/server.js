// Answers every request with a line of text; ends when what it has begun is answered.
const http = require("node:http");

const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`Hello from Node, ${process.env.BERTH_SANDBOX ?? "here"}\n`);
});

server.listen(process.env.PORT, "0.0.0.0", () => console.log(`listening on port ${process.env.PORT}`));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
