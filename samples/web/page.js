/*
 * page: what a game in a browser has besides its program: a canvas with every pixel of the screen, a
 * real text field of the browser that lies, unseen, over the one that is drawn, and events.
 *
 * The program calls page.begin() when it has its window, and the rest as samples/ui/app_web.c says.
 */
"use strict";

(function () {

const stage = document.getElementById("stage");
const canvas = document.getElementById("canvas");
const field = document.getElementById("field");

/* ---- The size: whole pixels of the screen, or the picture would be blurred ---- */

const size = {width: 0, height: 0, ratio: 0};

/* True if it is another one. */
function fit() {
    const room = stage.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const width = Math.floor(room.width * ratio + 0.01);
    const height = Math.floor(room.height * ratio + 0.01);
    /* A little more, which is not seen: browsers round what is laid out, and SDL cuts. */
    const css = (pixels) => (pixels + 0.25) / ratio + "px";

    if (width === size.width && height === size.height && ratio === size.ratio) {
        return false;
    }
    Object.assign(size, {width, height, ratio});
    canvas.style.width = css(width);
    canvas.style.height = css(height);
    return true;
}

/* SDL listens to this event of the window and nothing else; some changes come without it. */
function refit() {
    if (fit()) {
        window.dispatchEvent(new Event("resize"));
    }
}

/* Not every browser tells that the window is on another screen now. */
function watchRatio() {
    if (window.devicePixelRatio !== size.ratio) {
        refit();
    }
    window.requestAnimationFrame(watchRatio);
}

/* ---- What the program is told; see the same names in app_web.c ---- */

const HEARD_EVENTS = 1;
const HEARD_LOSS = 2;
const HEARD_RESET = 4;

let hear = null;
let inside = false; /* the program is at work: what happens now is its own doing */

function tell(what) {
    if (!hear || inside || game.isStopped()) {
        return;
    }
    inside = true;
    try {
        hear(what);
    } finally {
        inside = false;
    }
}

/* ---- The text field ---- */

let shown = false;
let known = null;      /* what the program knows of it */
let touching = false;  /* the focus waits for the finger to go up: before, it brings no keyboard */
let composing = null;  /* what was in it, and where the caret, when the composition began */

function focusOn(element) {
    if (document.activeElement !== element) {
        element.focus({preventScroll: true});
    }
}

/* What differs from the text before is being composed. */
function composed(before) {
    const text = field.value;
    const common = Math.min(text.length, before.text.length);
    let start = 0;
    let end = 0;

    while (start < Math.min(common, before.start) && text[start] === before.text[start]) {
        start++;
    }
    while (end < common - start && text[text.length - 1 - end] === before.text[before.text.length - 1 - end]) {
        end++;
    }
    return {
        text: text.slice(0, start) + text.slice(text.length - end),
        composition: text.slice(start, text.length - end),
        anchor: start,
        caret: start
    };
}

function read() {
    if (composing) {
        return composed(composing);
    }
    const backward = field.selectionDirection === "backward";
    return {
        text: field.value,
        composition: "",
        anchor: backward ? field.selectionEnd : field.selectionStart,
        caret: backward ? field.selectionStart : field.selectionEnd
    };
}

/* The program asks before it does anything else: the browser tells of a selection some time after
 * it has changed. */
function isTyped() {
    const now = read();

    return shown && Object.keys(now).some((key) => now[key] !== known[key]);
}

/* Half of a pair is no character, and what makes bytes of it would take the next one as well. */
function whole(text) {
    return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function typed() {
    known = read();
    return {...known, text: whole(known.text), composition: whole(known.composition)};
}

/* The composition ends as it stands: something else was clicked at. */
function settle() {
    if (composing) {
        composing = null;
        tell(0);
        field.blur();
    }
}

function showField(wanted) {
    const {style} = field;

    style.left = wanted.x + "px";
    style.top = wanted.y + "px";
    style.width = wanted.w + "px";
    style.height = wanted.h + "px";
    if (!shown || field.getAttribute("aria-label") !== wanted.label) {
        field.setAttribute("aria-label", wanted.label);
        field.inputMode = wanted.address ? "url" : "text";
        field.autocapitalize = wanted.address ? "none" : "words";
        field.maxLength = wanted.limit;
    }
    if (!shown) {
        shown = true;
        field.hidden = false;
    }
    if (composing) {
        return; /* it would be broken off */
    }
    if (field.value !== wanted.text) {
        field.value = wanted.text;
    }
    const now = read();
    if (now.anchor !== wanted.anchor || now.caret !== wanted.caret) {
        field.setSelectionRange(Math.min(wanted.anchor, wanted.caret),
            Math.max(wanted.anchor, wanted.caret),
            wanted.anchor > wanted.caret ? "backward" : "forward");
    }
    known = read();
    if (!touching) {
        focusOn(field);
    }
}

function hideField() {
    if (shown) {
        shown = false;
        composing = null;
        field.hidden = true;
        field.value = "";
        focusOn(canvas);
    }
}

/* Keys of the field that are the program's.  What the keyboard of a phone sends has no place. */
const passed = {Enter: "Enter", Tab: "Tab", Escape: "Escape", Shift: "ShiftLeft"};

function pass(event) {
    const command = event.ctrlKey || event.altKey || event.metaKey;

    if (event.isComposing || event.keyCode === 229 || command || !(event.key in passed)) {
        return;
    }
    if (event.key !== "Shift") {
        event.preventDefault();
    }
    canvas.dispatchEvent(new KeyboardEvent(event.type, {
        key: event.key,
        code: event.code || passed[event.key],
        keyCode: event.keyCode,
        location: event.location,
        repeat: event.repeat,
        shiftKey: event.shiftKey,
        cancelable: true
    }));
}

function watchField() {
    field.addEventListener("compositionstart", () => {
        composing = {text: field.value, start: field.selectionStart};
    });
    field.addEventListener("compositionend", () => {
        if (composing) {
            composing = null;
            tell(0);
        }
    });
    field.addEventListener("input", () => tell(0));
    field.addEventListener("keydown", pass);
    field.addEventListener("keyup", pass);
    document.addEventListener("selectionchange", () => {
        if (shown && !composing && document.activeElement === field) {
            tell(0);
        }
    });
}

/* ---- Mouse, fingers, keys ---- */

/* What the browser does with these is more than a game could. */
function isBrowsers(event) {
    return event.ctrlKey || event.altKey || event.metaKey || /^F([2-9]|1\d)$/.test(event.key);
}

/* These run before SDL's own, which take every key and the wheel for themselves. */
function guard() {
    canvas.addEventListener("keydown",
        (event) => isBrowsers(event) && event.stopImmediatePropagation(), true);
    canvas.addEventListener("wheel",
        (event) => event.ctrlKey && event.stopImmediatePropagation(), true);
    canvas.addEventListener("mousedown", settle, true);
    canvas.addEventListener("touchstart", () => {
        settle();
        touching = true;
    }, true);
    canvas.addEventListener("focus", () => shown && !touching && focusOn(field));
    for (const type of ["contextmenu", "dragover", "drop"]) {
        window.addEventListener(type, (event) => event.preventDefault());
    }
}

/* These run after SDL's, so that what it made of the event is answered at once: the browser lets
 * the focus go to the text field, with a keyboard on the screen, only while it handles a gesture. */
function answer() {
    for (const type of ["mousedown", "mouseup", "keydown", "keyup", "touchstart"]) {
        window.addEventListener(type, () => {
            tell(HEARD_EVENTS);
            if (!shown && !game.isStopped()) {
                focusOn(canvas);
            }
        });
    }
    for (const type of ["touchend", "touchcancel"]) {
        window.addEventListener(type, (event) => {
            touching = event.touches.length > 0;
            tell(HEARD_EVENTS);
            if (shown && !touching && event.target === canvas) {
                field.blur(); /* it may have the focus, but its keyboard was put away */
                focusOn(field);
            }
        });
    }
    window.addEventListener("resize", () => tell(HEARD_LOSS));
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => tell(HEARD_RESET));
}

const page = {
    begin(heard) {
        hear = heard;
        game.begin();
        answer();
        focusOn(canvas);
    },
    showField,
    hideField,
    isTyped,
    typed,
    fail: game.fail,
    end() {
        game.say("The game is over", "It has done what it was asked to.", "Play again");
    }
};

window.addEventListener("resize", fit); /* before SDL's own */
fit();
watchRatio();
new ResizeObserver(refit).observe(stage);
guard();
watchField();
game.load(page);

})();
