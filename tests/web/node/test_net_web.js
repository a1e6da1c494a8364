/* test_net_web: a page's WebSocket, for real and from WebAssembly: with servers of ours, and with bad ones.
 *
 *     node --no-experimental-fetch test_net_web.js net_web_page.js FOLDER-OF-THE-NATIVE-EXECUTABLES
 */
"use strict";
const assert = require("node:assert");
const child_process = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const test = require("node:test");
const ws = require("/usr/share/nodejs/ws");

const create = require(path.resolve(process.argv[2]));
const executables = path.resolve(process.argv[3]);
/* What a page has and node has not. */
globalThis.WebSocket = ws.WebSocket;

const PLAIN = 1;
const NATIVE = 0;
const GODOT3 = 2;
const SERVER = 1;
const EFULL = -6;
const PATIENCE_MS = 20000;

async function until(condition, what) {
    const begun = Date.now();
    for (;;) {
        const found = condition();
        if (found) {
            return found;
        }
        assert.ok(Date.now() - begun < PATIENCE_MS, "it never came: " + what);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}

class Page {
    static async open(t, takes = true) {
        const page = new Page();
        /* A program that exits would have this process end with its status, whatever the tests say. */
        page.module = await create({ quit: (status, ended) => { throw ended; } });
        page.lines = [];
        if (takes) {
            page.module._page_take_by_itself(1);
        }
        t.after(() => page.leave());
        return page;
    }

    leave() {
        this.module._page_take_by_itself(0);
        for (let seat = 0; seat < 8; seat++) {
            this.module._page_free(seat);
        }
        assert.ok(this.sockets().every((socket) => !socket), "a WebSocket is left");
        assert.strictEqual(this.module.meepleWeb ? this.module.meepleWeb.timer : 0, 0);
    }

    sockets() {
        return this.module.meepleWeb ? this.module.meepleWeb.sockets : [];
    }

    connect(url, dialect, backlog = 0, queue = 0) {
        return this.module.ccall("page_connect", "number", ["string", "number", "number", "number"],
            [url, dialect, backlog, queue]);
    }

    send(seat, to, data) {
        const text = typeof data === "string";
        const bytes = Buffer.from(data);
        const at = this.module._malloc(bytes.length + 1);
        this.module.HEAPU8.set(bytes, at);
        const rc = this.module._page_send(seat, to, at, bytes.length, text ? 1 : 0);
        this.module._free(at);
        return rc;
    }

    close(seat, code, reason) {
        return this.module.ccall("page_close", "number", ["number", "number", "string"], [seat, code, reason]);
    }

    fault(seat) {
        return this.module.UTF8ToString(this.module._page_fault(seat));
    }

    /* Lines that were told since the last time. */
    told(seat) {
        const at = this.module._page_told(seat);
        const lines = this.module.UTF8ToString(at).split("\n").slice(0, -1);
        this.module._free(at);
        return lines;
    }

    /* All lines up to one that begins so. */
    async line(seat, begin) {
        let lines = [];
        await until(() => {
            lines = lines.concat(this.told(seat));
            return lines.some((line) => line.startsWith(begin));
        }, begin);
        return lines;
    }
}

/* A program of ours on a free port; gives its URL. */
async function serve(t, name, ...flags) {
    const executable = path.join(executables, name);
    assert.ok(fs.existsSync(executable), `there is no ${executable}: build the preset dev first`);
    const program = child_process.spawn(executable, ["--port", "0", "--bind", "127.0.0.1", ...flags]);
    const lines = [];
    t.after(() => program.kill());
    for (const stream of [program.stdout, program.stderr]) {
        readline.createInterface(stream).on("line", (line) => lines.push(line));
    }
    const found = await until(() => lines.join("\n").match(/Listening on port (\d+)/), name);
    return { url: "ws://127.0.0.1:" + found[1] + "/", lines };
}

/* A server of this script"s, with what is to be done with each connection. */
async function misbehave(t, options, onConnection) {
    const server = new ws.WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
    server.on("connection", onConnection);
    await until(() => server.address(), "a port");
    t.after(() => {
        server.clients.forEach((client) => client.terminate());
        server.close();
    });
    return "ws://127.0.0.1:" + server.address().port + "/";
}

function packet(data) {
    const bytes = Buffer.from(data);
    const shown = bytes.subarray(0, 60).toString("hex");
    return `packet 1 ${typeof data === "string" ? "text" : "bytes"} ${bytes.length}${shown ? " " + shown : ""}`;
}

test("what is sent comes back as it was, text or bytes", async (t) => {
    const { url } = await serve(t, "echo_server");
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    assert.deepStrictEqual(await page.line(seat, "join"), ["up 0 ", "join 1 "]);
    const sent = ["Test packet", "", "Привет", "\ufeffmark", "a\0b", "🎲", "x".repeat(60000),
        Buffer.from([0, 255, 128]), Buffer.alloc(0), Buffer.alloc(65536, 7)];
    for (const data of sent) {
        assert.strictEqual(page.send(seat, SERVER, data), 0);
        assert.deepStrictEqual(await page.line(seat, "packet"), [packet(data)]);
    }
    assert.strictEqual(page.close(seat, 0, "bye"), 0);
    assert.deepStrictEqual(await page.line(seat, "down"), ["leave 1 1000 clean bye", "down 0 1000 clean bye"]);
});

test("pages and their server see each other in the native dialect", async (t) => {
    const { url, lines } = await serve(t, "chat_server", "--multiplayer");
    const [anna, ben] = [await Page.open(t), await Page.open(t)];
    const a = anna.connect(url, NATIVE);
    const up = await anna.line(a, "join 1");
    assert.strictEqual(up[0], `up ${anna.module._page_id(a)} meeple.1`);
    const b = ben.connect(url, NATIVE);
    await ben.line(b, "join " + anna.module._page_id(a));
    await anna.line(a, "join " + ben.module._page_id(b));
    assert.strictEqual(anna.send(a, ben.module._page_id(b), "psst"), 0);
    const heard = await ben.line(b, "packet");
    assert.strictEqual(heard.at(-1), `packet ${anna.module._page_id(a)} text 4 70737374`);
    assert.strictEqual(anna.module._page_ping(a), 0);
    await until(() => anna.module._page_samples(a) === 1, "the answer to a ping");
    assert.strictEqual(anna.close(a, 1001, "away"), 0);
    assert.strictEqual((await anna.line(a, "down")).at(-1), "down 0 1001 clean away");
    const left = await ben.line(b, "leave");
    assert.strictEqual(left.at(-1), `leave ${up[0].split(" ")[1]} 4001 clean away`);
    assert.ok(lines.length > 0);
});

test("a server that is not there, or speaks something else, is a fault in words", async (t) => {
    const { url } = await serve(t, "echo_server");
    const page = await Page.open(t);
    for (const nowhere of ["ws://127.0.0.1:1/", url]) {
        const seat = page.connect(nowhere, NATIVE);
        const lines = await page.line(seat, "down");
        assert.strictEqual(lines.length, 1);
        assert.match(lines[0], /^down 0 1006 unclean could not connect to 127\.0\.0\.1:\d+; the browser does not say why/);
        assert.match(page.fault(seat), /does it speak meeple\.1\?$/);
        page.module._page_free(seat);
    }
});

test("a URL that the browser does not take is told in its words", async (t) => {
    const page = await Page.open(t);
    const seat = page.connect("ws://[::g]/", PLAIN);
    assert.match((await page.line(seat, "down"))[0], /^down 0 1006 unclean the browser refuses: .*URL/);
});

test("the server closes with a code and a reason", async (t) => {
    const url = await misbehave(t, {}, (client) => client.close(4321, "genug"));
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    assert.deepStrictEqual(await page.line(seat, "down"), ["up 0 ", "join 1 ", "closing 1 4321 unclean genug",
        "leave 1 4321 clean genug", "down 0 4321 clean genug"]);
});

test("the connection breaks", async (t) => {
    const url = await misbehave(t, {}, (client) => setTimeout(() => client.terminate(), 20));
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    assert.strictEqual((await page.line(seat, "down")).at(-1), "down 0 1006 unclean the connection was lost");
});

test("a server that breaks the rules is told so", async (t) => {
    const codes = [];
    const url = await misbehave(t, { handleProtocols: () => "meeple.1" }, (client) => {
        client.on("close", (code, reason) => codes.push(code + " " + reason));
        client.send("no packet");
    });
    const page = await Page.open(t);
    const seat = page.connect(url, NATIVE);
    const why = "this dialect speaks in binary messages";
    assert.deepStrictEqual(await page.line(seat, "down"), ["down 0 1003 unclean " + why]);
    await until(() => codes[0] === "4003 " + why, "the close at the server");
});

test("a page plays at a server of Godot 3", async (t) => {
    const heard = [];
    const i32 = (number) => { const bytes = Buffer.alloc(4); bytes.writeInt32LE(number); return bytes; };
    const message = (type, from, to, data) => Buffer.concat([Buffer.from([type]), i32(from), i32(to), Buffer.from(data)]);
    const url = await misbehave(t, {}, (client) => {
        client.on("message", (data) => heard.push(data.toString("hex")));
        for (const [type, peer] of [[3, 7], [1, 1], [1, 9], [1, 8]]) {
            client.send(message(type, 1, 0, i32(peer)));
        }
        client.send(message(0, 9, 7, "hello"));
        client.send(message(0, 1, 0, "all").toString("latin1"));
        client.send(message(2, 1, 0, i32(8)));
    });
    const page = await Page.open(t);
    const seat = page.connect(url, GODOT3);
    assert.deepStrictEqual(await page.line(seat, "leave"), ["up 7 ", "join 1 ", "join 9 ", "join 8 ",
        "packet 9 bytes 5 68656c6c6f", "packet 1 bytes 3 616c6c", "leave 8 1005 unclean "]);
    for (const to of [1, 0, 9, -9, -1]) {
        assert.strictEqual(page.send(seat, to, Buffer.from("x")), 0);
    }
    await until(() => heard.length === 5, "all that was sent");
    assert.deepStrictEqual(heard, [1, 0, 9, -9, 9].map((to) => message(0, 7, to, "x").toString("hex")));
    assert.strictEqual(page.close(seat, 4000, "bye"), 0);
    assert.deepStrictEqual((await page.line(seat, "down")).at(-1), "down 0 4000 clean bye");
});

test("what waits for a page that takes nothing is bounded", async (t) => {
    const codes = [];
    const url = await misbehave(t, {}, (client) => {
        client.on("close", (code) => codes.push(code));
        for (let i = 0; i < 50000; i++) {
            client.send("");
        }
    });
    const page = await Page.open(t, false);
    const seat = page.connect(url, PLAIN, 100000);
    await until(() => codes[0] === 4008, "the close at the server");
    assert.ok(page.sockets()[0].waiting <= 100000);
    page.module._page_take(seat);
    assert.strictEqual(page.module._page_packets(seat), Math.floor(100000 / 64));
    assert.strictEqual(page.told(seat).at(-1),
        "down 0 1008 unclean the application took no messages: over 100000 bytes of them waited");
});

test("a message may be longer than what may wait", async (t) => {
    const url = await misbehave(t, {}, (client) => client.on("message", (data) => client.send(data)));
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN, 1000);
    await page.line(seat, "join");
    for (const data of [Buffer.alloc(1000), Buffer.alloc(65536)]) {
        assert.strictEqual(page.send(seat, SERVER, data), 0);
        assert.deepStrictEqual(await page.line(seat, "packet"), [packet(data)]);
    }
});

test("a flood is taken as it comes", async (t) => {
    const count = 20000;
    const url = await misbehave(t, {}, (client) => {
        for (let i = 0; i < count; i++) {
            client.send("12345678");
        }
    });
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN, 10000);
    await until(() => {
        page.told(seat);
        return page.module._page_packets(seat) === count;
    }, "all of it");
});

test("a full queue says so, and when there is room", async (t) => {
    let peer = null;
    const url = await misbehave(t, {}, (client) => {
        peer = client;
        client.pause();
    });
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN, 0, 200000);
    await page.line(seat, "join");
    /* The system"s own buffers are full first. */
    await until(() => page.send(seat, SERVER, Buffer.alloc(60000)) < 0, "a full queue");
    assert.strictEqual(page.send(seat, SERVER, Buffer.alloc(60000)), EFULL);
    assert.ok(page.module._page_queued(seat) <= 200000);
    peer.resume();
    assert.deepStrictEqual(await page.line(seat, "drained"), ["drained 1"]);
    assert.strictEqual(page.send(seat, SERVER, Buffer.alloc(60000)), 0);
});

test("connecting again and again leaves nothing behind", async (t) => {
    const url = await misbehave(t, {}, (client) => client.on("message", (data) => client.send(data)));
    const page = await Page.open(t);
    for (let i = 0; i < 200; i++) {
        const seat = page.connect(url, PLAIN);
        assert.strictEqual(seat, 0);
        if (i % 4 > 0) {
            await page.line(seat, "join");
        }
        if (i % 4 > 1) {
            assert.strictEqual(page.send(seat, SERVER, "x"), 0);
            await page.line(seat, "packet");
        }
        if (i % 4 > 2) {
            page.close(seat, 0, "");
            await page.line(seat, "down");
        }
        page.module._page_free(seat);
    }
    assert.strictEqual(page.sockets().length, 1);
});

test("a net may be freed while it is told of", async (t) => {
    const url = await misbehave(t, {}, (client) => {
        for (let i = 0; i < 100; i++) {
            client.send("x");
        }
    });
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    page.module._page_free_at(seat, 3);
    await until(() => page.module._page_packets(seat) === 3, "three packets");
    assert.ok(page.sockets().every((socket) => !socket));
});

test("a page that is always a little behind keeps what it has not taken, and no more", async (t) => {
    const some = 1000;
    const sendSome = (client) => {
        for (let i = 0; i < some; i++) {
            client.send("x");
        }
    };
    const url = await misbehave(t, {}, (client) => {
        client.on("message", () => sendSome(client));
        sendSome(client);
        sendSome(client);
    });
    const page = await Page.open(t, false);
    const seat = page.connect(url, PLAIN);
    await until(() => page.sockets()[0].events.length > 0, "OPEN");
    page.module._page_take_some(seat, 2);
    for (let i = 1; i <= 20; i++) {
        const socket = page.sockets()[0];
        await until(() => socket.events.length - socket.at >= 2 * some, "what waits");
        page.module._page_take_some(seat, some);
        page.told(seat);
        assert.strictEqual(page.module._page_packets(seat), i * some);
        assert.ok(socket.events.length <= 4 * some + 64, `${socket.events.length} events are kept`);
        assert.strictEqual(page.send(seat, SERVER, "more"), 0);
    }
});

test("a program that ended leaves its seats", async (t) => {
    const codes = [];
    const url = await misbehave(t, {}, (client) => client.on("close", (code) => codes.push(code)));
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    await page.line(seat, "join");
    assert.throws(() => page.module._page_crash());
    await until(() => codes.length === 1, "the close at the server");
    assert.strictEqual(page.module.meepleWeb.timer, 0);
});

test("a program that trapped or exited leaves its seats, and is not called again", async (t) => {
    const codes = [];
    const url = await misbehave(t, {}, (client) => client.on("close", (code) => codes.push(code)));
    for (const how of [1, 2]) {
        const page = await Page.open(t);
        await page.line(page.connect(url, PLAIN), "join");
        page.module._page_end(how);
        if (how === 1) {
            assert.throws(() => page.module.meepleWeb.call(), WebAssembly.RuntimeError);
        } else {
            page.module.meepleWeb.call();
        }
        const calls = page.module._page_calls();
        await until(() => codes.length === how, "the close at the server");
        assert.strictEqual(page.module._page_calls(), calls);
        assert.strictEqual(page.module.meepleWeb.timer, 0);
    }
});

test("a net that is closed before it is open has something to tell", async (t) => {
    const url = await misbehave(t, {}, () => {});
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    assert.strictEqual(page.close(seat, 0, "never mind"), 0);
    assert.strictEqual(page.sockets()[0], null);
    assert.deepStrictEqual(await page.line(seat, "down"), ["down 0 1000 unclean never mind"]);
});

test("time is told once a second, and nothing is without a WebSocket", async (t) => {
    const { url } = await serve(t, "echo_server");
    const page = await Page.open(t);
    const seat = page.connect(url, PLAIN);
    await page.line(seat, "join");
    const before = page.module._page_calls();
    await until(() => page.module._page_calls() >= before + 2, "two seconds");
    assert.ok(page.module.meepleWeb.timer);
    page.module._page_free(seat);
    assert.strictEqual(page.module.meepleWeb.timer, 0);
});
