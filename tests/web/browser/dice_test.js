/* dice_test: whole games between pages and programs. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");

/* Where the letters are on a Russian keyboard. */
const KEYS = { А: "KeyF", а: "KeyF", н: "KeyY" };

async function typeKeys(page, text) {
    for (const key of text) {
        const event = { key, code: KEYS[key], windowsVirtualKeyCode: KEYS[key].charCodeAt(3) };
        await page.cdp.send("Input.dispatchKeyEvent", { type: "keyDown", text: key, ...event });
        await page.cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    }
}

/* Whoever was there heard what the host said meanwhile, in that order, and nothing else. */
function isPart(whole, part) {
    return part.length > 0 && whole.some((_, at) => part.every((line, offset) => line === whole[at + offset]));
}

async function rolls(page, count) {
    for (let roll = 0; roll < count; roll++) {
        await page.roll();
    }
}

test("a native host, two pages and a native player play a whole game", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--seed", "7");
    const anna = await party.open(await chromium.player(), host.url);
    const zoe = await party.open(await chromium.player(), host.url);

    await anna.form();
    await anna.shot("dice-form");
    await anna.click("name");
    await anna.press("Control+A");
    await typeKeys(anna, "Анна");
    await anna.shot("dice-typed");
    await anna.click("connect");
    await anna.playing("Анна");

    await zoe.form();
    await zoe.click("name");
    await zoe.press("Control+A");
    await zoe.compose("Z", "Zo", "Zo¨");
    await zoe.shot("dice-composing");
    await zoe.commit("Zoë");
    await zoe.press("Enter");
    await zoe.playing("Zoë");

    const native = party.join("dice", host, "Native", "--auto", "3");
    await native.line({ m: "set_turn" });
    await Promise.all([rolls(anna, 3), rolls(zoe, 3)]);
    await anna.shot("dice-playing");
    assert.equal(await native.status(), 0, native.said());

    for (const page of [anna, zoe]) {
        await page.click("disconnect");
        await page.line({ ev: "down", clean: true });
        await page.form();
    }
    await anna.shot("dice-left");
    assert.equal(await host.status(), 0, host.said());

    const log = host.log();
    for (const name of ["Анна", "Zoë", "Native"]) {
        assert.equal(log.filter((line) => line.startsWith(name + ": rolls ")).length, 3, name);
    }
    for (const player of [anna, zoe, native]) {
        assert.ok(isPart(log, player.log()), `${player.log().join("\n")}\nis no part of\n${log.join("\n")}`);
    }
    assert.deepEqual(log.filter((line) => /cheat/.test(line)), []);
    party.check(assert, "127.0.0.1:" + host.port);
});

test("with Tab and Enter only", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const page = await party.open(await chromium.player(), host.url);

    await page.form();
    await page.press("Control+A");
    await page.type("Keys");
    await page.press("Tab", "Tab");
    await page.shot("dice-keys");
    await page.press("Enter");
    await page.playing("Keys");
    for (let count = 1; count <= 2; count++) {
        await page.until("a turn", () => page.inviting("action"));
        await page.press("Enter");
        await page.until("a roll", () => host.log().filter((line) => line.startsWith("Keys: rolls ")).length === count);
    }
    // A turn that begins brings the focus back to its button.
    await page.until("a turn", () => page.inviting("action"));
    await page.press("Shift+Tab");
    await page.shot("dice-keys-leave");
    await page.press("Enter");
    await page.line({ ev: "down", clean: true });
    assert.equal(await host.status(), 0, host.said());
    party.check(assert, "127.0.0.1:" + host.port);
});

test("a page, a program and a native host speak as Godot 3 does", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dialect", "godot3");
    const page = await party.open(await chromium.player(), host.url + "&name=Page"); // it says the dialect

    await page.form();
    await page.shot("dice-godot3");
    await page.click("connect");
    await page.playing("Page");
    const native = party.join("dice", host, "Native", "--dialect", "godot3", "--auto", "2");
    await rolls(page, 2);
    assert.equal(await native.status(), 0, native.said());
    await page.click("disconnect");
    await page.line({ ev: "down", clean: true });

    // With the switch off it is another game, and the page says so.
    await page.form();
    await page.click("godot3");
    await page.shot("dice-godot3-off");
    await page.click("connect");
    await page.line({ ev: "down", clean: false });
    await page.shot("dice-godot3-refused");
    assert.equal(await host.status(), 0, host.said());
    party.check(assert, "127.0.0.1:" + host.port);
});

test("an address that is pasted", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const elsewhere = await party.host("dice");
    const context = await chromium.player({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await party.open(context, host.url + "?name=Paste");

    await page.form();
    await page.page.evaluate((text) => navigator.clipboard.writeText(text), `ws://127.0.0.1:${elsewhere.port}/`);
    await page.click("server");
    await page.press("Control+A", "Control+V");
    await page.shot("dice-pasted");
    await page.press("Enter");
    await page.playing("Paste");
    await elsewhere.line({ ev: "join" });
    await page.click("name"); // nothing to type into while playing
    await page.press("Control+C");
    party.check(assert, "127.0.0.1:" + host.port, "127.0.0.1:" + elsewhere.port);
});

test("a window that changes its size", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const page = await party.open(await chromium.player(), `${host.url}?connect=127.0.0.1:${host.port}&name=Size`);

    await page.playing("Size");
    for (const [width, height] of [[1280, 900], [700, 480], [400, 700], [1024, 640]]) {
        await page.page.setViewportSize({ width, height });
        const exact = () => page.page.evaluate(() => {
            const canvas = document.querySelector("canvas"), box = canvas.getBoundingClientRect();
            const pixels = (length) => Math.round(length * devicePixelRatio);
            return box.left === 0 && box.top === 0 &&
                canvas.width === pixels(innerWidth) && canvas.height === pixels(innerHeight) &&
                canvas.width === pixels(box.width) && canvas.height === pixels(box.height);
        });
        await page.until(`${width} by ${height}`, exact);
        await page.roll();
        await page.shot(`dice-${width}x${height}`);
    }
    assert.equal(host.log().filter((line) => line.startsWith("Size: rolls ")).length, 4);
    party.check(assert, "127.0.0.1:" + host.port);
});
