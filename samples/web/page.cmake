# page: the page of a game, from page.html.in and the program that it loads.
#
#   cmake -DTITLE=Dice -DPROGRAM=dice -DDIR=DIR -P page.cmake
#
# DIR has PROGRAM.wasm, whose size the page is told: a server that compresses it says another one, or none.
cmake_minimum_required(VERSION 3.25)

file(SIZE ${DIR}/${PROGRAM}.wasm BYTES)
file(READ ${CMAKE_CURRENT_LIST_DIR}/${PROGRAM}.svg ICON)
string(STRIP "${ICON}" ICON)
string(REPLACE "#" "%23" ICON "${ICON}")
string(REPLACE "<" "%3C" ICON "${ICON}")
string(REPLACE ">" "%3E" ICON "${ICON}")
set(ICON "data:image/svg+xml,${ICON}")
# A browser, or what is between, may keep files as long as it likes: those of another version are at other addresses.
set(VERSION "")
foreach(file ${DIR}/${PROGRAM}.js ${DIR}/${PROGRAM}.wasm ${CMAKE_CURRENT_LIST_DIR}/load.js ${CMAKE_CURRENT_LIST_DIR}/page.css
        ${CMAKE_CURRENT_LIST_DIR}/page.js)
    file(SHA256 ${file} HASH)
    string(APPEND VERSION ${HASH})
endforeach()
string(SHA256 VERSION ${VERSION})
string(SUBSTRING ${VERSION} 0 16 VERSION)
configure_file(${CMAKE_CURRENT_LIST_DIR}/page.html.in ${DIR}/index.html @ONLY)
foreach(file load.js page.css page.js)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${file} ${DIR}/${file} COPYONLY)
endforeach()
