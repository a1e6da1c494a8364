/* hidden_slow_test: a tab behind another one keeps its seat. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");
const { pause } = require("./programs");

const MINUTE = 60000;

/* Who came and went, in that order. */
function people(lines) {
    return lines.filter((line) => ["add_player", "del_player", "update_player_name", "_log"].includes(line.m))
        .map((line) => [line.m, ...line.args]);
}

test("a tab that is hidden for a minute misses nothing", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dedicated");
    const window = chromium.window();
    const page = await party.open(window, host.url + "?name=Hidden");
    await page.form();
    await page.click("connect");
    await page.playing("Hidden");

    const state = () => page.page.evaluate(() => document.visibilityState);
    assert.equal(await state(), "visible");
    const other = await window.newPage();
    await other.bringToFront();
    await page.until("hidden", async () => await state() === "hidden");
    const frames = await page.page.evaluate(() => {
        globalThis.framesSeen = 0;
        const count = () => { globalThis.framesSeen++; requestAnimationFrame(count); };
        requestAnimationFrame(count);
        document.addEventListener("visibilitychange", () => { globalThis.shown = true; });
        return 0;
    });

    const began = Date.now(), before = host.lines().length;
    for (let guest = 0; Date.now() - began < MINUTE; guest++) {
        const native = party.join("dice", host, "Guest " + guest);
        await native.line({ m: "set_turn" });
        native.signal("SIGTERM");
        assert.equal(await native.status(), 0, native.said());
        await pause(5000);
    }
    const heard = people(host.lines().slice(before));
    assert.ok(heard.length > 10, `${heard.length}`);
    // Still behind the other one: what the page knows, it took while it was hidden.
    await page.until("all of it", () => JSON.stringify(people(page.lines())).endsWith(JSON.stringify(heard).slice(1)));
    assert.deepEqual(await page.page.evaluate(() => [document.visibilityState, globalThis.framesSeen, globalThis.shown]),
                     ["hidden", frames, undefined]);
    assert.deepEqual(host.lines().slice(before).filter((line) => line.ev === "leave" && line.code === 1006), []);

    await page.page.bringToFront();
    await page.until("visible", async () => await state() === "visible");
    await page.shot("hidden-back");
    await page.roll();
    assert.ok(host.log().some((line) => line.startsWith("Hidden: rolls ")));
    party.check(assert, "127.0.0.1:" + host.port);
});
