/* game_page: a game in a tab, with the eyes and hands of a user. */
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { Picture, near } = require("./picture");
const { BIN, ROOT, matches, pause, said, until } = require("./programs");

const WEB = path.resolve(process.env.MEEPLE_WEB || path.join(ROOT, "build/web"));
const SHOTS = path.join(WEB, "screenshots");

class GamePage {
    /* context: of Chromium.player() or window(); game: "dice" or "table". */
    static async open(context, url, game = "dice") {
        const page = new GamePage(await context.newPage(), game);
        await page.load(url);
        return page;
    }

    constructor(page, game) {
        this.page = page;
        this.game = game;
        this.console = [];
        this.errors = [];
        this.requests = [];
        this.bytes = 0;
        page.on("console", (message) => this.console.push(message.text()));
        page.on("pageerror", (error) => this.errors.push(String(error.stack || error)));
        page.on("request", (request) => this.requests.push(request.url()));
        page.on("websocket", (socket) => this.requests.push(socket.url()));
        this.sizes = [];
        page.on("requestfinished", (request) => this.sizes.push(request.sizes()));
    }

    async load(url) {
        await this.page.goto(url);
        this.cdp = await this.page.context().newCDPSession(this.page);
    }

    describe() {
        return ["console:", ...this.console, "errors:", ...this.errors].join("\n");
    }

    until(what, probe, timeout) {
        return until(what, probe, () => this.describe(), timeout);
    }

    /* What the game printed: an object a line; the rest of the console is the browser's. */
    lines() {
        return this.console.filter((text) => text.startsWith("{\"ev\"")).map((text) => JSON.parse(text));
    }

    line(fields, from = 0) {
        return this.until(JSON.stringify(fields), () => this.lines().slice(from).find((line) => matches(line, fields)));
    }

    log() {
        return said(this.lines());
    }

    async size() {
        return this.page.evaluate(() => [window.innerWidth, window.innerHeight, window.devicePixelRatio]);
    }

    /* Of the widgets: the same code places them, for the same size. */
    async places() {
        const [width, height] = await this.size();
        const key = `${width} ${height}`;
        if (this.key !== key) {
            this.key = key;
            this.known = JSON.parse(execFileSync(path.join(BIN, "widget_places"), [this.game, width, height]));
        }
        return this.known;
    }

    async middle(name) {
        const [left, top, width, height] = (await this.places())[name];
        return [left + width / 2, top + height / 2];
    }

    async click(name) {
        await this.page.mouse.click(...await this.middle(name));
    }

    async tap(name) {
        await this.page.touchscreen.tap(...await this.middle(name));
    }

    async press(...keys) {
        for (const key of keys) {
            await this.page.keyboard.press(key);
        }
    }

    async type(text) {
        await this.page.keyboard.type(text);
    }

    /* By the name of what is in the focus then: all that is in it is written over. */
    async fill(name, text, touch = false) {
        await (touch ? this.tap(name) : this.click(name));
        await this.press("Control+A");
        await this.type(text);
    }

    /* What an input method does: letters that are not meant yet, and those that are. */
    async compose(...parts) {
        for (const part of parts) {
            await this.cdp.send("Input.imeSetComposition", {
                text: part, selectionStart: part.length, selectionEnd: part.length,
            });
        }
    }

    async commit(text) {
        await this.cdp.send("Input.insertText", { text });
    }

    async look() {
        return new Picture(await this.page.screenshot());
    }

    /* Keeps a picture for people. */
    async shot(name) {
        fs.mkdirSync(SHOTS, { recursive: true });
        return new Picture(await this.page.screenshot({ path: path.join(SHOTS, name + ".png") }));
    }

    /* The colour of a button, beside its words. */
    async colour(name) {
        const { [name]: [left, top, width, height] } = await this.places();
        const [, , scale] = await this.size();
        const clip = { x: Math.floor(left), y: Math.floor(top), width: Math.ceil(width), height: Math.ceil(height) };
        const picture = new Picture(await this.page.screenshot({ clip }));
        return picture.at(8 * scale, picture.height / 2);
    }

    /* A button that stands out: it can be clicked on, and is most likely meant to. */
    async inviting(name) {
        const colour = await this.colour(name);
        const { accent, hovered } = await this.places();
        return near(colour, accent) || near(colour, hovered);
    }

    /* The game is there and waits for us. */
    form() {
        return this.until("the form", () => this.inviting("connect"));
    }

    playing(name) {
        const title = { dice: "Dice", table: "Table" }[this.game];
        return this.until(name + " plays", async () => await this.page.title() === `${title} - ${name}`);
    }

    /* Behind a dialog's veil nothing but its own button has the accent's colour: its place, once it is there. */
    dialog() {
        return this.until("a dialog", async () => {
            const { accent } = await this.places();
            const [, , scale] = await this.size();
            const bounds = (await this.look()).bounds(accent);
            const [left, top, width, height] = bounds ? bounds.map((value) => value / scale) : [0, 0, 0, 0];
            return Math.abs(width - 96) < 3 && Math.abs(height - 38) < 3 && [left + width / 2, top + height / 2];
        });
    }

    /* Clicks on "Do Action!" as soon as it may be clicked on. */
    async roll(touch = false) {
        const rolls = () => this.lines().filter((line) => line.m === "_log" && line.args[0].startsWith(line.bot + ": rolls "));
        const before = rolls().length;
        await this.until("a turn", () => this.inviting("action"));
        await (touch ? this.tap("action") : this.click("action"));
        await this.until("a roll", () => rolls().length > before);
    }

    async transferred() {
        return (await Promise.all(this.sizes)).reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    }

    async leave() {
        await this.page.close();
    }
}

module.exports = { GamePage, SHOTS, WEB, pause };
