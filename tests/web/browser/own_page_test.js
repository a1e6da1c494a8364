/* own_page_test: the page that docs/web.md shows, at the echo server. */
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const test = require("node:test");
const { GamePage } = require("./game_page");
const { Party } = require("./party");
const { BIN, Program, until } = require("./programs");

const PAGE = process.env.MEEPLE_OWN_PAGE;

test("the page of the document speaks with the echo server", { skip: !PAGE && "only by ctest, which makes it" }, async (t) => {
    const party = new Party(t);
    const chromium = await party.chromium();
    const server = party.started(new Program(path.join(BIN, "echo_server"),
                                             ["--port", "0", "--bind", "127.0.0.1", "--files", PAGE]));
    const port = await until("a port", () => /port (\d+)/.exec(server.err.join("\n")), () => server.said());
    const page = await GamePage.open(await chromium.player(), `http://127.0.0.1:${port[1]}/`);
    await page.until("the end", () => page.console.includes("Goodbye"));
    assert.deepEqual(page.console.filter((line) => line === "Test packet"), ["Test packet"]);
    assert.deepEqual(page.errors, []);
});
