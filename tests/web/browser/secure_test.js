/* secure_test: https and wss, with a certificate of an authority that the browser was given. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");

test("a page over https plays over wss", async (t) => {
    const party = new Party(t);
    const { authority, cert, key } = party.certificates();
    const chromium = await party.chromium(authority);
    const host = await party.host("dice", "--cert", cert, "--key", key);
    assert.match(host.url, /^https:/);
    const page = await party.open(await chromium.player(), `https://localhost:${host.port}/?name=Secret`);
    await page.form();
    await page.click("connect");
    await page.playing("Secret");
    await page.roll();
    await page.shot("secure");
    assert.ok(page.requests.includes(`wss://localhost:${host.port}/`), page.requests.join("\n"));
    party.check(assert, "localhost:" + host.port);
});

test("a page over https is told that it may not open ws", async (t) => {
    const party = new Party(t);
    const { authority, cert, key } = party.certificates();
    const chromium = await party.chromium(authority);
    const host = await party.host("dice", "--cert", cert, "--key", key);
    const url = `https://localhost:${host.port}/?connect=ws://192.0.2.1:8080/&name=Mixed`;
    const page = await party.open(await chromium.player(), url);
    await page.dialog();
    await page.shot("secure-mixed");
    const down = page.lines().find((line) => line.ev === "down");
    t.diagnostic(JSON.stringify(down && down.fault));
    assert.deepEqual(page.errors, []);
});

test("a certificate that the browser does not believe", async (t) => {
    const party = new Party(t);
    const trusted = party.certificates(), stranger = party.certificates();
    const chromium = await party.chromium(trusted.authority);
    const host = await party.host("dice", "--cert", trusted.cert, "--key", trusted.key);
    const strange = await party.host("dice", "--cert", stranger.cert, "--key", stranger.key);
    const url = `https://localhost:${host.port}/?connect=wss://localhost:${strange.port}/&name=Careful`;
    const page = await party.open(await chromium.player(), url);
    await page.dialog();
    await page.shot("secure-unknown");
    assert.equal(await page.page.title(), "Dice");
});
