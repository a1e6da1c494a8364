/* programs: programs of ours beside the browser: their lines as they come, in limited time, and none left behind. */
"use strict";
const { spawn } = require("node:child_process");
const path = require("node:path");
const readline = require("node:readline");
const timers = require("node:timers/promises");

const TIMEOUT = 60000;
const ROOT = path.resolve(__dirname, "../../..");
const BIN = path.resolve(process.env.MEEPLE_PROGRAMS || path.join(ROOT, "build/dev/bin"));

/* signal: of an AbortController, to wait no longer. */
function pause(ms, signal) {
    return timers.setTimeout(ms, undefined, { signal }).catch(() => {});
}

/* What probe() gives once it is neither undefined, null nor false; describe() says what was there instead. */
async function until(what, probe, describe = () => "", timeout = TIMEOUT) {
    const end = Date.now() + timeout;
    for (;;) {
        const found = await probe();
        if (found !== undefined && found !== null && found !== false) {
            return found;
        }
        if (Date.now() > end) {
            throw new Error(`${what} does not come in ${timeout / 1000} s\n${await describe()}`);
        }
        await pause(50);
    }
}

class Program {
    constructor(file, args, env = {}) {
        this.command = [file, ...args].join(" ");
        this.out = [];
        this.err = [];
        this.process = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
        const read = (stream, lines) => readline.createInterface({ input: stream }).on("line", (line) => lines.push(line));
        read(this.process.stdout, this.out);
        read(this.process.stderr, this.err);
        this.ended = new Promise((resolve) => {
            this.process.on("error", (error) => {
                this.err.push(String(error));
                resolve(-1);
            });
            this.process.on("close", (status, signal) => resolve(status === null ? signal : status));
        });
    }

    said() {
        return `${this.command}\nstdout:\n${this.out.join("\n")}\nstderr:\n${this.err.join("\n")}`;
    }

    signal(name) {
        this.process.kill(name);
    }

    /* The exit status, or the name of the signal that ended it. */
    async status() {
        const patience = new AbortController();
        const status = await Promise.race([this.ended, pause(TIMEOUT, patience.signal)]);
        patience.abort();
        if (status === undefined) {
            throw new Error("it does not end: " + this.said());
        }
        return status;
    }

    async end() {
        if (this.process.exitCode === null && this.process.signalCode === null) {
            this.process.kill("SIGKILL");
        }
        await this.ended;
    }
}

/* A game, which prints an object a line. */
class Game extends Program {
    constructor(name, ...args) {
        super(path.join(BIN, name), args);
    }

    lines() {
        return this.out.map((line) => JSON.parse(line));
    }

    /* The first line with these fields, behind the first `from` lines. */
    line(fields, from = 0) {
        return until(JSON.stringify(fields), () => this.lines().slice(from).find((line) => matches(line, fields)),
                     () => this.said());
    }

    log() {
        return said(this.lines());
    }
}

function matches(line, fields) {
    return Object.entries(fields).every(([name, value]) => line[name] === value);
}

/* The lines that players see in the log of the dice game. */
function said(lines) {
    return lines.filter((line) => line.m === "_log").map((line) => line.args[0]);
}

module.exports = { BIN, Game, Program, ROOT, TIMEOUT, matches, pause, said, until };
