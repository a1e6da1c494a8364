# stranger: installs the build and uses it as somebody else's project would, in every way there is.
#
#   cmake -DBUILD=DIR -DWORK=DIR -DCOMPILER=CC -DFLAGS=... -DSHARED=ON|OFF -DLIBDIR=... -DGENERATOR=...
#         -DPKG_CONFIG=... [-DTOOLCHAIN=FILE -DROOT=DIR -DNODE=PROGRAM] -P tests/install/stranger.cmake
#
# With TOOLCHAIN, Emscripten's, for pages: what the library links is in ROOT, and its programs run in node.
cmake_minimum_required(VERSION 3.25)

set(prefix "${WORK}/a prefix")
file(REMOVE_RECURSE ${WORK})

# run(what command...): said only if it fails.
function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${what}: ${status}\n${said}")
    endif()
    set(said "${said}" PARENT_SCOPE)
endfunction()

function(run_echo program)
    set(command ${WORK}/${program})
    if(TOOLCHAIN)
        # Node's own fetch() is in the way of this Emscripten's.
        set(command ${NODE} --no-experimental-fetch ${WORK}/${program}.js)
    endif()
    run(${program} ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${prefix}/${LIBDIR} ${command})
    if(NOT said MATCHES "^meeple [0-9.]+: echo, remote\n$")
        message(FATAL_ERROR "${program} said:\n${said}")
    endif()
    message("${program}: ${said}")
endfunction()

run(install ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
file(GLOB_RECURSE installed RELATIVE ${prefix} ${prefix}/*)
foreach(file IN LISTS installed)
    if(TOOLCHAIN AND file MATCHES "\\.pc$")
        message(FATAL_ERROR "${file} is installed, and nobody can use it")
    endif()
    if(NOT file MATCHES "^(include/meeple/[a-z0-9_]+\\.h|${LIBDIR}/(libmeeple\\.|cmake/meeple/|pkgconfig/meeple\\.pc))")
        message(FATAL_ERROR "${file} is installed: what for?")
    endif()
endforeach()

# find_package(meeple), one program per target.
set(where -DCMAKE_C_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${prefix})
if(TOOLCHAIN)
    # A list, which would come apart on its way as an argument.
    file(WRITE ${WORK}/roots.cmake "set(CMAKE_FIND_ROOT_PATH \"${prefix};${ROOT}\" CACHE STRING \"\")\n")
    set(where --toolchain ${TOOLCHAIN} -C ${WORK}/roots.cmake)
endif()
run("find_package" ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/package -B ${WORK}/package -G ${GENERATOR}
    ${where} "-DCMAKE_C_FLAGS=${FLAGS}")
run("build with find_package" ${CMAKE_COMMAND} --build ${WORK}/package)
run_echo(package/echo_meeple)
run_echo(package/echo_static)
if(SHARED)
    run_echo(package/echo_shared)
endif()

if(TOOLCHAIN)
    file(REMOVE_RECURSE ${WORK})
    return()
endif()

# pkg-config, in a shell line as people type it.
function(pkg_config program arguments)
    run("cc with pkg-config ${arguments}" sh -c "\
export PKG_CONFIG_PATH='${prefix}/${LIBDIR}/pkgconfig'
flags=$(${PKG_CONFIG} ${arguments} meeple) || exit
eval \"'${COMPILER}' -std=c11 ${FLAGS} '${CMAKE_CURRENT_LIST_DIR}/echo.c' -o '${WORK}/${program}' $flags\"")
    run_echo(${program})
endfunction()
if(SHARED)
    pkg_config(pkg_shared "--cflags --libs")
    # Only the static library is left: what a distribution's static package looks like.
    file(GLOB shared ${prefix}/${LIBDIR}/libmeeple.so*)
    file(REMOVE ${shared})
endif()
pkg_config(pkg_static "--static --cflags --libs")

file(REMOVE_RECURSE ${WORK})
