/* trouble_test: the server ends, or dies, under a page. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");

/* The page says it, the user agrees, another server begins at that address, and the user connects again. */
async function comesBack(party, page, host, name) {
    const ok = await page.dialog();
    await page.shot("trouble-" + name);
    assert.equal(await page.page.title(), "Dice");
    await page.page.mouse.click(...ok);
    await page.form();
    await host.end();
    const again = await party.host("dice", "--port", String(host.port));
    await page.click("connect");
    await page.playing("Again");
    await page.roll();
    assert.ok(again.log().some((line) => line.startsWith("Again: rolls ")), again.said());
}

for (const [signal, code, clean] of [["SIGTERM", 1001, true], ["SIGKILL", 1006, false]]) {
    test(`a server that ends by ${signal} is told, and one comes back on request`, async (t) => {
        const party = new Party(t);
        const chromium = await party.chromium();
        const host = await party.host("dice");
        const page = await party.open(await chromium.player(), host.url + "?name=Again");
        await page.form();
        await page.click("connect");
        await page.playing("Again");
        host.signal(signal);
        const down = await page.line({ ev: "down" });
        assert.deepEqual([down.code, down.clean], [code, clean]);
        await comesBack(party, page, host, signal);
        party.check(assert, "127.0.0.1:" + host.port);
    });
}

test("a page that is closed is out of the game", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dedicated");
    const [stays, goes] = [party.join("dice", host, "Stays"),
                           await party.open(await chromium.player(), host.url + "?name=Goes")];
    await goes.form();
    await goes.click("connect");
    await goes.playing("Goes");
    await stays.line({ ev: "join" });
    await goes.leave();
    assert.ok([1001, 1006].includes((await host.line({ ev: "leave" })).code));
    await stays.line({ ev: "leave" });
});
