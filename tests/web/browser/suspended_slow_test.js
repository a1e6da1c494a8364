/* suspended_slow_test: a server that stands still is noticed by its silence. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");
const { TIMEOUT } = require("./programs");

test("a server that says nothing is given up", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dedicated");
    const page = await party.open(await chromium.player(), host.url + "?name=Patient");
    await page.form();
    await page.click("connect");
    await page.playing("Patient");
    await page.line({ m: "update_player_name" });
    host.signal("SIGSTOP");
    const began = Date.now();
    const down = await page.until("the end", () => page.lines().find((line) => line.ev === "down"), 2 * TIMEOUT);
    t.diagnostic(`noticed after ${Math.round((Date.now() - began) / 1000)} s`);
    assert.deepEqual([down.code, down.clean], [1006, false]);
    assert.match(down.reason + down.fault?.text, /nothing was heard/);
    const ok = await page.dialog();
    await page.shot("trouble-silence");
    host.signal("SIGCONT");
    await page.page.mouse.click(...ok);
    await page.form();
    await page.click("connect");
    await page.playing("Patient");
    await page.roll();
    party.check(assert, "127.0.0.1:" + host.port);
});
