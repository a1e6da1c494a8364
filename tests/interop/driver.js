/* driver: does with WebSockets what a test asks for; for pages and for Node, whose classes have the same interface. */
"use strict";

function makeDriver(WebSocket) {
    const ends = [];

    /* A message of so many bytes, the same each time; what is asked for is {text} or {kind, size}. */
    function make({ text, kind, size }) {
        if (text !== undefined) {
            return text;
        }
        if (kind === "text") {
            return "ž".repeat(size >> 1) + "x".repeat(size & 1);
        }
        const bytes = new Uint8Array(size);
        let noise = 1;
        for (let at = 0; at < size; at++) {
            noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
            bytes[at] = kind === "noise" ? noise >>> 24 : at % 251;
        }
        return bytes;
    }

    function check(got, sent) {
        if (typeof sent === "string") {
            if (got !== sent) {
                throw new Error("got something else than the text of " + sent.length + " characters");
            }
            return;
        }
        if (typeof got === "string") {
            throw new Error("got text instead of bytes");
        }
        const bytes = new Uint8Array(got);
        if (bytes.length !== sent.length || bytes.some((byte, at) => byte !== sent[at])) {
            throw new Error("got something else than the " + sent.length + " bytes");
        }
    }

    /* One connection: what came and was not asked for yet, who waits for more, and its end. */
    function keep(socket) {
        const end = { socket, came: [], waiting: [] };
        socket.binaryType = "arraybuffer";
        socket.onmessage = (event) => {
            const waiting = end.waiting.shift();
            if (waiting) {
                waiting.resolve(event.data);
            } else {
                end.came.push(event.data);
            }
        };
        end.ended = new Promise((resolve) => {
            socket.onclose = ({ code, reason, wasClean }) => {
                resolve({ code, reason, clean: wasClean });
                for (const waiting of end.waiting) {
                    waiting.reject(new Error("closed with " + code + " " + reason));
                }
            };
        });
        ends.push(end);
        return ends.length - 1;
    }

    function next(end) {
        if (end.came.length > 0) {
            return end.came.shift();
        }
        return new Promise((resolve, reject) => end.waiting.push({ resolve, reject }));
    }

    async function echo({ socket, ...message }) {
        const sent = make(message);
        ends[socket].socket.send(sent);
        check(await next(ends[socket]), sent);
        return true;
    }

    return {
        make,
        check,
        keep,
        end: (number) => ends[number],
        next,
        commands: {
            open({ url, protocols = [], ...options }) {
                return new Promise((resolve, reject) => {
                    const socket = new WebSocket(url, protocols, options);
                    const number = keep(socket);
                    socket.onerror = (event) => reject(new Error(event.message || "refused"));
                    socket.onopen = () =>
                        resolve({ socket: number, protocol: socket.protocol, extensions: socket.extensions });
                });
            },
            echo,
            send({ socket, ...message }) {
                ends[socket].socket.send(make(message));
                return true;
            },
            /* For short texts. */
            receive: ({ socket }) => next(ends[socket]),
            /* Many before the first answer, which come back in order. */
            async many({ socket, count, size }) {
                const messages = Array.from({ length: count }, (_, at) => at + "x".repeat(size));
                messages.forEach((message) => ends[socket].socket.send(message));
                for (const message of messages) {
                    check(await next(ends[socket]), message);
                }
                return true;
            },
            close({ socket, code, reason }) {
                ends[socket].socket.close(code, reason);
                return ends[socket].ended;
            },
            ended: ({ socket }) => ends[socket].ended,
        },
    };
}

if (typeof module === "object") {
    module.exports = makeDriver;
}
