/*
 * load: a game's program is loaded, with a bar that tells how much of it has come; what goes wrong
 * is said in a sentence; the query of the page's address becomes its command line.
 */
"use strict";

const game = (function () {

const find = (id) => document.getElementById(id);
const options = document.currentScript.dataset; /* program, bytes */
const version = new URL(document.currentScript.src).search; /* of all files: none comes from an older page */

/* ---- What is said in place of the game, or over it ---- */

const lastWords = []; /* of the program, on its standard error */
let begun = false;
let stopped = false; /* something has been said that stays */

/* The program may be in the middle of something, so it is not entered again, by a frame, an event or
 * a message.  That it has aborted is also how its WebSockets know that nobody asks any more: they
 * close, and its seat is free. */
function halt() {
    const program = window.Module;

    if (!program || !program.abort) {
        return; /* it has not come */
    }
    program.onAbort = null;
    if (program.JSEvents) {
        program.JSEvents.removeAllEventListeners();
    }
    try {
        program.abort("stopped");
    } catch (error) {
        /* That it says, too. */
    }
}

function say(title, text, button) {
    if (stopped) {
        return;
    }
    stopped = true;
    const note = find("note");
    note.hidden = false;
    note.setAttribute("role", "alert");
    note.classList.toggle("veil", begun);
    find("note-bar").hidden = true;
    find("note-title").textContent = title;
    find("note-text").textContent = text;
    find("note-text").hidden = false;
    find("note-button").textContent = button;
    find("note-button").hidden = false;
    find("note-button").focus();
    halt();
}

/* text: a sentence. */
function fail(text) {
    say(begun ? "The game has stopped" : "The game could not start", text, "Reload");
}

function crash(what) {
    fail("Something in it went wrong: " + (what || "it gave up."));
}

find("note-button").addEventListener("click", () => location.reload());
/* A page from the browser's memory of pages has lost its connection, and so its game. */
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

/* A trap in the program, what something that it called has thrown through it, or a fault of the
 * script that goes with it, as when that is of another version; not what some extension does. */
function takeError(error, file) {
    const trap = typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError;
    const places = error instanceof Error ? file + " " + error.stack : "";

    if (trap || places.includes("wasm-function") || places.includes(`/${options.program}.js`)) {
        crash(error.message);
    }
}

window.addEventListener("error", (event) => takeError(event.error, event.filename));
/* main() is called when the last of the program has come, which is a promise. */
window.addEventListener("unhandledrejection", (event) => takeError(event.reason, ""));

/* ---- The command line, from the query ---- */

/* What of it a link may say, and whether it has a value. */
const flags = {connect: true, dialect: true, name: true, auto: true, seed: true, report: false};

function commandLine() {
    const line = [];
    const query = new URLSearchParams(location.search);
    const said = (key) => (query.get(key) || "").replace(/\0/g, "");

    for (const [key, hasValue] of Object.entries(flags)) {
        if (hasValue && said(key)) {
            line.push(`--${key}=${said(key)}`); /* "--help", too, is a value there */
        } else if (!hasValue && query.has(key) && said(key) !== "0") {
            line.push("--" + key);
        }
    }
    if (!said("name")) {
        line.push("--name="); /* there is no login name, but what the runtime makes up */
    }
    return line;
}

/* ---- Loading ---- */

function showProgress(bytes, total) {
    const text = find("note-text");
    const bar = find("note-bar");
    const kilobytes = (count) => Math.ceil(count / 1024);

    if (stopped) {
        return;
    }
    text.hidden = bar.hidden = false;
    if (total >= bytes && total > 0) {
        bar.max = total;
        bar.value = bytes;
        text.textContent = "Loading " + kilobytes(bytes) + " of " + kilobytes(total) + " KB";
    } else {
        bar.removeAttribute("value");
        text.textContent = "Loading " + kilobytes(bytes) + " KB";
    }
}

/* The bytes as they come out of any compression are counted.  How many there will be is what the
 * page was built with; else what the server says, if that is not the size of something compressed. */
function totalOf(response) {
    const headers = response.headers;
    const encoded = (headers.get("Content-Encoding") || "identity") !== "identity";

    return Number(options.bytes) || (encoded ? 0 : Number(headers.get("Content-Length")) || 0);
}

function counted(response) {
    const total = totalOf(response);
    const reader = response.body.getReader();
    let bytes = 0;

    showProgress(0, total);
    return new ReadableStream({
        async pull(controller) {
            const {done, value} = await reader.read();
            if (done) {
                controller.close();
                return;
            }
            bytes += value.byteLength;
            showProgress(bytes, total);
            controller.enqueue(value);
        }
    });
}

async function fetchProgram() {
    const name = options.program + ".wasm";
    let response;

    try {
        response = await fetch(name + version, {credentials: "same-origin"});
    } catch (error) {
        throw new Error("Its program, " + name + ", could not be fetched. " +
            (location.protocol === "file:" ? "This page has to come from a web server."
                                           : "Is the server still there?"));
    }
    if (!response.ok) {
        throw new Error("The server has no program for it: it answered " + response.status +
            " for " + name + ".");
    }
    /* With this type it is compiled while it comes, whatever the server said. */
    return new Response(counted(response), {headers: {"Content-Type": "application/wasm"}});
}

async function compile(response, imports) {
    if (WebAssembly.instantiateStreaming) {
        return WebAssembly.instantiateStreaming(response, imports);
    }
    return WebAssembly.instantiate(await (await response).arrayBuffer(), imports);
}

/* page: what the program calls, see page.js. */
function load(page) {
    if (typeof WebAssembly !== "object") {
        fail("This browser has no WebAssembly, which the game is made of.");
        return;
    }
    const program = fetchProgram();
    const script = document.createElement("script");

    program.catch((error) => fail(error.message));
    window.Module = {
        canvas: find("canvas"),
        page,
        arguments: commandLine(),
        print: (text) => console.log(text),
        printErr(text) {
            lastWords.push(text);
            lastWords.splice(0, lastWords.length - 5);
            console.warn(text);
        },
        instantiateWasm(imports, receive) {
            compile(program, imports).then((result) => receive(result.instance, result.module),
                (error) => fail("Its program could not be used: " + error.message));
            return {};
        },
        onAbort: crash,
        /* main() is over; that of a game with a window never is. */
        postRun: [() => begun || fail(lastWords.join("\n") || "It ended at once.")]
    };
    script.src = options.program + ".js" + version;
    script.onerror = () => fail("A part of it, " + options.program + ".js, could not be loaded.");
    document.body.append(script);
}

/* It is on the screen. */
function begin() {
    begun = true;
    find("note").hidden = true;
}

return {load, begin, say, fail, isStopped: () => stopped};

})();
