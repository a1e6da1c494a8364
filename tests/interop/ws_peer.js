/* ws_peer: npm's ws in both roles.  Reads commands, a JSON object a line; answers each with a line, in order. */
"use strict";
const fs = require("fs");
const http = require("http");
const https = require("https");
const readline = require("readline");
const { WebSocket, WebSocketServer } = require("ws");

const driver = require("./driver.js")(WebSocket);
const { commands, end, keep, make, check, next } = driver;
const accepted = { came: [], waiting: [] };

/* Options that are files are named by their paths. */
function files({ ca, cert, key, ...rest }) {
    const named = Object.entries({ ca, cert, key }).filter(([, path]) => path !== undefined);
    return { ...rest, ...Object.fromEntries(named.map(([name, path]) => [name, fs.readFileSync(path)])) };
}

const open = commands.open;
commands.open = (options) => open(files(options));

/* A server on a free port.  agree: the subprotocol to agree to; refuse: a status for everybody. */
commands.listen = ({ agree, refuse, perMessageDeflate = false, ...options }) => {
    const server = options.cert ? https.createServer(files(options)) : http.createServer();
    const sockets = new WebSocketServer({
        server,
        perMessageDeflate,
        handleProtocols: (offered) => agree || false,
        verifyClient: (info, answer) => answer(!refuse, refuse, "no", { "X-Why": "not today" }),
    });
    sockets.on("headers", (headers, request) => {
        request.answered = headers.filter((line) => /^Sec-WebSocket-Extensions: /.test(line)).join();
    });
    sockets.on("connection", (socket, request) => {
        const came = { socket: keep(socket), protocol: socket.protocol, url: request.url };
        came.offered = request.headers["sec-websocket-extensions"] || "";
        came.agreed = request.answered.replace(/^[^:]*: /, "");
        const waiting = accepted.waiting.shift();
        if (waiting) {
            waiting(came);
        } else {
            accepted.came.push(came);
        }
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ port: server.address().port })));
};

commands.accept = () => accepted.came.shift() || new Promise((resolve) => accepted.waiting.push(resolve));

/* A message in pieces of a size, with a ping after each.  Not each has to be answered, but the last. */
commands.pieces = async ({ socket, piece, compress, ...message }) => {
    const whole = make(message);
    const bytes = Buffer.from(whole);
    const { socket: ws } = end(socket);
    const last = Math.max(1, Math.ceil(bytes.length / piece));
    let pongs = 0;
    const answered = new Promise((resolve) =>
        ws.on("pong", (number) => {
            pongs++;
            if (String(number) === String(last)) {
                resolve();
            }
        })
    );
    for (let number = 1; number <= last; number++) {
        const part = bytes.subarray((number - 1) * piece, number * piece);
        ws.send(part, { fin: number === last, binary: typeof whole !== "string", compress });
        ws.ping(String(number));
    }
    check(await next(end(socket)), whole);
    await answered;
    ws.removeAllListeners("pong");
    return { pongs, pings: last };
};

/* A message that is not compressed, or is, whatever the threshold. */
commands.echoAs = async ({ socket, compress, ...message }) => {
    const sent = make(message);
    end(socket).socket.send(sent, { compress });
    check(await next(end(socket)), sent);
    return true;
};

commands.ping = ({ socket, size }) =>
    new Promise((resolve, reject) => {
        const sent = Buffer.alloc(size, "p");
        end(socket).socket.once("pong", (got) => (got.equals(sent) ? resolve(true) : reject(new Error("another pong"))));
        end(socket).socket.ping(sent);
    });

/* Asks the other side for a ping, and waits for it. */
commands.pinged = ({ socket }) =>
    new Promise((resolve) => {
        end(socket).socket.once("ping", () => resolve(true));
        end(socket).socket.send("ping");
    });

commands.breakOff = ({ socket }) => {
    end(socket).socket.terminate();
    return end(socket).ended;
};

/* Bytes that are no WebSocket's. */
commands.raw = ({ socket, hex }) => {
    end(socket).socket._socket.write(Buffer.from(hex, "hex"));
    return true;
};

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        let answer;
        try {
            const { command, ...options } = JSON.parse(line);
            answer = { ok: await commands[command](options) };
        } catch (error) {
            answer = { error: error.message };
        }
        console.log(JSON.stringify(answer));
    }
    process.exit(0);
}

main();
