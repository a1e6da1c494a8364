/* page_test: the page itself: what it loads, how much that is, and what it says when something is missing. */
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { WEB } = require("./game_page");
const { Party } = require("./party");

const SIZE_MAX = 400 * 1000;

/* The page and its files without some of them. */
function without(party, ...names) {
    const folder = party.folder();
    for (const entry of fs.readdirSync(WEB, { withFileTypes: true })) {
        if (entry.isFile() && !names.some((name) => entry.name.startsWith(name))) {
            fs.copyFileSync(path.join(WEB, entry.name), path.join(folder, entry.name));
        }
    }
    return folder;
}

/* What a user reads that is no picture. */
function text(page) {
    return page.page.evaluate(() => document.body.innerText.trim());
}

test("all of it is small", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    for (const game of ["dice", "table"]) {
        const host = await party.host(game);
        const page = await party.open(await chromium.player(), host.url, game);
        await page.form();
        const size = await page.transferred();
        t.diagnostic(`${game}: ${size} bytes, ${page.requests.length} requests`);
        assert.ok(size > 50000 && size < SIZE_MAX, `${size} bytes`);
    }
});

test("a game that is missing is told in a sentence", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const folder = without(party, "dice.wasm");
    const page = await party.open(await chromium.player(), await party.files(folder));
    const said = await page.until("a sentence", async () => /\w.*[.!]/.test(await text(page)) && text(page));
    await page.shot("page-no-wasm");
    assert.match(said, /dice\.wasm|game/i);
    assert.doesNotMatch(said, /undefined|\[object/);
});

test("every file is asked for by its version", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const page = await party.open(await chromium.player(), await party.files(WEB));
    await page.form();
    const files = page.requests.filter((url) => /\.(css|js|wasm)\b/.test(url)).map((url) => new URL(url).search);
    assert.equal(files.length, 5);
    assert.equal(new Set(files).size, 1);
    assert.match(files[0], /^\?[0-9a-f]{16}$/);
});

for (const [what, change] of [["cannot be read", () => "no script("],
                              ["is for another program", (text) => text.replace(/Module\["asm"\]\["\w+"\]/g, "undefined")]]) {
    test(`a script that ${what} is told in a sentence`, async (t) => {
        const party = new Party(t);
        const chromium = await party.chromium();
        const folder = without(party);
        const file = path.join(folder, "dice.js");
        fs.writeFileSync(file, change(fs.readFileSync(file, "utf8")));
        const page = await party.open(await chromium.player(), await party.files(folder));
        await page.page.getByText("The game could not start").waitFor();
    });
}

test("a browser without WebAssembly is told in a sentence", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const context = await chromium.player();
    await context.addInitScript(() => { delete globalThis.WebAssembly; });
    const page = await party.open(context, host.url);
    const said = await page.until("a sentence", async () => /WebAssembly/.test(await text(page)) && text(page));
    await page.shot("page-no-webassembly");
    assert.match(said, /\.$/m);
});

test("a server that is not there is told in a dialog", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const url = await party.files(WEB);
    const page = await party.open(await chromium.player(), url + "?connect=ws://127.0.0.1:1/&name=Nobody");
    const ok = await page.dialog();
    await page.shot("page-no-server");
    const down = await page.line({ ev: "down", clean: false });
    assert.equal(down.fault.stage, "connect");
    assert.match(down.fault.text, /127\.0\.0\.1/);
    await page.page.mouse.click(...ok);
    await page.form();
    assert.equal(await page.page.title(), "Dice");
    assert.deepEqual(page.errors, []);
});

test("without a word the page goes to where it came from", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const page = await party.open(await chromium.player(), host.url + "?name=Origin");
    await page.form();
    await page.click("connect");
    await page.playing("Origin");
    assert.ok(page.requests.includes(`ws://127.0.0.1:${host.port}/`), page.requests.join("\n"));
    party.check(assert, "127.0.0.1:" + host.port);
});

test("whatever a link says is a value, and not a flag", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice");
    const page = await party.open(await chromium.player(), host.url + "?connect=%00&seed=&name=--help%00");
    await page.form();
    await page.click("connect");
    await page.playing("--help");
    assert.deepEqual(page.errors, []);
});

test("half of a pair of UTF-16 takes no other character with it", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const page = await party.open(await chromium.player(), await party.files(WEB) + "?name=Half");
    await page.form();
    const value = (text) => page.page.evaluate((typed) => {
        const field = document.getElementById("field");
        if (typed) {
            field.value = typed;
            field.dispatchEvent(new Event("input"));
        }
        return field.value;
    }, text);
    await value("\ud83dabc\ude00");
    await page.until("what the program made of it", async () => await value() === "\ufffdabc\ufffd");
    assert.deepEqual(page.errors, []);
});
