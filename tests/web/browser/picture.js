/* picture: the colours in a PNG of 8 bits a channel, as browsers take them of their windows. */
"use strict";
const zlib = require("node:zlib");

/* RFC 2083 section 6.6. */
function paeth(left, up, corner) {
    const guess = left + up - corner;
    const toLeft = Math.abs(guess - left), toUp = Math.abs(guess - up), toCorner = Math.abs(guess - corner);
    return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}

function unfilter(data, width, height, channels) {
    const stride = width * channels;
    const out = Buffer.alloc(stride * height);
    for (let y = 0; y < height; y++) {
        const filter = data[y * (stride + 1)];
        for (let x = 0; x < stride; x++) {
            const at = y * stride + x;
            const left = x >= channels ? out[at - channels] : 0;
            const up = y > 0 ? out[at - stride] : 0;
            const corner = y > 0 && x >= channels ? out[at - stride - channels] : 0;
            const add = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
            out[at] = data[y * (stride + 1) + 1 + x] + add;
        }
    }
    return out;
}

class Picture {
    constructor(png) {
        const parts = [];
        for (let at = 8; at < png.length;) {
            const length = png.readUInt32BE(at), type = png.toString("latin1", at + 4, at + 8);
            const body = png.subarray(at + 8, at + 8 + length);
            if (type === "IHDR") {
                this.width = body.readUInt32BE(0);
                this.height = body.readUInt32BE(4);
                this.channels = { 2: 3, 6: 4 }[body[9]];
                if (body[8] !== 8 || !this.channels || body[12] !== 0) {
                    throw new Error("a PNG of another kind");
                }
            } else if (type === "IDAT") {
                parts.push(body);
            }
            at += 12 + length;
        }
        this.data = unfilter(zlib.inflateSync(Buffer.concat(parts)), this.width, this.height, this.channels);
    }

    /* [red, green, blue] */
    at(x, y) {
        const at = (Math.floor(y) * this.width + Math.floor(x)) * this.channels;
        return [...this.data.subarray(at, at + 3)];
    }

    /* How much of the picture, or of a rectangle of it, has that colour: 0 to 1. */
    share(colour, [left, top, width, height] = [0, 0, this.width, this.height]) {
        let same = 0;
        for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
                same += near(this.at(left + x, top + y), colour) ? 1 : 0;
            }
        }
        return same / (width * height);
    }

    /* [left, top, width, height] around all that has that colour, or null. */
    bounds(colour) {
        let left = this.width, top = this.height, right = -1, bottom = -1;
        for (let y = 0; y < this.height; y++) {
            for (let x = 0; x < this.width; x++) {
                if (near(this.at(x, y), colour)) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = y;
                }
            }
        }
        return right < 0 ? null : [left, top, right - left + 1, bottom - top + 1];
    }
}

/* The same but for rounding. */
function near(one, other) {
    return one.every((value, channel) => Math.abs(value - other[channel]) <= 3);
}

module.exports = { Picture, near };
