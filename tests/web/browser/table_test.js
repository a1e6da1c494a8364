/* table_test: pieces that are moved in one page move in another, and in a program. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");
const { pause, until } = require("./programs");

const DIE = 20; // the number of a piece

/* The last place of a piece that was told while the table was at rest: [x, y], or undefined. */
function place(lines, number) {
    const rests = lines.filter((line) => line.ev === "rest");
    const piece = rests.length > 0 && rests[rests.length - 1].pieces.find(([id]) => id === number);
    return piece ? piece.slice(1, 3) : undefined;
}

/* From the table's units to where they are seen. */
async function seen(page, [x, y]) {
    const { felt: [left, top], unit } = await page.places();
    return [left + x * unit, top + y * unit];
}

/* Not in one leap, and not within a frame or two of a machine that has more to do: no hand is that fast. */
async function glide(move, start, end) {
    await pause(300);
    for (let step = 1; step <= 8; step++) {
        await move(start.map((from, axis) => from + (end[axis] - from) * step / 8));
        await pause(50);
    }
    await pause(300);
}

async function drag(page, start, end) {
    const { mouse } = page.page;
    await mouse.move(...start);
    await mouse.down();
    await glide((at) => mouse.move(...at), start, end);
    await mouse.up();
}

async function dragByFinger(page, start, end) {
    const touch = (type, ...points) => page.cdp.send("Input.dispatchTouchEvent", {
        type, touchPoints: points.map(([x, y]) => ({ x, y })),
    });
    await touch("touchStart", start);
    await glide((at) => touch("touchMove", at), start, end);
    await touch("touchEnd");
}

test("pieces are moved by mouse and by finger, and everybody sees it", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("table", "--seed", "11");
    const native = party.join("table", host, "Native");
    const mouse = await party.open(await chromium.player({ viewport: { width: 1100, height: 800 } }),
                                   host.url + "?name=Mouse", "table");
    const finger = await party.open(
        await chromium.player({ viewport: { width: 900, height: 640 }, deviceScaleFactor: 2, hasTouch: true }),
        host.url + "?name=Finger", "table");
    await mouse.form();
    await mouse.shot("table-form");
    await mouse.click("connect");
    await mouse.playing("Mouse");
    await finger.form();
    await finger.tap("connect");
    await finger.playing("Finger");

    const start = await until("the table", () => place(native.lines(), DIE), () => native.said());
    const moved = (from, [x, y]) => until(`a die at ${x}, ${y}`, () => {
        const at = place(native.lines(), DIE);
        return at && String(at) !== String(from) && Math.hypot(at[0] - x, at[1] - y) < 12 && at;
    }, () => native.said());

    await drag(mouse, await seen(mouse, start), await seen(mouse, [400, 250]));
    const first = await moved(start, [400, 250]);
    await until("word of it", () => native.lines().some((line) => line.ev === "said" && /Mouse moved a die/.test(line.line)));
    // There, too, it has slid to where it is, which is where a finger looks for it.
    await finger.until("the die", () => String(place(finger.lines(), DIE)) === String(first));
    await pause(500);
    await dragByFinger(finger, await seen(finger, first), await seen(finger, [900, 300]));
    const second = await moved(first, [900, 300]);
    await until("word of it", () => native.lines().some((line) => line.ev === "said" && /Finger moved a die/.test(line.line)));
    for (const page of [mouse, finger]) {
        await page.until("the same table", () => String(place(page.lines(), DIE)) === String(second));
    }
    await pause(500);
    await mouse.shot("table-mouse");
    await finger.shot("table-finger");
    party.check(assert, "127.0.0.1:" + host.port);
});
