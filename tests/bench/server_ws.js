/* server_ws: npm's ws as an echo server.  --tls CERT KEY, --deflate. */
"use strict";
const fs = require("fs");
const http = require("http");
const https = require("https");

let WebSocketServer;
try {
    ({ WebSocketServer } = require("ws"));
} catch (error) {
    console.log("npm's ws is not there (Debian: node-ws)");
    process.exit(77);
}

const options = process.argv.slice(2);
const at = options.indexOf("--tls");
const server =
    at < 0
        ? http.createServer()
        : https.createServer({ cert: fs.readFileSync(options[at + 1]), key: fs.readFileSync(options[at + 2]) });
const sockets = new WebSocketServer({ server, perMessageDeflate: options.includes("--deflate") });

sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(0, "127.0.0.1", 4096, () => console.log("port " + server.address().port));
