# arrows_test: arrows.cmake lets good trees pass and names every kind of offence.
#
#   cmake -DWORK=DIR -P tests/arrows_test.cmake        DIR is made and removed
cmake_minimum_required(VERSION 3.25)

function(tree)
    file(REMOVE_RECURSE ${WORK})
    foreach(header core/include/meeple/base transport/include/meeple/net rpc/include/meeple/world core/buf)
        file(WRITE ${WORK}/${header}.h "/* nothing */\n")
    endforeach()
endfunction()

function(run_arrows)
    execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${CMAKE_CURRENT_LIST_DIR}/arrows.cmake
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    set(status ${status} PARENT_SCOPE)
    set(output "${output}" PARENT_SCOPE)
endfunction()

# passes(file text): the tree with that file in it is fine.
function(passes file text)
    tree()
    file(WRITE ${WORK}/${file} "${text}")
    run_arrows()
    if(NOT status EQUAL 0)
        message(SEND_ERROR "refused, but is fine: ${file} with ${text}\n${output}")
    endif()
endfunction()

# refuses(file line text sentence): that line of that file is named, with a sentence like that, and nothing else is.
function(refuses file line text sentence)
    tree()
    file(WRITE ${WORK}/${file} "${text}")
    run_arrows()
    if(status EQUAL 0)
        message(SEND_ERROR "passed, but should not: ${file} with ${text}")
    elseif(NOT output MATCHES "${file}:${line}: [^\n]*${sentence}")
        message(SEND_ERROR "not named as ${file}:${line}: ${sentence}\n${output}")
    elseif(NOT output MATCHES "1 includes against")
        message(SEND_ERROR "one offence, told otherwise:\n${output}")
    endif()
endfunction()

passes(core/a.c "#include \"core/buf.h\"\n#include <string.h>\n#include <meeple/base.h>\n")
passes(transport/a.c "#include \"core/buf.h\"\n#include <meeple/net.h>\n")
passes(rpc/a.c "#include \"core/buf.h\"\n#include <meeple/base.h>\n#include <meeple/world.h>\n")
passes(transport/io_epoll.c "#include <sys/epoll.h>\n#include <unistd.h>\n#include <time.h>\n")
passes(transport/io_socket.h "#include <sys/socket.h>\n")
passes(transport/resolver.c "#include <netdb.h>\n#include <pthread.h>\n")
passes(transport/ws_accept.c "#include <openssl/sha.h>\n")
passes(transport/ws_deflate.c "#include <zlib.h>\n")
passes(rpc/codec_msgpack.c "#include <msgpack.h>\n#include <msgpack/pack.h>\n")
passes(samples/a.c "#include <SDL.h>\n#include <meeple/world.h>\n#include \"samples/b.h\"\n#include <stb/stb_truetype.h>\n")
passes(samples/minimal/clock.c "#include <time.h>\n")
passes(core/a.c "/* a word: #include \"rpc/world.h\" */\nint include;\n")

# Upwards.
refuses(core/a.c 2 "/* a */\n#include \"transport/ws.h\"\n" "core may not know transport")
refuses(core/a.h 1 "#include <meeple/net.h>\n" "core may not know transport")
refuses(transport/a.c 3 "\n\n  #  include \"rpc/policy.h\"\n" "transport may not know rpc")
refuses(transport/a.c 1 "#include <meeple/world.h>\n" "transport may not know rpc")
refuses(rpc/a.c 1 "#include \"samples/ui/draw.h\"\n" "rpc may not know samples")
refuses(samples/dice/a.c 1 "#include \"core/buf.h\"\n" "samples see the public headers only")
refuses(samples/dice/a.c 1 "#include \"rpc/include/meeple/world.h\"\n" "samples see the public headers only")

# From the root.
refuses(core/a.c 1 "#include \"buf.h\"\n" "written from the root")
refuses(core/a.c 1 "#include \"../transport/ws.h\"\n" "written from the root")
refuses(core/a.c 1 "#include \"core/../transport/ws.h\"\n" "written from the root")
refuses(core/a.c 1 "#include <meeple/nothing.h>\n" "no such public header")
refuses(core/include/meeple/a.h 1 "#include \"core/buf.h\"\n" "a public header includes")

# The system.
foreach(header sys/socket netinet/in arpa/inet netdb poll sys/epoll time sys/time unistd fcntl pthread sys/random threads)
    refuses(core/a.c 1 "#include <${header}.h>\n" "sockets, clocks and the system")
    refuses(transport/net.c 1 "#include <${header}.h>\n" "sockets, clocks and the system")
    refuses(samples/dice/a.c 1 "#include <${header}.h>\n" "sockets, clocks and the system")
endforeach()
refuses(rpc/io_poll.c 1 "#include <poll.h>\n" "sockets, clocks and the system")

# Packages.
refuses(transport/io_epoll.c 1 "#include <openssl/rand.h>\n" "OpenSSL belongs to")
refuses(rpc/a.c 1 "#include <openssl/rand.h>\n" "OpenSSL belongs to")
refuses(rpc/world.c 1 "#include <msgpack.h>\n" "msgpack belongs to")
refuses(rpc/codec_msgpack.h 1 "#include <msgpack.h>\n" "msgpack belongs to")
refuses(rpc/a.c 1 "#include <SDL.h>\n" "SDL belongs to samples")
refuses(rpc/a.c 1 "#include <SDL2/SDL.h>\n" "SDL belongs to samples")
refuses(transport/a.c 1 "#include <uv.h>\n" "libuv belongs to samples")
refuses(core/a.c 1 "#include <zstd.h>\n" "core owns no such package")
refuses(transport/ws.c 1 "#include <zlib.h>\n" "zlib belongs to")

# Cycles.
refuses(core/a.h 2 "/* itself */\n#include \"core/a.h\"\n" "a cycle: core/a.h -> core/a.h")
tree()
file(WRITE ${WORK}/core/a.h "#include \"core/b.h\"\n")
file(WRITE ${WORK}/core/b.h "#include \"core/buf.h\"\n#include \"core/c.h\"\n")
file(WRITE ${WORK}/core/c.h "#include \"core/b.h\"\n")
run_arrows()
if(status EQUAL 0 OR NOT output MATCHES "core/c.h:1: a cycle: core/b.h -> core/c.h -> core/b.h")
    message(SEND_ERROR "the cycle of b and c is not told:\n${output}")
endif()
tree()
file(WRITE ${WORK}/core/include/meeple/a.h "#include <meeple/b.h>\n")
file(WRITE ${WORK}/core/include/meeple/b.h "#include <meeple/a.h>\n")
run_arrows()
if(status EQUAL 0 OR NOT output MATCHES "a cycle: core/include/meeple/a.h -> core/include/meeple/b.h")
    message(SEND_ERROR "the cycle of public headers is not told:\n${output}")
endif()

file(REMOVE_RECURSE ${WORK})
