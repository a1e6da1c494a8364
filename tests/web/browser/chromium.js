/* chromium: Debian's browser without a window on a screen, in a home of its own, driven by playwright-core. */
"use strict";
const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { ROOT, TIMEOUT, pause, until } = require("./programs");

/* Where npm ci was run: not here, nothing is built among the sources. */
const MODULES = path.resolve(process.env.MEEPLE_MODULES || path.join(ROOT, "build/web-tests"));
const { chromium } = createRequire(path.join(MODULES, "package.json"))("playwright-core");

const SWITCHES = [
    "--headless", "--remote-debugging-port=0", "--disable-dev-shm-usage", "--disable-breakpad", "--no-first-run",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-proxy-server", "--window-size=1100,760",
    // Root may only without the sandbox; the pages are ours.
    "--no-sandbox",
    // WebGL in software, the same on every machine.
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
];

/* Chromium believes an authority that is in the certificate database of its home. */
function believe(home, authority) {
    const database = path.join(home, ".pki", "nssdb");
    fs.mkdirSync(database, { recursive: true });
    for (const args of [["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", authority]]) {
        execFileSync("certutil", ["-d", "sql:" + database, ...args], { stdio: "pipe" });
    }
}

class Chromium {
    constructor() {
        this.home = fs.mkdtempSync(path.join(os.tmpdir(), "meeple-chromium-"));
        this.said = "";
    }

    /* authority: the file of a certificate to believe, if any. */
    static async start(authority) {
        const browser = new Chromium();
        try {
            if (authority) {
                believe(browser.home, authority);
            }
            await browser.run();
        } catch (error) {
            await browser.end();
            throw error;
        }
        return browser;
    }

    async run() {
        const { home } = this;
        // A group of its own, to end all its processes with; that also happens when this program is gone, however.
        this.process = spawn("/bin/sh", [
            "-c", "\"$@\" < /dev/null & read _; kill -KILL 0", "sh", "chromium", ...SWITCHES,
            "--user-data-dir=" + path.join(home, "profile"), "about:blank"], {
            detached: true,
            stdio: ["pipe", "ignore", "pipe"],
            env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
        });
        this.process.on("error", (error) => { this.said += error; });
        this.process.stderr.on("data", (text) => { this.said += text; });
        const url = await until("DevTools", () => /DevTools listening on (\S+)/.exec(this.said), () => this.said);
        // Its own defaults would have every tab believe that it is in front.
        this.browser = await chromium.connectOverCDP(url[1], { noDefaults: true, isLocal: true, timeout: TIMEOUT });
    }

    /* A player of one's own: nothing is shared with others.  options: of playwright's newContext(). */
    player(options = {}) {
        return this.browser.newContext({ viewport: { width: 1024, height: 640 }, ...options });
    }

    /* The one window whose tabs hide each other. */
    window() {
        return this.browser.contexts()[0];
    }

    async end() {
        const patience = new AbortController();
        await Promise.race([this.browser && this.browser.close(), pause(5000, patience.signal)]);
        patience.abort();
        if (this.process && this.process.pid) {
            try {
                process.kill(-this.process.pid, "SIGKILL");
            } catch (error) {
                if (error.code !== "ESRCH") {
                    throw error;
                }
            }
        }
        fs.rmSync(this.home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
}

module.exports = { Chromium };
