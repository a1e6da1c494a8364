/* page_type: what kind of data a file holds, by the end of its name (RFC 9110 section 8.3). */
#include "transport/page_type.h"

#include <string.h>

#include "transport/http_head.h"

/* Of the IANA registry.  A browser compiles WebAssembly while it loads only under its own type. */
static const struct {
    const char *extension, *type;
} types[] = {{"html", "text/html; charset=utf-8"},
             {"htm", "text/html; charset=utf-8"},
             {"css", "text/css; charset=utf-8"},
             {"js", "text/javascript; charset=utf-8"},
             {"mjs", "text/javascript; charset=utf-8"},
             {"wasm", "application/wasm"},
             {"json", "application/json"},
             {"map", "application/json"},
             {"webmanifest", "application/manifest+json"},
             {"txt", "text/plain; charset=utf-8"},
             {"md", "text/markdown; charset=utf-8"},
             {"csv", "text/csv; charset=utf-8"},
             {"xml", "text/xml; charset=utf-8"},
             {"svg", "image/svg+xml; charset=utf-8"},
             {"png", "image/png"},
             {"jpg", "image/jpeg"},
             {"jpeg", "image/jpeg"},
             {"gif", "image/gif"},
             {"webp", "image/webp"},
             {"avif", "image/avif"},
             {"bmp", "image/bmp"},
             {"ico", "image/vnd.microsoft.icon"},
             {"woff", "font/woff"},
             {"woff2", "font/woff2"},
             {"ttf", "font/ttf"},
             {"otf", "font/otf"},
             {"mp3", "audio/mpeg"},
             {"ogg", "audio/ogg"},
             {"oga", "audio/ogg"},
             {"opus", "audio/ogg"},
             {"wav", "audio/wav"},
             {"flac", "audio/flac"},
             {"m4a", "audio/mp4"},
             {"mp4", "video/mp4"},
             {"ogv", "video/ogg"},
             {"webm", "video/webm"},
             {"glb", "model/gltf-binary"},
             {"gltf", "model/gltf+json"},
             {"pdf", "application/pdf"},
             {"zip", "application/zip"},
             {"gz", "application/gzip"}};

const char *meeple__page_type(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');

    for (size_t i = 0; dot && i < MEEPLE_COUNT(types); i++) {
        meeple_bytes extension = {(const uint8_t *)dot + 1, strlen(dot + 1)};

        if (meeple__bytes_equal_caseless(extension, types[i].extension)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}
