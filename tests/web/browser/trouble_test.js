/* trouble_test: the server ends, or dies, under a page. */
"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Party } = require("./party");
const { TIMEOUT } = require("./programs");

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

/* What the program calls of the page, by name, throws what a trap in it would. */
const trap = (page, name) => page.page.evaluate((what) => {
    Module.page[what] = () => { throw new WebAssembly.RuntimeError("unreachable"); };
}, name);

/* A page that has a seat, and the host that it sits at. */
async function seated(t) {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dedicated");
    const page = await party.open(await chromium.player(), host.url + "?name=Sits");
    await page.form();
    await page.click("connect");
    await page.playing("Sits");
    return { host, page };
}

/* It says so, nothing of its program runs any more, and its seat is free. */
async function hasStopped(host, page) {
    await page.page.getByText("The game has stopped").waitFor({ timeout: TIMEOUT });
    await host.line({ ev: "leave" });
    const lines = page.lines().length;
    const calls = await page.page.evaluate(async () => {
        let count = 0;
        const counted = () => { count++; return false; };
        Object.assign(Module.page, { isTyped: counted, hideField: counted, showField: counted });
        document.getElementById("canvas").dispatchEvent(new MouseEvent("mousedown", { bubbles: true, clientX: 1 }));
        window.dispatchEvent(new Event("resize"));
        for (let frame = 0; frame < 3; frame++) {
            await new Promise(requestAnimationFrame);
        }
        return count;
    });
    assert.equal(calls, 0);
    assert.equal(page.lines().length, lines);
}

test("a program that traps in a frame is not run again, and gives up its seat", async (t) => {
    const { host, page } = await seated(t);
    await trap(page, "isTyped");
    await hasStopped(host, page);
});

test("a program that cannot draw any more gives up its seat", async (t) => {
    const { host, page } = await seated(t);
    await page.page.evaluate(() => {
        const canvas = document.getElementById("canvas");
        canvas.getContext = () => null;
        canvas.dispatchEvent(new Event("webglcontextrestored"));
    });
    await hasStopped(host, page);
});

test("a program that traps before its first frame is told in a sentence", async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const host = await party.host("dice", "--dedicated");
    const context = await chromium.player();
    await context.addInitScript(() => {
        const trapping = { begin() { throw new WebAssembly.RuntimeError("unreachable"); } };
        let module;
        Object.defineProperty(window, "Module", {
            get: () => module,
            set(value) { module = value && Object.assign(value, { page: trapping }); }
        });
    });
    const page = await party.open(context, host.url + "?name=Sits&connect=" + host.url.replace("http", "ws"));
    await page.page.getByText("The game could not start").waitFor({ timeout: TIMEOUT });
    const left = await host.line({ ev: "leave" }).catch(() => null);
    assert.ok(left || !host.lines().some((line) => line.ev === "join"));
});
