/* touch_test: a phone: fingers, a keyboard that comes when it is wanted, three pixels for one. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");
const { pause } = require("./programs");

const PHONE = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true };

/* The keyboard of the screen would be there. */
function typing(page) {
    return page.page.evaluate(() => document.activeElement?.tagName === "INPUT");
}

test("a phone joins and plays", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const page = await party.open(await chromium.player(PHONE), host.url);

    await page.form();
    await page.tap("name");
    await page.until("the keyboard", () => typing(page));
    await page.press("Control+A");
    await page.type("Phone");
    await page.shot("phone-typed");
    await page.tap("connect");
    await page.playing("Phone");
    assert.equal(await typing(page), false);
    await page.roll(true);
    await page.roll(true);
    const picture = await page.shot("phone-playing");
    assert.deepEqual([picture.width, picture.height], [1170, 2280]);
    assert.equal(await page.page.evaluate(() => document.querySelector("canvas").width), 1170);
    assert.equal(host.log().filter((line) => line.startsWith("Phone: rolls ")).length, 2);

    await page.page.setViewportSize({ width: 760, height: 390 });
    await page.until("wide", () => page.page.evaluate(() => document.querySelector("canvas").width === 2280));
    await page.roll(true);
    await page.shot("phone-turned");
    await page.tap("disconnect");
    await page.line({ ev: "down", clean: true });
    assert.equal(await host.status(), 0, host.said());
    party.check(assert, "127.0.0.1:" + host.port);
});

test("the table fits a phone", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("table");
    const page = await party.open(await chromium.player(PHONE), host.url + "?name=Phone", "table");
    await page.form();
    await page.shot("phone-table-form");
    await page.tap("connect");
    await page.playing("Phone");
    await page.line({ ev: "said", line: "Phone sat down" });
    await page.tap("stats");
    await pause(1500); // the traffic of a second
    await page.shot("phone-table");
    await page.page.setViewportSize({ width: 760, height: 390 });
    await pause(500);
    await page.shot("phone-table-turned");
    await page.tap("disconnect");
    await page.line({ ev: "down", clean: true });
    party.check(assert, "127.0.0.1:" + host.port);
});
