/* run: runs the tests of one source in a program made with the stand-in for Criterion, each in a fresh instance.
 *
 *     node --no-experimental-fetch run.js PROGRAM.js --file=test_buf.c [--tap=FILE] [--timeout=SECONDS]
 *
 * A second node runs them, so that a test that never ends, or takes the engine down with it, fails alone: it is
 * named, and those after it run in another.  Exit status 0: there were tests, and none failed. */
"use strict";

const childProcess = require("child_process");
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const PASSED = 90;
const FAILED = 91;
const SKIPPED = 92;
const SIGABRT = 6;

/* In the second node: from the test with number `first` on, saying each step on descriptor 3 at once. */

function say(message) {
    fs.writeSync(3, `${JSON.stringify(message)}\n`);
}

/* Runs main() once in an instance of its own; returns how it ended: {status}, {abort} or {trap}. */
function run(program, args, line) {
    const end = {};
    const options = {
        arguments: args,
        print: line,
        printErr: line,
        quit: (status, error) => { throw error; },
        onExit: (status) => { end.status = status; },
        onAbort: (what) => { end.abort = String(what); },
        instantiateWasm: (imports, done) => {
            const instance = new WebAssembly.Instance(program.module, imports);
            done(instance, program.module);
            return instance.exports;
        },
    };
    try {
        program.start(options);
    } catch (error) {
        if (end.abort === undefined) {
            end.trap = String(error && error.stack || error);
        }
    }
    /* Refused when the program aborts, and nobody waits for it. */
    options.ready.catch(() => {});
    return end;
}

function listed(program) {
    const lines = [];
    const end = run(program, ["--list"], (line) => lines.push(line));
    if (end.status !== 0) {
        throw new Error(`the program does not list its tests: ${JSON.stringify(end)}\n${lines.join("\n")}`);
    }
    return lines.map((line, number) => {
        const [file, suite, name, signal, seconds, disabled] = line.split(" ");
        return {
            number, file: path.basename(file), name: `${suite}::${name}`, signal: Number(signal),
            seconds: Number(seconds), disabled: disabled === "1",
        };
    });
}

function child(file, only, first) {
    const program = {
        module: new WebAssembly.Module(fs.readFileSync(file.replace(/\.js$/, ".wasm"))),
        start: require(path.resolve(file)),
    };
    const tests = listed(program).filter((test) => test.file === only);
    say({ tests });
    for (const test of tests.filter(({ number, disabled }) => number >= first && !disabled)) {
        say({ begin: test.number });
        say({ end: run(program, ["--run", String(test.number)], (line) => say({ line })) });
    }
}

/* In the first. */

/* What is wrong with how a test ended, or null; abort() is the only signal that there is. */
function fault(test, end, lines) {
    if (lines.some((line) => line.includes("runtime error:"))) {
        return "undefined behaviour";
    }
    if (test.signal) {
        const aborted = /^(native code called abort\(\)|Assertion failed.*|)$/s.test(end.abort);
        return test.signal === SIGABRT && end.abort !== undefined && aborted
            ? null : `it was to end by signal ${test.signal}`;
    }
    if (end.abort !== undefined) {
        return `it aborted: ${end.abort}`;
    }
    if (end.trap !== undefined) {
        return `it crashed: ${end.trap}`;
    }
    if (end.status === FAILED) {
        return "a check failed";
    }
    return end.status === PASSED || end.status === SKIPPED ? null : `it called exit(${end.status})`;
}

function report(results) {
    const bad = results.filter(({ wrong }) => wrong !== null);
    const skips = results.filter(({ wrong, skipped }) => wrong === null && skipped !== undefined);
    for (const { name, wrong, lines } of bad) {
        console.log([`not ok: ${name}: ${wrong}`, ...lines].join("\n    "));
    }
    console.log(`${results.length} tests, ${bad.length} failed, ${skips.length} skipped`);
    return results.length > 0 && bad.length === 0;
}

function tap(results) {
    const lines = results.map(({ name, wrong, skipped, seconds }) => {
        const skip = wrong === null && skipped !== undefined ? ` # SKIP ${skipped}` : "";
        return `${wrong === null ? "ok" : "not ok"} - ${name}  (${seconds.toFixed(2)}s)${skip}`;
    });
    return ["TAP version 13", `1..${results.length}`, ...lines, ""].join("\n");
}

/* Runs a second node from the test with number `first` on; adds to `results`, and returns the number to go on with, or
 * null when no test is left. */
function part(options, results, first) {
    return new Promise((resolve) => {
        const node = options.node = childProcess.spawn(process.execPath,
            [...process.execArgv, __filename, "--child", options.program, options.file, String(first)],
            { stdio: ["ignore", "inherit", "inherit", "pipe"] });
        let tests = null;
        let current = null;
        let timer = null;

        function ended(wrong, skipped) {
            clearTimeout(timer);
            const { test, lines, start } = current;
            results.push({ name: test.name, wrong, skipped, lines, seconds: (Date.now() - start) / 1000 });
            current = null;
        }
        function begun(number) {
            const test = tests.find((one) => one.number === number);
            const seconds = test.seconds || options.timeout;
            current = { test, lines: [], start: Date.now(), late: false };
            timer = setTimeout(() => {
                current.late = `it did not end in ${seconds} s`;
                node.kill("SIGKILL");
            }, seconds * 1000);
        }
        function heard(message) {
            if (message.tests) {
                tests = message.tests;
                if (first === 0) {
                    tests.filter(({ disabled }) => disabled).forEach(({ name }) => {
                        results.push({ name, wrong: null, skipped: "disabled", lines: [], seconds: 0 });
                    });
                }
            } else if (message.begin !== undefined) {
                begun(message.begin);
            } else if (message.line !== undefined) {
                current.lines.push(message.line);
            } else {
                const skipped = message.end.status === SKIPPED ? current.lines.join(" ") : undefined;
                ended(fault(current.test, message.end, current.lines), skipped);
            }
        }
        function over(code, signal) {
            if (current) {
                const next = current.test.number + 1;
                ended(current.late || `node ended with it: ${signal || code}`);
                resolve(next);
                return;
            }
            const whole = { name: `${options.file}::run`, lines: [], seconds: 0 };
            if (code !== 0) {
                results.push({ ...whole, wrong: `node ended: ${signal || code}` });
            } else if (!tests || results.length !== tests.length) {
                results.push({ ...whole, wrong: "not every test was run" });
            }
            resolve(null);
        }
        const lines = readline.createInterface({ input: node.stdio[3] });
        lines.on("line", (line) => heard(JSON.parse(line)));
        const heardAll = new Promise((done) => lines.on("close", done));
        node.on("exit", (code, signal) => heardAll.then(() => over(code, signal)));
    });
}

function parsed(args) {
    const options = { program: null, file: null, tap: null, timeout: 120 };
    for (const arg of args) {
        const [, name, value] = /^--(file|tap|timeout)=(.+)$/.exec(arg) || [];
        if (name) {
            options[name] = name === "timeout" ? Number(value) : value;
        } else if (!options.program && !arg.startsWith("-")) {
            options.program = arg;
        } else {
            return null;
        }
    }
    return options.program && options.file && options.timeout > 0 ? options : null;
}

async function main(args) {
    const options = parsed(args);
    if (!options) {
        console.error("usage: run.js PROGRAM.js --file=NAME [--tap=FILE] [--timeout=SECONDS]");
        return 2;
    }
    for (const [signal, number] of [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]]) {
        process.on(signal, () => {
            options.node.kill("SIGKILL");
            process.exit(128 + number);
        });
    }
    const results = [];
    for (let first = 0; first !== null;) {
        first = await part(options, results, first);
    }
    if (results.length === 0) {
        console.log(`no test is in ${options.file}`);
    }
    if (options.tap) {
        fs.writeFileSync(options.tap, tap(results));
    }
    return report(results) ? 0 : 1;
}

if (process.argv[2] === "--child") {
    child(process.argv[3], process.argv[4], Number(process.argv[5]));
} else {
    main(process.argv.slice(2)).then((status) => { process.exitCode = status; });
}
