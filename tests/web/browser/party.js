/* party: what a test has started, hosts, players and pages, all of it ended with the test. */
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { Chromium } = require("./chromium");
const { GamePage, WEB } = require("./game_page");
const { Game } = require("./programs");

class Party {
    /* t: of node:test. */
    constructor(t) {
        this.ends = [];
        this.pages = [];
        t.after(() => this.end());
    }

    async end() {
        for (const end of this.ends.reverse()) {
            await end();
        }
    }

    started(program) {
        this.ends.push(() => program.end());
        return program;
    }

    async chromium(authority) {
        return this.started(await Chromium.start(authority));
    }

    folder() {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meeple-web-"));
        this.ends.push(() => fs.rmSync(folder, { recursive: true, force: true }));
        return folder;
    }

    /* A host without a window, that hands out the page of its game; program.port is its port, and program.url the
     * page's. */
    async host(game, ...args) {
        const folder = { dice: WEB, table: path.join(WEB, "table") }[game];
        const program = this.started(new Game(game, "--headless", "--host", "--bind", "127.0.0.1", "--name", "Host",
                                              "--serve", folder, ...(args.includes("--port") ? [] : ["--port", "0"]),
                                              ...args));
        const up = await program.line({ ev: "up" });
        program.port = up.port;
        program.url = up.page;
        return program;
    }

    /* One who plays without a window. */
    join(game, host, name, ...args) {
        return this.started(new Game(game, "--headless", "--connect", "127.0.0.1:" + host.port, "--name", name, ...args));
    }

    /* A page that says on its console what happens in the game. */
    async open(context, url, game = "dice") {
        const page = await GamePage.open(context, url + (url.includes("?") ? "&" : "?") + "report", game);
        this.pages.push(page);
        return page;
    }

    /* A web server with files and no game; its address. */
    async files(folder) {
        const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml",
                        ".wasm": "application/wasm" };
        const server = http.createServer((request, response) => {
            const name = new URL(request.url, "http://x").pathname.replace(/\/$/, "/index.html");
            const file = path.join(folder, name);
            if (!fs.existsSync(file)) {
                response.writeHead(404).end();
                return;
            }
            response.writeHead(200, { "Content-Type": types[path.extname(file)] || "application/octet-stream" });
            fs.createReadStream(file).pipe(response);
        });
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
        this.ends.push(() => new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
        }));
        return `http://127.0.0.1:${server.address().port}/`;
    }

    /* An authority, and a certificate of its for this machine: the paths of both and of the key. */
    certificates() {
        const folder = this.folder();
        const at = (name) => path.join(folder, name);
        const make = (name, subject, extensions, signer = []) => {
            fs.writeFileSync(at("conf"), `[req]\ndistinguished_name=name\n[name]\n[extensions]\n${extensions}\n`);
            execFileSync("openssl", [
                "req", "-config", at("conf"), "-extensions", "extensions", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(name + ".key"), "-out", at(name + ".pem"),
                "-days", "2", "-subj", "/CN=" + subject, ...signer], { stdio: "pipe" });
        };
        make("authority", "meeple test authority", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign");
        make("here", "meeple test", "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n" +
             "subjectAltName=DNS:localhost,IP:127.0.0.1",
             ["-CA", at("authority.pem"), "-CAkey", at("authority.key")]);
        return { authority: at("authority.pem"), cert: at("here.pem"), key: at("here.key") };
    }

    /* Whatever the pages asked for came from these addresses ("127.0.0.1:8080"), and no script failed. */
    check(assert, ...addresses) {
        for (const page of this.pages) {
            const hosts = page.requests.filter((url) => !/^(data|blob|about):/.test(url)).map((url) => new URL(url).host);
            assert.deepEqual([...new Set(hosts)].filter((host) => !addresses.includes(host)), []);
            assert.deepEqual(page.errors, []);
        }
    }
}

module.exports = { Party };
